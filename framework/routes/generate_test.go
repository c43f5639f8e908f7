package routes_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// one is a request to an application of one route, called "r".
func one(t testing.TB, pattern string, options ...routes.Option) *web.Request {
	t.Helper()
	table := tableOf(t, func(c *registry.Config) { routes.Add(c, "r", pattern, options...) })
	return web.Begin(&web.Application{URLs: table}, httptest.NewRequest(http.MethodGet, "/", nil))
}

func TestRoutePath(t *testing.T) {
	t.Parallel()
	id := uuid.MustParse("0197a6c8-0000-7000-8000-000000000001")
	for _, c := range []struct {
		pattern string
		params  web.Params
		want    string
	}{
		{"/plain", nil, "/plain"},
		{"", nil, "/"},
		{"blog", nil, "/blog"},
		{"/café x/{id}", web.Params{"id": 1}, "/caf%C3%A9%20x/1"},
		{"/a+b&c=d;e%/{id}", web.Params{"id": 1}, "/a%2Bb%26c%3Dd%3Be%25/1"},
		{"/u/{id}", web.Params{"id": id}, "/u/" + id.String()},
		{"/u/{id}", web.Params{"id": "a/b c%2F?#é"}, "/u/a%2Fb%20c%252F%3F%23%C3%A9"},
		{"/u/{id}", web.Params{"id": "-._~!$&'()*+,;=:@"}, "/u/-._~!$&'()*+,;=:@"},
		{"/u/{id}", web.Params{"id": ".."}, "/u/.."},
		{"/u/{id}", web.Params{"id": ""}, "/u/"},
		{"/u/:id", web.Params{"id": 7}, "/u/7"},
		{"/e/{id:\\d+}", web.Params{"id": "not-a-number"}, "/e/not-a-number"},
		{"/f/{n}.{e}", web.Params{"n": "a.b", "e": "c"}, "/f/a.b.c"},

		{"/s/*rest", web.Params{"rest": []string{"a/b", "c d"}}, "/s/a%2Fb/c%20d"},
		{"/s/*rest", web.Params{"rest": []any{1, "x"}}, "/s/1/x"},
		{"/s/*rest", web.Params{"rest": []string(nil)}, "/s/"},
		{"/s/*rest", web.Params{"rest": "a/b c"}, "/s/a/b%20c"},
		{"/s/*rest", web.Params{"rest": 7}, "/s/7"},
		{"/s/*rest", web.Params{"rest": []string{"..", "."}}, "/s/../."},
		{"/u/{way}", web.Params{"way": []string{"a", "b"}}, "/u/a%2Fb"},

		// Expressions that take slashes keep them, where the path leads back.
		{"/{p:.*}/edit", web.Params{"p": "a/b"}, "/a/b/edit"},
		{"/{p:[^/]+}/edit", web.Params{"p": "a/b"}, "/a%2Fb/edit"},
		{"/{p:[a-z]+}/edit", web.Params{"p": "a/b"}, "/a%2Fb/edit"},
		{"/{a:.*}/{b:.*}", web.Params{"a": "x", "b": "y/z"}, "/x/y%2Fz"},
		{"/{a:.*}/{b:.*}", web.Params{"a": "x/y", "b": "z"}, "/x/y/z"},
		{"/{a:[a-z/]+}-{b:[^/]+}", web.Params{"a": "x/y", "b": "z/1"}, "/x/y-z%2F1"},
		{"/{a:.*}/{b:.*}/{c:.*}/{d:.*}/{e:.*}", web.Params{"a": "1/2", "b": "1/2", "c": "1/2", "d": "1/2", "e": "1/2"}, "/1/2/1%2F2/1%2F2/1%2F2/1%2F2"},
		// A star behind a marker is parted from it where it must be.
		{"/{a:[a-z]}*rest", web.Params{"a": "x", "rest": []string{"y"}}, "/xy"},
		{"/{a}*rest", web.Params{"a": "x", "rest": []string{"y"}}, "/x/y"},
	} {
		got, err := one(t, c.pattern).RoutePath("r", c.params)
		if assert.NoError(t, err, c.pattern) {
			assert.Equal(t, c.want, got, c.pattern)
		}
	}
}

