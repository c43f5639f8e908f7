package web_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// chain returns a node below nodes of the other names.
func chain(names ...string) traversal.Node {
	n := traversal.NewNode("root")
	for _, name := range names {
		n = n.At(name, "at "+name)
	}
	return n
}

func TestResourceURL(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		names   []string
		options []web.URLOption
		want    string
	}{
		{nil, nil, "/"},
		{[]string{"a", "b"}, nil, "/a/b/"},
		{[]string{"a", "x y"}, nil, "/a/x%20y/"},
		{[]string{"café", "日本"}, nil, "/caf%C3%A9/%E6%97%A5%E6%9C%AC/"},
		{[]string{"..."}, nil, "/.../"},
		{[]string{"a/b", "h#h", "q?x", "a+b", "a&b=c", "@", "tilde~"}, nil, "/a%2Fb/h%23h/q%3Fx/a+b/a&b=c/@/tilde~/"},
		{[]string{"a"}, some(web.Elements("e")), "/a/e"},
		{[]string{"a"}, some(web.Elements("", "50%", "(x)")), "/a//50%25/(x)"},
		{nil, some(web.Elements("a/b", "c")), "/a%2Fb/c"},
		{[]string{"a"}, some(web.Query("q", 1), web.Anchor("a b")), "/a/?q=1#a%20b"},
	} {
		r := get("/")
		got, err := r.ResourcePath(chain(c.names...), c.options...)
		if assert.NoError(t, err, c.want) {
			assert.Equal(t, c.want, got)
		}
		got, err = r.ResourceURL(chain(c.names...), c.options...)
		if assert.NoError(t, err, c.want) {
			assert.Equal(t, "http://example.com"+c.want, got)
		}
	}
}

func TestResourceURLOrigin(t *testing.T) {
	t.Parallel()
	for want, options := range map[string][]web.URLOption{
		"https://example.com/a/":   {web.Scheme("https")},
		"http://h.org/a/":          {web.Host("h.org")},
		"http://example.com:81/a/": {web.Port(81)},
		"http://cdn.org/a/":        {web.AppURL("http://cdn.org")},
		"http://cdn.org//a/":       {web.AppURL("http://cdn.org/")},
		"https://h.org:444/a/":     {web.Scheme("https"), web.Host("h.org"), web.Port(444)},
	} {
		got, err := get("/").ResourceURL(chain("a"), options...)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
}

// proxied trusts the address of requests from httptest.
func proxied(t testing.TB, more ...string) *web.Application {
	t.Helper()
	trusted, err := web.ParseTrustedProxies(append(more, "192.0.2.1"))
	require.NoError(t, err)
	return &web.Application{Trusted: trusted, URLs: routed.URLs}
}

// TestResourceURLVirtualRoot checks that the virtual root is removed by whole segments.
func TestResourceURLVirtualRoot(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		header string
		names  []string
		want   string
	}{
		{"/a", []string{"a"}, "/"},
		{"/a", []string{"a", "b"}, "/b/"},
		{"/a/b", []string{"a", "b", "doc"}, "/doc/"},
		{"/a", []string{"doc"}, "/doc/"},
		{"/a", nil, "/"},
		{"/", []string{"a", "b"}, "/a/b/"},
		{"", []string{"a", "b"}, "/a/b/"},
		{"/a/", []string{"a", "b"}, "/b/"},
		{"//a//.//b/..", []string{"a", "b"}, "/b/"},
		{"a", []string{"a", "b"}, "/b/"},
		{"/a/x y", []string{"a", "x y"}, "/"},
		{"/a", []string{"ab", "c"}, "/ab/c/"},
		{"/a", []string{"a/b"}, "/a%2Fb/"},
		{"/q?x", []string{"q?x", "0"}, "/0/"},
	} {
		r := beginIn(proxied(t), http.MethodGet, "/", "", "X-Vhm-Root", c.header)
		got, err := r.ResourcePath(chain(c.names...))
		require.NoError(t, err)
		assert.Equal(t, c.want, got, "virtual root %q", c.header)

		root := traversal.Map{}
		require.NoError(t, r.Application().Traverser.Walk(r.Context(), root, traversal.Path{VirtualRoot: web.Drive(r).VirtualRootNames()}, r.Result()))
		got, err = r.ResourcePath(chain(c.names...))
		require.NoError(t, err)
		assert.Equal(t, c.want, got, "virtual root %q, after the walk", c.header)

		r = begin(http.MethodGet, "/", "", "X-Vhm-Root", c.header)
		got, err = r.ResourcePath(chain(c.names...))
		require.NoError(t, err)
		assert.Equal(t, chain(c.names...).Path(), "/"+trimSlashes(got), "there is no trusted proxy")
	}
}

