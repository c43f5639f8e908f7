package web_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/web"
)

// paths maps routes to paths, in which "{name}" is replaced by the unescaped parameter.
type paths map[string]string

func (p paths) RoutePath(_ *web.Request, name string, l *web.Link) (string, error) {
	path, ok := p[name]
	if !ok {
		return "", &web.URLError{Route: name, Err: web.ErrNoRoute}
	}
	for _, param := range l.ParamNames() {
		text, _, err := l.ParamText(param)
		if err != nil {
			return "", &web.URLError{Route: name, Err: err}
		}
		path = strings.ReplaceAll(path, "{"+param+"}", text.Value+strings.Join(text.Values, "/"))
	}
	return path, nil
}

var routed = &web.Application{URLs: paths{"plain": "/plain", "sl": "/sl/", "user": "/users/{id}", "twice": "//{id}"}}

func some(o ...web.URLOption) []web.URLOption { return o }

// TestRouteURLParts checks what precedes and follows the path of a route, as recorded from Pyramid.
func TestRouteURLParts(t *testing.T) {
	t.Parallel()
	odd := "~-_.!$'()*+,;:@/?"
	for _, c := range []struct {
		route   string
		options []web.URLOption
		want    string
	}{
		{"plain", nil, "/plain"},
		{"user", some(web.With("id", 7)), "/users/7"},
		{"user", some(web.Params{"id": "x", "more": 2}), "/users/x"},
		{"user", some(web.With("id", 1), web.With("id", 2)), "/users/2"},
		{"plain", some(nil, web.Anchor("")), "/plain"},

		{"plain", some(web.Elements("a", "b")), "/plain/a/b"},
		{"sl", some(web.Elements("a"), web.Elements("b")), "/sl/a/b"},
		{"sl", some(web.Elements("", "50%")), "/sl//50%25"},
		{"plain", some(web.Elements("a/b", "é", "...")), "/plain/a%2Fb/%C3%A9/..."},
		{"plain", some(web.Elements("^|`{}", "it's", "a:b@c", "a*b!", "(x)", "a&b", "~t-_", "\"q\"<t>\\")), "/plain/%5E%7C%60%7B%7D/it's/a:b@c/a*b!/(x)/a&b/~t-_/%22q%22%3Ct%3E%5C"},

		{"plain", some(web.Query("a", "1")), "/plain?a=1"},
		{"plain", some(web.Query("a", "1", "a", "2")), "/plain?a=1&a=2"},
		{"plain", some(web.Query("b", 2), web.Query("a", int64(1), "c", 1.5, "d", true, "e", uint8(3))), "/plain?b=2&a=1&c=1.5&d=true&e=3"},
		{"plain", some(web.Query("a", nil)), "/plain?a="},
		{"plain", some(web.Query("a", (*string)(nil), "b", new("x"))), "/plain?a=&b=x"},
		{"plain", some(web.Query("a", "")), "/plain?a="},
		{"plain", some(web.Query("a", []string{"1", "2"})), "/plain?a=1&a=2"},
		{"plain", some(web.Query("a", []any{1, nil, "x y"}, "n", []int{})), "/plain?a=1&a=&a=x+y"},
		{"plain", some(web.Query("a", []string{})), "/plain?"},
		{"plain", some(web.Query("a", []string{}, "b", "1")), "/plain?&b=1"},
		{"plain", some(web.Query("m", []string{"1", "2", "x y"}, "n", []string{})), "/plain?m=1&m=2&m=x+y"},
		{"plain", some(web.Query("x y", "z&w=1")), "/plain?x+y=z%26w%3D1"},
		{"plain", some(web.Query("café", "日")), "/plain?caf%C3%A9=%E6%97%A5"},
		{"plain", some(web.Query()), "/plain"},
		{"plain", some(web.Query(odd, odd)), "/plain?~-_.%21%24%27%28%29%2A%2B%2C%3B%3A%40%2F%3F=~-_.%21%24%27%28%29%2A%2B%2C%3B%3A%40%2F%3F"},

		{"plain", some(web.RawQuery("a=1&b=x y")), "/plain?a=1&b=x%20y"},
		{"plain", some(web.RawQuery(odd + "&=")), "/plain?" + odd + "&="},
		{"plain", some(web.RawQuery("a%20b#[x]é")), "/plain?a%2520b%23%5Bx%5D%C3%A9"},
		{"plain", some(web.RawQuery("")), "/plain"},
		{"plain", some(web.Query("a", 1), web.RawQuery("b")), "/plain?b"},

		{"plain", some(web.Anchor("a b")), "/plain#a%20b"},
		{"plain", some(web.Anchor("a/b?c=d&e:f@g!$'()*+,;#%")), "/plain#a/b?c=d&e:f@g!$'()*+,;%23%25"},
		{"plain", some(web.Anchor("é"), web.Query("a", 1), web.Elements("e")), "/plain/e?a=1#%C3%A9"},
	} {
		r := beginIn(routed, http.MethodGet, "/", "")
		got, err := r.RoutePath(c.route, c.options...)
		if assert.NoError(t, err, c.want) {
			assert.Equal(t, c.want, got)
		}
		got, err = r.RouteURL(c.route, c.options...)
		if assert.NoError(t, err, c.want) {
			assert.Equal(t, "http://example.com"+c.want, got)
		}
	}
}