func TestRouteURLRefuses(t *testing.T) {
	t.Parallel()
	table := tableOf(t, func(c *registry.Config) {
		routes.Add(c, "user", "/users/{id}")
		routes.Add(c, "static", "/st", routes.GenerateOnly())
		routes.Add(c, "cdn", "https://cdn.org/x/{id}")
		routes.Add(c, "moody", "/m", routes.Pregenerate(func(*web.Request, *web.Link) error { return errors.New("not today") }))
	})
	r := web.Begin(&web.Application{URLs: table}, httptest.NewRequest(http.MethodGet, "/", nil))
	for want, options := range map[string][]web.URLOption{
		`user: url of route "user" (/users/{id}): a parameter is missing: "id" (given: ["name"])`:                                                           {web.With("name", 1)},
		`user: url of route "user" (/users/{id}): parameter "id" is nil`:                                                                                    {web.With("id", nil)},
		`user: url of route "user" (/users/{id}): parameter "id" is a struct {}, which has no text in a URL: pass a text, or give the type a method String`: {web.With("id", struct{}{})},
		`user: url of route "user" (/users/{id}): parameter "id" holds a NUL, which no path can`:                                                            {web.With("id", "a\x00")},
		`user: url of route "user" (/users/{id}): parameter "id" is not UTF-8: "\xff"`:                                                                      {web.With("id", "\xff")},
		`usre: url of route "usre": there is no route of that name: did you mean "user"?`:                                                                   nil,
		`nothing like it: url of route "nothing like it": there is no route of that name`:                                                                   nil,
		`moody: url of route "moody" (/m): not today`:                                                                                                       nil,
		`cdn: url of route "cdn" (/x/{id}): the route leads to another host: RouteURL without AppURL makes its URL`:                                         {web.AppURL("http://x"), web.With("id", 1)},
	} {
		name, text, _ := strings.Cut(want, ": ")
		got, err := r.RouteURL(name, options...)
		assert.Empty(t, got)
		assert.EqualError(t, err, text)
		_, ok := errors.AsType[*web.URLError](err)
		assert.True(t, ok)
	}
	_, err := r.RoutePath("cdn", web.With("id", 1))
	assert.ErrorIs(t, err, web.ErrOtherHost)
	_, err = r.RoutePath("user")
	assert.ErrorIs(t, err, web.ErrMissingParam)
	_, err = r.RoutePath("users")
	assert.ErrorIs(t, err, web.ErrNoRoute)

	var none *routes.Table
	_, err = none.RoutePath(r, "user", new(web.Link))
	assert.ErrorIs(t, err, web.ErrNoRoute)
}

func TestExternalRoutes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern string
		options []web.URLOption
		want    string
	}{
		{"https://cdn.org:8443/x/{id}", nil, "https://cdn.org:8443/x/7"},
		{"//cdn.org/x/{id}", nil, "http://cdn.org/x/7"},
		{"https://cdn.org/x/{id}", some(web.Scheme("http")), "http://cdn.org/x/7"},
		{"https://cdn.org/x/{id}", some(web.Host("no.org"), web.Port(1)), "https://cdn.org/x/7"},
		{"https://cdn.org/x/{id}", some(web.Elements("e"), web.Query("q", 1), web.Anchor("a")), "https://cdn.org/x/7/e?q=1#a"},
		{"https://cdn.org", nil, "https://cdn.org/"},
	} {
		r := one(t, c.pattern, routes.Pregenerate(func(_ *web.Request, l *web.Link) error {
			l.SetParam("id", 7)
			return nil
		}))
		r.Request.RequestURI = "/prefix/" // is none of the other host
		got, err := r.RouteURL("r", c.options...)
		if assert.NoError(t, err, c.pattern) {
			assert.Equal(t, c.want, got, c.pattern)
		}
	}
}

func some(o ...web.URLOption) []web.URLOption { return o }

