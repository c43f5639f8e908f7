package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/static"
	"github.com/mastaba-go/mastaba/views/web"
)

// Check is a URL to generate while the application handles a request, after traversal and before
// the view is called, or an [accessCheck].
type Check struct {
	Call    string   `json:"call"`
	Request *Request `json:"request"`

	Route       string         `json:"route"`
	Resource    string         `json:"resource"`
	Params      map[string]any `json:"params"`
	RouteParams map[string]any `json:"route_params"`
	Elements    []string       `json:"elements"`
	Query       Query          `json:"query"`
	Anchor      string         `json:"anchor"`
	Scheme      string         `json:"scheme"`
	Host        string         `json:"host"`
	Port        string         `json:"port"`
	AppURL      *string        `json:"app_url"`

	accessCheck
	staticCheck
	renderCall
	translationCheck

	Expect Expect `json:"expect"`
}

// staticCheck holds the fields of checks of static views and assets.
type staticCheck struct {
	File  string `json:"file"`
	Asset string `json:"asset"`
	Spec  string `json:"spec"`
	Files Files  `json:"files"`

	name string // of the file, for the call
}

// Query is a list of pairs or a raw query.
type Query struct {
	Given bool
	Text  string
	Pairs []Pair
}

// Pair is a name and its value: a string, a number, null or a list of them.
type Pair struct {
	Name  string
	Value any
}

// UnmarshalJSON reads either form.
func (q *Query) UnmarshalJSON(b []byte) error {
	switch b[0] {
	case 'n': // null
		return nil
	case '"':
		q.Given = true
		return json.Unmarshal(b, &q.Text)
	}
	var pairs [][2]any
	if err := json.Unmarshal(b, &pairs); err != nil {
		return err
	}
	q.Given, q.Pairs = true, []Pair{}
	for _, p := range pairs {
		name, ok := p[0].(string)
		if !ok {
			return fmt.Errorf("name of a query: expected a string, got %v", p[0])
		}
		q.Pairs = append(q.Pairs, Pair{name, number(p[1])})
	}
	return nil
}

// number converts whole float64 values to int, also inside a list.
func number(v any) any {
	switch v := v.(type) {
	case float64:
		if v == float64(int(v)) {
			return int(v)
		}
	case []any:
		for i := range v {
			v[i] = number(v[i])
		}
	}
	return v
}

// call generates the URL.
func (c *Check) call(r *web.Request) (string, error) {
	options, err := c.options()
	if err != nil {
		return "", err
	}
	switch c.Call {
	case "route_path":
		return r.RoutePath(c.Route, options...)
	case "route_url":
		return r.RouteURL(c.Route, options...)
	case "current_route_path":
		return r.CurrentRoutePath(options...)
	case "current_route_url":
		return r.CurrentRouteURL(options...)
	case "static_path":
		return r.StaticPath(c.name, options...)
	case "static_url":
		return r.StaticURL(c.name, options...)
	case "resource_path", "resource_url":
		node, err := c.node(r)
		if err != nil {
			return "", err
		}
		if c.Call == "resource_url" {
			return r.ResourceURL(node, options...)
		}
		return r.ResourcePath(node, options...)
	}
	return "", fmt.Errorf("call %q: %w", c.Call, errUnknown)
}

// node returns the resource of the check in the tree of the request.
func (c *Check) node(r *web.Request) (traversal.Node, error) {
	return descend(r.Context(), r.Node().Root(), c.Resource)
}

// descend returns the node at a path of the cases. Unlike traversal, it also finds names that begin
// with "@@".
func descend(ctx context.Context, node traversal.Node, path string) (traversal.Node, error) {
	for _, name := range names(strings.Split(path, "/")) {
		container, ok := node.Resource().(traversal.Container)
		if !ok {
			return node, fmt.Errorf("resource %q: %w", path, errUnknown)
		}
		child, err := container.Child(ctx, name)
		if err != nil {
			return node, err
		}
		node = node.At(name, child)
	}
	return node, nil
}

func (c *Check) options() ([]web.URLOption, error) {
	options := []web.URLOption{web.Elements(c.Elements...), web.Anchor(c.Anchor), web.Scheme(c.Scheme), web.Host(c.Host)}
	for _, params := range []map[string]any{c.Params, c.RouteParams} {
		for name, value := range params {
			options = append(options, web.With(name, number(value)))
		}
	}
	if c.Route != "" && !strings.HasPrefix(c.Call, "route") {
		options = append(options, web.ViaRoute(c.Route))
	}
	switch {
	case c.Query.Pairs != nil:
		options = append(options, web.Query())
		for _, p := range c.Query.Pairs {
			options = append(options, web.Query(p.Name, p.Value))
		}
	case c.Query.Given:
		options = append(options, web.RawQuery(c.Query.Text))
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

// urlError returns the cases' name for an error of URL generation.
func urlError(err error) (string, error) {
	switch {
	case errors.Is(err, web.ErrNoRoute), errors.Is(err, web.ErrMissingParam):
		return "KeyError", nil
	case errors.Is(err, web.ErrNoCurrentRoute), errors.Is(err, web.ErrOtherHost), errors.Is(err, static.ErrNoView):
		return "ValueError", nil
	}
	if _, ok := errors.AsType[*web.URLError](err); ok {
		return "URLError", nil
	}
	return "", fmt.Errorf("error without a name in the cases: %w", err)
}
