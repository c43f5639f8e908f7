package routes_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// recordedCase is a case of URLs recorded from Pyramid, in the form of the conformance suite. Here
// it runs against the table alone, without an application.
type recordedCase struct {
	ID  string
	App struct {
		Directives []struct {
			Do, Name, Pattern string
			Static            bool
		}
	}
	Checks []recordedCheck
}

type recordedCheck struct {
	Call    string
	Request struct {
		Path       string
		Query      string
		Scheme     string
		Host       string
		ScriptName string `json:"script_name"`
		Headers    [][2]string
	}
	Route, Resource            string
	Params                     map[string]any
	RouteParams                map[string]any `json:"route_params"`
	Elements                   []string
	Query                      any
	Anchor, Scheme, Host, Port string
	AppURL                     *string `json:"app_url"`
	Expect                     struct{ URL, Error string }
}

// deviations are the URLs that deliberately differ from Pyramid's: a slash in a value is escaped,
// and a virtual root is cut by whole segments.
var deviations = map[string]string{
	"urlgen-h05/1":    "/s/a%2Fb/c%20d",
	"urlgen-h17/8":    "/b/",
	"urlgen-h17/9":    "/",
	"urlgen-g1-001/0": "/a%2Bb%26c%3Dd/a%2Fb",
	"urlgen-g1-002/8": "/caf%C3%A9.~t/a%2Fb.a=b/users?a=1&a=2",
	"urlgen-g1-004/3": "/new/edit/a%2Fb",
	"urlgen-g1-006/4": "http://example.com/a%2Fb/1/#a%20b",
	"urlgen-g1-010/7": "/?q=x+y%26z%3D1&caf%C3%A9=%E6%97%A5%E6%9C%AC",
	"urlgen-g1-012/3": "/app/new/x%20y/a%2Fb",
}

// refused are the URLs that Pyramid generates although they do not lead back.
var refused = []string{
	"urlgen-g1-002/3", "urlgen-g1-003/3", "urlgen-g1-003/6", "urlgen-g1-004/0", "urlgen-g1-004/1", "urlgen-g1-005/4",
	"urlgen-g1-006/0", "urlgen-g1-007/5", "urlgen-g1-009/5", "urlgen-g1-010/4", "urlgen-g1-010/8", "urlgen-g1-011/4",
	"urlgen-g1-012/4", "urlgen-g1-012/5", "urlgen-g1-012/6", "urlgen-g1-012/7", "urlgen-g1-012/8", "urlgen-g1-013/5",
	"urlgen-g1-013/7", "urlgen-g1-014/0", "urlgen-g1-014/1", "urlgen-g1-014/3", "urlgen-g1-014/4", "urlgen-g1-014/6",
	"urlgen-g1-014/8", "urlgen-h01/7", "urlgen-h05/9",
}

func TestRecordedURLs(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../internal/conformance/testdata/urlgen.json")
	require.NoError(t, err)
	var suite struct{ Cases []recordedCase }
	require.NoError(t, json.Unmarshal(text, &suite))
	used := map[string]bool{}
	for _, c := range suite.Cases {
		config := registry.New(registry.Options{})
		for _, d := range c.App.Directives {
			if d.Do != "add_route" {
				continue
			}
			var options []routes.Option
			if d.Static {
				options = append(options, routes.GenerateOnly())
			}
			routes.Add(config, d.Name, d.Pattern, options...)
		}
		reg, err := config.Build()
		require.NoError(t, err, c.ID)
		table := routes.TableOf(reg)
		for i, check := range c.Checks {
			id := c.ID + "/" + strconv.Itoa(i)
			want := check.Expect.URL
			if url, ok := deviations[id]; ok {
				assert.NotEqual(t, url, want, "%s: not a deviation", id)
				want, used[id] = url, true
			}
			got, err := check.run(table)
			if slices.Contains(refused, id) {
				var wrong *web.URLError
				assert.ErrorAs(t, err, &wrong, id)
				continue
			}
			switch check.Expect.Error {
			case "":
				assert.NoError(t, err, id)
				assert.Equal(t, want, got, id)
			case "KeyError":
				assert.True(t, errors.Is(err, web.ErrNoRoute) || errors.Is(err, web.ErrMissingParam), "%s: %v", id, err)
			case "ValueError":
				assert.ErrorIs(t, err, web.ErrNoCurrentRoute, id)
			default:
				assert.Fail(t, "unknown error", check.Expect.Error)
			}
		}
	}
	assert.Len(t, used, len(deviations), "deviations that no longer occur")
}

func (c *recordedCheck) run(table *routes.Table) (string, error) {
	trusted, err := web.ParseTrustedProxies([]string{"192.0.2.1"})
	if err != nil {
		return "", err
	}
	path, err := url.PathUnescape(c.Request.Path)
	if err != nil {
		return "", err
	}
	hr := &http.Request{
		Method: http.MethodGet, Header: http.Header{}, Host: c.Request.Host, RemoteAddr: "192.0.2.1:1",
		URL:        &url.URL{Path: path, RawPath: c.Request.Path, RawQuery: c.Request.Query},
		RequestURI: c.Request.ScriptName + c.Request.Path,
	}
	if c.Request.Query != "" {
		hr.RequestURI += "?" + c.Request.Query
	}
	if c.Request.Host == "" {
		hr.Host = "example.com"
	}
	if c.Request.Scheme == "https" {
		hr.TLS = new(tls.ConnectionState)
	}
	for _, h := range c.Request.Headers {
		hr.Header.Add(h[0], h[1])
	}
	r := web.Begin(&web.Application{URLs: table, Trusted: trusted}, hr.WithContext(context.Background()))
	if _, err := table.Match(r); err != nil {
		return "", err
	}
	options, err := c.options()
	if err != nil {
		return "", err
	}
	node := traversal.NewNode("root")
	names, err := traversal.Split((&url.URL{Path: c.Resource}).EscapedPath())
	if err != nil {
		return "", err
	}
	for _, name := range names {
		node = node.At(name, name)
	}
	switch c.Call {
	case "route_url":
		return r.RouteURL(c.Route, options...)
	case "route_path":
		return r.RoutePath(c.Route, options...)
	case "resource_url":
		return r.ResourceURL(node, options...)
	case "resource_path":
		return r.ResourcePath(node, options...)
	case "current_route_url":
		return r.CurrentRouteURL(options...)
	case "current_route_path":
		return r.CurrentRoutePath(options...)
	}
	return "", fmt.Errorf("unknown call %s", c.Call)
}

func (c *recordedCheck) options() ([]web.URLOption, error) {
	options := []web.URLOption{web.Params(c.Params), web.Params(c.RouteParams), web.Elements(c.Elements...), web.Anchor(c.Anchor)}
	if c.Route != "" && (c.Resource != "" || strings.HasPrefix(c.Call, "current")) {
		options = append(options, web.ViaRoute(c.Route))
	}
	switch query := c.Query.(type) {
	case string:
		options = append(options, web.RawQuery(query))
	case []any:
		options = append(options, web.Query())
		for _, pair := range query {
			options = append(options, web.Query(pair.([]any)...))
		}
	}
	if c.Scheme != "" {
		options = append(options, web.Scheme(c.Scheme))
	}
	if c.Host != "" {
		options = append(options, web.Host(c.Host))
	}
	if c.Port != "" {
		port, err := strconv.Atoi(c.Port)
		if err != nil {
			return nil, err
		}
		options = append(options, web.Port(port))
	}
	if c.AppURL != nil {
		options = append(options, web.AppURL(*c.AppURL))
	}
	return options, nil
}