func TestRouteURLOrigin(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		request string
		host    string
		options []web.URLOption
		want    string
	}{
		{"/", "", some(web.Scheme("https")), "https://example.com/plain"},
		{"/", "", some(web.Scheme("http")), "http://example.com/plain"},
		{"/", "", some(web.Host("h.org")), "http://h.org/plain"},
		{"/", "", some(web.Port(8080)), "http://example.com:8080/plain"},
		{"/", "", some(web.Scheme("https"), web.Port(443)), "https://example.com/plain"},
		{"/", "", some(web.Scheme("https"), web.Port(80)), "https://example.com:80/plain"},
		{"/", "", some(web.Scheme("http"), web.Port(443)), "http://example.com:443/plain"},
		{"/", "", some(web.Host("h.org:81")), "http://h.org:81/plain"},
		{"/", "", some(web.Host("h.org:81"), web.Port(82)), "http://h.org:82/plain"},
		{"/", "", some(web.Scheme("ftp")), "ftp://example.com:80/plain"},
		{"/", "", some(web.AppURL("http://cdn.org/x")), "http://cdn.org/x/plain"},
		{"/", "", some(web.AppURL("")), "/plain"},
		{"/", "", some(web.AppURL("http://cdn.org"), web.Scheme("https"), web.Host("no.org")), "http://cdn.org/plain"},
		{"/", "example.com:8080", nil, "http://example.com:8080/plain"},
		{"/", "example.com:80", nil, "http://example.com/plain"},
		{"https://example.com/", "example.com:443", nil, "https://example.com/plain"},
		{"https://example.com/", "", nil, "https://example.com/plain"},
		{"/", "example.com:8080", some(web.Scheme("https")), "https://example.com/plain"},
		{"/", "example.com:8080", some(web.Host("h.org")), "http://h.org:8080/plain"},
		{"/", "example.com:8080", some(web.Port(9)), "http://example.com:9/plain"},
		{"https://example.com/", "example.com", some(web.Scheme("http")), "http://example.com/plain"},
		{"https://example.com/", "example.com", some(web.Host("h.org")), "https://h.org/plain"},
		{"https://example.com/", "example.com", some(web.Scheme("http"), web.Port(80)), "http://example.com/plain"},
		{"/", "example.com:443", nil, "http://example.com:443/plain"},
		{"https://example.com/", "example.com:80", nil, "https://example.com:80/plain"},
		{"https://example.com/", "localhost", some(web.Host("h.org:99")), "https://h.org:99/plain"},
		{"/", "[::1]:8080", nil, "http://[::1]:8080/plain"},
		{"/", "[::1]", some(web.Port(81)), "http://[::1]:81/plain"},
		{"/", "[::1]:8080", some(web.Scheme("https")), "https://[::1]/plain"},
	} {
		r := beginIn(routed, http.MethodGet, c.request, "")
		if c.host != "" {
			r.Request.Host = c.host
		}
		got, err := r.RouteURL("plain", c.options...)
		if assert.NoError(t, err, c.want) {
			assert.Equal(t, c.want, got)
		}
		got, err = r.RoutePath("plain", c.options...)
		if assert.NoError(t, err, c.want) {
			assert.Equal(t, "/plain", got, "a path has no scheme, host and port")
		}
	}
}