func trimSlashes(path string) string {
	for len(path) > 0 && path[len(path)-1] == '/' {
		path = path[:len(path)-1]
	}
	for len(path) > 0 && path[0] == '/' {
		path = path[1:]
	}
	return path
}

func TestResourceURLViaRoute(t *testing.T) {
	t.Parallel()
	app := proxied(t)
	app.URLs = paths{"t": "/t/{traverse}", "u": "/u{traverse}", "user": "/users/{id}", "x": "/x/{way}"}
	for _, c := range []struct {
		virtual string
		names   []string
		options []web.URLOption
		want    string
	}{
		{"", []string{"a", "b"}, some(web.ViaRoute("t")), "/t//a/b/"},
		{"", nil, some(web.ViaRoute("t")), "/t/"},
		{"", []string{"a"}, some(web.ViaRoute("t"), web.Elements("e"), web.Query("a", 1)), "/t//a/e?a=1"},
		{"", []string{"a", "b"}, some(web.ViaRoute("u")), "/u/a/b/"},
		{"", nil, some(web.ViaRoute("u")), "/u"},
		{"/a", []string{"a", "b"}, some(web.ViaRoute("u")), "/u/b/"},
		{"", []string{"a"}, some(web.ViaRoute("user"), web.With("id", "bob")), "/users/bob"},
		{"", []string{"a"}, some(web.ViaRoute("x", "way")), "/x//a/"},
		{"", []string{"a"}, some(web.ViaRoute("t"), web.With("traverse", "mine")), "/t/mine"},
	} {
		r := beginIn(app, http.MethodGet, "/", "", "X-Vhm-Root", c.virtual)
		got, err := r.ResourcePath(chain(c.names...), c.options...)
		if assert.NoError(t, err, c.want) {
			assert.Equal(t, c.want, got)
		}
	}
	_, err := beginIn(app, http.MethodGet, "/", "").ResourceURL(chain("a"), web.ViaRoute("nobody"))
	assert.EqualError(t, err, `url of route "nobody": no such route`)
}

type shop struct{ _ *item }

func (s *shop) Location(context.Context) (string, traversal.Resource, error) { return "", nil, nil }

type item struct {
	name string
	in   *shop
}

func (i *item) Location(context.Context) (string, traversal.Resource, error) {
	return i.name, i.in, nil
}

// elsewhere generates its own URL, and is in no tree.
type elsewhere struct{ url string }

var _ web.Linker = elsewhere{}

func (e elsewhere) ResourceURL(_ *web.Request, p web.Place) (string, error) {
	switch e.url {
	case "bad":
		return "", errors.New("out of order")
	case "describe":
		return fmt.Sprintf("%s|%s|%s|%t", p.AppURL, p.Path, p.PhysicalPath, p.AsPath), nil
	}
	return e.url, nil
}

func TestResourceURLOfResources(t *testing.T) {
	t.Parallel()
	r := beginIn(proxied(t), http.MethodGet, "/", "", "X-Vhm-Root", "/a")
	at := func(e elsewhere) traversal.Node { return chain("a").At("e", e) }
	for _, c := range []struct {
		x         any
		want, err string
	}{
		{x: &item{"shoe", &shop{}}, want: "http://example.com/shoe/"},
		{x: new(shop), want: "http://example.com/"},
		{x: elsewhere{"https://x.org/e/"}, want: "https://x.org/e/el?q=1"},
		{x: at(elsewhere{"https://x.org/e"}), want: "https://x.org/e/el?q=1"},
		{x: at(elsewhere{}), want: "http://example.com/e/el?q=1"},
		{x: at(elsewhere{"describe"}), want: "http://example.com|/e/|/a/e/|false/el?q=1"},
		{x: elsewhere{"describe"}, want: "http://example.com|||false/el?q=1"},
		{x: at(elsewhere{"bad"}), err: "url of resource /a/e (web_test.elsewhere): out of order"},
		{x: elsewhere{}, err: "url of resource web_test.elsewhere: unknown location of web_test.elsewhere: pass the traversal.Node of the walk (or build one with NewNode and At), implement traversal.Located, or register a traversal.Locate rule"},
		{x: 5, err: "url of resource int: unknown location of int: pass the traversal.Node"},
		{x: nil, err: "url of resource <nil>: location of <nil>: resource is nil"},
		{x: traversal.Node{}, err: "url of resource no resource: location of traversal.Node: the zero Node has no resource"},
	} {
		var options []web.URLOption
		if c.want != "http://example.com/" && c.want != "http://example.com/shoe/" {
			options = some(web.Elements("el"), web.Query("q", 1))
		}
		got, err := r.ResourceURL(c.x, options...)
		if c.err == "" {
			assert.NoError(t, err)
			assert.Equal(t, c.want, got)
			continue
		}
		assert.Empty(t, got)
		if assert.Error(t, err, c.err) {
			assert.Contains(t, err.Error(), c.err)
			_, ok := errors.AsType[*web.URLError](err)
			assert.True(t, ok)
		}
	}
	path, err := r.ResourcePath(at(elsewhere{"describe"}))
	require.NoError(t, err)
	assert.Equal(t, "|/e/|/a/e/|true", path)
}