func TestPregenerate(t *testing.T) {
	t.Parallel()
	seen := 0
	r := one(t, "/{lang}/{page}", routes.Pregenerate(func(r *web.Request, l *web.Link) error {
		seen++
		if _, given := l.Param("lang"); !given {
			l.SetParam("lang", r.Request.Header.Get("Accept-Language"))
		}
		l.Elements = append([]string{"first"}, l.Elements...)
		l.Query = append(l.Query, web.QueryParam{Name: "v", Value: 2})
		l.AsPath = false // has no effect
		return nil
	}))
	r.Request.Header.Set("Accept-Language", "de")
	got, err := r.RoutePath("r", web.With("page", "x"), web.Elements("e"), web.Query("a", 1))
	require.NoError(t, err)
	assert.Equal(t, "/de/x/first/e?a=1&v=2", got)
	got, err = r.RoutePath("r", web.With("page", "x"), web.With("lang", "fr"))
	require.NoError(t, err)
	assert.Equal(t, "/fr/x/first?v=2", got)
	assert.Equal(t, 2, seen)

	r = one(t, "/x", routes.Pregenerate(func(_ *web.Request, l *web.Link) error {
		cdn := "https://cdn.org"
		l.AppURL = &cdn
		return nil
	}))
	got, err = r.RouteURL("r", web.Scheme("ftp"))
	require.NoError(t, err)
	assert.Equal(t, "https://cdn.org/x", got)
}

// TestCurrentRouteURLKeepsThePath: what the client asked for comes back, also
// where the parameters alone would give another path.
func TestCurrentRouteURLKeepsThePath(t *testing.T) {
	t.Parallel()
	table := tableOf(t, func(c *registry.Config) {
		routes.Add(c, "exact", "/s/x")
		routes.Add(c, "star", "/s/*rest")
		routes.Add(c, "doc", "/a/b.html")
		routes.Add(c, "page", "/{path:.*}.html")
		routes.Add(c, "hybrid", "/h/{traverse}", routes.Traverse("/top/{traverse}"))
		routes.Add(c, "many", "/m/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h:.*}")
	})
	for path, want := range map[string]string{
		"/s/y/z":                "/s/y/z",
		"/s//y/./z/":            "/s/y/z", // as in Pyramid
		"/s//x":                 "/s//x",  // else another route
		"/s/a%2Fb":              "/s/a%2Fb",
		"/c/d.html":             "/c/d.html",
		"/a%2fb.html":           "/a%2Fb.html", // else another route
		"/h/v":                  "/h/v",
		"/h/%76%2Fw":            "/h/v%2Fw",
		"/m/1/2/3/4/5/6/7/8/9":  "/m/1/2/3/4/5/6/7/8/9",
		"/m/1/2/3%2F/4/5/6/7/8": "/m/1/2/3%2F/4/5/6/7/8",
	} {
		r := web.Begin(&web.Application{URLs: table}, httptest.NewRequest(http.MethodGet, path, nil))
		route, err := table.Match(r)
		require.NoError(t, err)
		require.NotNil(t, route, path)
		got, err := r.CurrentRoutePath()
		require.NoError(t, err)
		assert.Equal(t, want, got)

		// The same through another route with the same markers.
		again, err := r.CurrentRoutePath(web.ViaRoute(route.Name))
		require.NoError(t, err)
		assert.NotEmpty(t, again)
	}
}

func Example_urls() {
	config := registry.New(registry.Options{})
	routes.Add(config, "article", `/blog/{year:\d{4}}/{slug}`)
	routes.Add(config, "file", "/files/*path")
	routes.Add(config, "avatar", "https://cdn.example.org/avatars/{user}")
	reg, err := config.Build()
	if err != nil {
		fmt.Println(err)
		return
	}
	app := &web.Application{Registry: reg, URLs: routes.TableOf(reg)} // the framework does this
	r := web.Begin(app, httptest.NewRequest(http.MethodGet, "http://example.com/", nil))
	for _, url := range []func() (string, error){
		func() (string, error) {
			return r.RouteURL("article", web.With("year", 2024), web.With("slug", "to be/or not"), web.Query("page", 2))
		},
		func() (string, error) { return r.RoutePath("file", web.With("path", []string{"a b", "c.txt"})) },
		func() (string, error) { return r.RouteURL("avatar", web.With("user", 7)) },
		func() (string, error) { return r.RouteURL("artikel") },
	} {
		fmt.Println(url())
	}
	// Output:
	// http://example.com/blog/2024/to%20be%2For%20not?page=2 <nil>
	// /files/a%20b/c.txt <nil>
	// https://cdn.example.org/avatars/7 <nil>
	//  url of route "artikel": there is no route of that name: did you mean "article"?
}

func BenchmarkRoutePath(b *testing.B) {
	r := one(b, "/repos/{owner}/{repo}/issues/{number}")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.RoutePath("r", web.With("owner", "golang"), web.With("repo", "go"), web.With("number", 7)); err != nil {
			b.Fatal(err)
		}
	}
}