func TestCurrentRouteURL(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		query   string
		options []web.URLOption
		want    string
	}{
		{"", nil, "/users/bob"},
		{"a=1&b=x+y&a=2&c=%C3%A9&k", nil, "/users/bob?a=1&b=x+y&a=2&c=%C3%A9&k="},
		{"a=1", some(web.Query()), "/users/bob"},
		{"a=1", some(web.RawQuery("")), "/users/bob"},
		{"a=1", some(web.RawQuery("z y")), "/users/bob?z%20y"},
		{"a=1", some(web.Query("z", 9)), "/users/bob?z=9"},
		{"a=1", some(web.With("id", "eve")), "/users/eve?a=1"},
		{"q=go&page=1&q=web", some(web.KeepQuery("page", 2)), "/users/bob?q=go&q=web&page=2"},
		{"q=go&page=1", some(web.KeepQuery("page", nil)), "/users/bob?q=go"},
		{"page=1", some(web.KeepQuery("page", []string{})), "/users/bob"},
		{"page=1", some(web.KeepQuery()), "/users/bob?page=1"},
		{"a=1", some(web.ViaRoute("sl")), "/sl/?a=1"},
		{"", some(web.Elements("more"), web.Anchor("x")), "/users/bob/more#x"},
	} {
		r := beginIn(routed, http.MethodGet, "/users/bob?"+c.query, "")
		web.Drive(r).SetMatch(web.NewMatch(web.Routed{Route: "user", Pattern: "/users/{id}"}, web.Param{Name: "id", Value: "bob"}))
		got, err := r.CurrentRoutePath(c.options...)
		if assert.NoError(t, err, c.want) {
			assert.Equal(t, c.want, got)
		}
		got, err = r.CurrentRouteURL(c.options...)
		if assert.NoError(t, err, c.want) {
			assert.Equal(t, "http://example.com"+c.want, got)
		}
	}
}

func TestURLErrors(t *testing.T) {
	t.Parallel()
	r := beginIn(routed, http.MethodGet, "/?a=%FF", "")
	for _, c := range []struct {
		make func() (string, error)
		want string
		is   error
	}{
		{func() (string, error) { return r.RouteURL("nobody") }, `url of route "nobody": no such route`, web.ErrNoRoute},
		{func() (string, error) { return get("/").RouteURL("plain") }, `url of route "plain": no such route: the application has no routes (web.Application.URLs is nil)`, web.ErrNoRoute},
		{func() (string, error) { return r.CurrentRouteURL() }, "url: the request matched no route: name one with RouteURL", web.ErrNoCurrentRoute},
		{func() (string, error) { return r.RouteURL("plain", web.Query("a")) }, `url of route "plain": query: "a" has no value: want names and values in turn`, nil},
		{func() (string, error) { return r.RouteURL("plain", web.Query(1, 2)) }, `url of route "plain": query: argument 1 must be a name, got a int: want names and values in turn`, nil},
		{func() (string, error) { return r.RouteURL("plain", web.Query("a", struct{}{})) }, `url of route "plain": query parameter "a" is a struct {}, which has no text form: pass a string, or give the type a String method`, nil},
		{func() (string, error) { return r.RouteURL("user", web.With("id", nil)) }, `url of route "user": parameter "id" is nil`, nil},
		{func() (string, error) { return r.RouteURL("user", web.With("id", []any{"a", nil})) }, `url of route "user": parameter "id": item 2 is nil`, nil},
		{func() (string, error) { return r.RouteURL("plain", web.Scheme("https://")) }, `url of route "plain": invalid scheme "https://": want one such as https, without ://`, nil},
		{func() (string, error) { return r.RouteURL("plain", web.Host("a/b")) }, `url of route "plain": invalid host "a/b": want a name or an address, with or without a port`, nil},
		{func() (string, error) { return r.RouteURL("plain", web.Port(70000)) }, `url of route "plain": invalid port 70000`, nil},
		{func() (string, error) { return r.RouteURL("plain", web.KeepQuery()) }, `url of route "plain": 400 Bad Request: the query string is not UTF-8`, nil},
	} {
		got, err := c.make()
		if !assert.Error(t, err, c.want) {
			continue
		}
		assert.Empty(t, got)
		assert.Contains(t, err.Error(), c.want)
		if c.is != nil {
			assert.ErrorIs(t, err, c.is)
		}
		_, ok := errors.AsType[*web.URLError](err)
		assert.True(t, ok, "%T", err)
	}
}