func TestAddResourceURL(t *testing.T) {
	t.Parallel()
	config := registry.New(registry.Options{})
	web.AddResourceURL(config, func(_ *web.Request, e elsewhere, p web.Place) (string, error) {
		return p.AppURL + "/rule/" + e.url, nil
	})
	web.AddResourceURL(config, func(_ *web.Request, n int, p web.Place) (string, error) { return "", nil })
	reg, err := config.Build()
	require.NoError(t, err)
	assert.Len(t, reg.Introspect().Category("resource urls"), 2)

	r := beginIn(&web.Application{Registry: reg}, http.MethodGet, "/", "")
	for want, x := range map[string]any{
		"http://example.com/rule/x": elsewhere{"x"}, // a rule wins over the method
		"http://example.com/n/":     chain().At("n", 5),
	} {
		got, err := r.ResourceURL(x)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
}

func TestAddResourceURLErrors(t *testing.T) {
	t.Parallel()
	config := registry.New(registry.Options{})
	web.AddResourceURL[int](config, nil)
	web.AddResourceURL(config, func(*web.Request, fmt.Stringer, web.Place) (string, error) { return "", nil })
	_, err := config.Build()
	require.Error(t, err)
	assert.Contains(t, err.Error(), "resource url of int: nil function")
	assert.Contains(t, err.Error(), "resource url of fmt.Stringer: an interface is not the type of a resource: register each concrete type")
	assert.Contains(t, err.Error(), "resourceurl_test.go")

	config = registry.New(registry.Options{})
	for range 2 {
		web.AddResourceURL(config, func(*web.Request, int, web.Place) (string, error) { return "", nil })
	}
	_, err = config.Build()
	require.Error(t, err)
	assert.Contains(t, err.Error(), "resource url of int registered twice:")
}

func ExampleRequest_ResourceURL() {
	r := web.Begin(nil, httptest.NewRequest(http.MethodGet, "/", nil))
	site := traversal.NewNode(traversal.Map{})
	page := site.At("wiki", traversal.Map{}).At("Front page", "text")
	url, err := r.ResourceURL(page, web.Elements("edit"), web.Query("version", 3))
	fmt.Println(url, err)
	_, err = r.ResourceURL("text")
	fmt.Println(err)
	// Output:
	// http://example.com/wiki/Front%20page/edit?version=3 <nil>
	// url of resource string: unknown location of string: pass the traversal.Node of the walk (or build one with NewNode and At), implement traversal.Located, or register a traversal.Locate rule
}

func TestResourceURLLeadsBack(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"..", ".", "", "@@x", "\x00", "\xff"} {
		var wrong *web.URLError
		_, err := get("/").ResourceURL(chain("a", name, "b"))
		assert.ErrorAs(t, err, &wrong, "%q", name)
		_, err = get("/").ResourcePath(chain(name))
		assert.ErrorAs(t, err, &wrong, "%q", name)
	}
}

// placed makes its URL of its place.
type placed struct{}

func (placed) ResourceURL(_ *web.Request, p web.Place) (string, error) { return p.AppURL + p.Path, nil }

func TestLinkerWithoutPlace(t *testing.T) {
	t.Parallel()
	var wrong *web.URLError
	_, err := get("/").ResourceURL(placed{})
	assert.ErrorAs(t, err, &wrong)
	_, err = get("/").ResourcePath(placed{})
	assert.ErrorAs(t, err, &wrong)
	got, err := get("/").ResourceURL(traversal.NewNode("root").At("a", placed{}))
	require.NoError(t, err)
	assert.Equal(t, "http://example.com/a/", got)
}

func TestLastVirtualRootCounts(t *testing.T) {
	t.Parallel()
	r := beginIn(proxied(t), http.MethodGet, "/", "", "X-Vhm-Root", "/client", "X-Vhm-Root", "/proxy")
	r.Request.Header["X-Vhm-Root"] = []string{"/client", "/proxy"}
	assert.Equal(t, []string{"proxy"}, web.Drive(r).VirtualRootNames())
}