// TestPathIsNotAHost checks that a path that begins with two slashes is not taken for a host.
func TestPathIsNotAHost(t *testing.T) {
	t.Parallel()
	r := beginIn(routed, http.MethodGet, "/", "")
	got, err := r.RoutePath("twice", web.With("id", "evil.org"))
	require.NoError(t, err)
	assert.Equal(t, "/.//evil.org", got)
	base, err := url.Parse("http://example.com/a/b")
	require.NoError(t, err)
	to, err := base.Parse(got)
	require.NoError(t, err)
	assert.Equal(t, "example.com", to.Host)

	got, err = r.RouteURL("twice", web.With("id", "x"))
	require.NoError(t, err)
	assert.Equal(t, "http://example.com//x", got)
	got, err = r.ResourcePath(chain(), web.Elements("", "evil.org"))
	require.NoError(t, err)
	assert.Equal(t, "/.//evil.org", got)
}

// utm is a custom option.
type utm string

func (u utm) URLOption(l *web.Link) { web.Query("utm_source", string(u)).URLOption(l) }

func TestCustomOption(t *testing.T) {
	t.Parallel()
	got, err := beginIn(routed, http.MethodGet, "/", "").RoutePath("plain", web.Query("a", 1), utm("mail"))
	require.NoError(t, err)
	assert.Equal(t, "/plain?a=1&utm_source=mail", got)
}

func ExampleRequest_RouteURL() {
	r := web.Begin(routed, httptest.NewRequest(http.MethodGet, "/", nil))
	url, err := r.RouteURL("user", web.With("id", 7), web.Elements("edit"), web.Query("q", "go & web"), web.Anchor("top"))
	fmt.Println(url, err)
	path, err := r.RoutePath("user", web.Params{"id": 8})
	fmt.Println(path, err)
	// Output:
	// http://example.com/users/7/edit?q=go+%26+web#top <nil>
	// /users/8 <nil>
}

func ExampleKeepQuery() {
	r := web.Begin(routed, httptest.NewRequest(http.MethodGet, "/users/bob?q=go&page=2", nil))
	web.Drive(r).SetMatch(web.NewMatch(web.Routed{Route: "user"}, web.Param{Name: "id", Value: "bob"}))
	next, err := r.CurrentRoutePath(web.KeepQuery("page", 3))
	fmt.Println(next, err)
	// Output: /users/bob?q=go&page=3 <nil>
}

func BenchmarkRouteURL(b *testing.B) {
	b.ReportAllocs()
	r := beginIn(routed, http.MethodGet, "/", "")
	for b.Loop() {
		if _, err := r.RouteURL("plain", web.With("id", 7), web.Query("page", 2)); err != nil {
			b.Fatal(err)
		}
	}
}

func TestElementsThatNoURLHolds(t *testing.T) {
	t.Parallel()
	for _, element := range []string{".", "..", "\x00", "\xff"} {
		var wrong *web.URLError
		_, err := beginIn(routed, http.MethodGet, "/", "").RouteURL("plain", web.Elements(element, "x"))
		assert.ErrorAs(t, err, &wrong, "%q", element)
		_, err = get("/").ResourceURL(chain("a"), web.Elements(element))
		assert.ErrorAs(t, err, &wrong, "%q", element)
	}
}
