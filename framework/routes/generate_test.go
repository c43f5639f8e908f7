package routes_test

import (
	"errors"
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

// requestWithRoute returns a request to an application whose only route is "r".
func requestWithRoute(t testing.TB, pattern string, options ...routes.Option) *web.Request {
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
		{"/u/:id", web.Params{"id": 7}, "/u/7"},
		{"/f/{n}.{e}", web.Params{"n": "a.b", "e": "c"}, "/f/a.b.c"},

		{"/s/*rest", web.Params{"rest": []string{"a/b", "c d"}}, "/s/a%2Fb/c%20d"},
		{"/s/*rest", web.Params{"rest": []any{1, "x"}}, "/s/1/x"},
		{"/s/*rest", web.Params{"rest": []string(nil)}, "/s/"},
		{"/s/*rest", web.Params{"rest": "a/b c"}, "/s/a/b%20c"},
		{"/s/*rest", web.Params{"rest": 7}, "/s/7"},
		{"/u/{way}", web.Params{"way": []string{"a", "b"}}, "/u/a%2Fb"},

		// Expressions that match slashes keep them where the path round-trips.
		{"/{p:.*}/edit", web.Params{"p": "a/b"}, "/a/b/edit"},
		{"/{p:[^/]+}/edit", web.Params{"p": "a/b"}, "/a%2Fb/edit"},
		{"/{a:.*}/{b:.*}", web.Params{"a": "x", "b": "y/z"}, "/x/y%2Fz"},
		{"/{a:.*}/{b:.*}", web.Params{"a": "x/y", "b": "z"}, "/x/y/z"},
		{"/{a:[a-z/]+}-{b:[^/]+}", web.Params{"a": "x/y", "b": "z/1"}, "/x/y-z%2F1"},
		{"/{a:.*}/{b:.*}/{c:.*}/{d:.*}/{e:.*}", web.Params{"a": "1/2", "b": "1/2", "c": "1/2", "d": "1/2", "e": "1/2"}, "/1/2/1%2F2/1%2F2/1%2F2/1%2F2"},
		// A slash separates a star from the marker before it where necessary.
		{"/{a:[a-z]}*rest", web.Params{"a": "x", "rest": []string{"y"}}, "/xy"},
		{"/{a}*rest", web.Params{"a": "x", "rest": []string{"y"}}, "/x/y"},
	} {
		got, err := requestWithRoute(t, c.pattern).RoutePath("r", c.params)
		if assert.NoError(t, err, c.pattern) {
			assert.Equal(t, c.want, got, c.pattern)
		}
	}
}

// A URL is generated only if it leads back to its route.
func TestRouteURLLeadsBack(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern string
		params  web.Params
	}{
		{"/u/{id}", web.Params{"id": ".."}},
		{"/u/{id}", web.Params{"id": "."}},
		{"/u/{id}", web.Params{"id": ""}},
		{"/e/{id:\\d+}", web.Params{"id": "not-a-number"}},
		{"/s/*rest", web.Params{"rest": []string{"..", "."}}},
		{"/s/*rest", web.Params{"rest": []string{"a", "."}}},
		{"/s/*rest", web.Params{"rest": "a/../b"}},
		{"/s/{x}*rest", web.Params{"x": ".", "rest": ".a/../b"}},
		{"/{p:[a-z]+}/edit", web.Params{"p": "a/b"}},
		{"/{p:.*}", web.Params{"p": "a/../b"}},
	} {
		var wrong *web.URLError
		_, err := requestWithRoute(t, c.pattern).RoutePath("r", c.params)
		assert.ErrorAs(t, err, &wrong, "%s %v", c.pattern, c.params)
	}
	got, err := requestWithRoute(t, "/u/{id}").RoutePath("r", web.With("id", "..."))
	require.NoError(t, err)
	assert.Equal(t, "/u/...", got)
}

func TestRouteURLErrors(t *testing.T) {
	t.Parallel()
	table := tableOf(t, func(c *registry.Config) {
		routes.Add(c, "user", "/users/{id}")
		routes.Add(c, "assets", "/st", routes.GenerateOnly())
		routes.Add(c, "cdn", "https://cdn.org/x/{id}")
		routes.Add(c, "failing", "/m", routes.Pregenerate(func(*web.Request, *web.Link) error { return errors.New("no locale") }))
	})
	r := web.Begin(&web.Application{URLs: table}, httptest.NewRequest(http.MethodGet, "/", nil))
	for want, options := range map[string][]web.URLOption{
		`user: url of route "user" (/users/{id}): missing parameter: "id" (given: ["name"])`:                                                              {web.With("name", 1)},
		`user: url of route "user" (/users/{id}): parameter "id" is nil`:                                                                                  {web.With("id", nil)},
		`user: url of route "user" (/users/{id}): parameter "id" is a struct {}, which has no text form: pass a string, or give the type a String method`: {web.With("id", struct{}{})},
		`user: url of route "user" (/users/{id}): parameter "id" contains a NUL, but a path cannot contain one`:                                           {web.With("id", "a\x00")},
		`user: url of route "user" (/users/{id}): parameter "id" is not valid UTF-8: "\xff"`:                                                              {web.With("id", "\xff")},
		`usre: url of route "usre": no such route: did you mean "user"?`:                                                                                  nil,
		`nothing like it: url of route "nothing like it": no such route`:                                                                                  nil,
		`failing: url of route "failing" (/m): no locale`:                                                                                                 nil,
		`cdn: url of route "cdn" (/x/{id}): the route is for another host: use RouteURL, without AppURL`:                                                  {web.AppURL("http://x"), web.With("id", 1)},
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
		{"https://cdn.org/x/{id}", urlOptions(web.Scheme("http")), "http://cdn.org/x/7"},
		{"https://cdn.org/x/{id}", urlOptions(web.Host("no.org"), web.Port(1)), "https://cdn.org/x/7"},
		{"https://cdn.org/x/{id}", urlOptions(web.Elements("e"), web.Query("q", 1), web.Anchor("a")), "https://cdn.org/x/7/e?q=1#a"},
		{"https://cdn.org", nil, "https://cdn.org/"},
	} {
		r := requestWithRoute(t, c.pattern, routes.Pregenerate(func(_ *web.Request, l *web.Link) error {
			l.SetParam("id", 7)
			return nil
		}))
		r.Request.RequestURI = "/prefix/" // a prefix that the other host does not have
		got, err := r.RouteURL("r", c.options...)
		if assert.NoError(t, err, c.pattern) {
			assert.Equal(t, c.want, got, c.pattern)
		}
	}
}

func urlOptions(o ...web.URLOption) []web.URLOption { return o }

func TestPregenerate(t *testing.T) {
	t.Parallel()
	calls := 0
	r := requestWithRoute(t, "/{lang}/{page}", routes.Pregenerate(func(r *web.Request, l *web.Link) error {
		calls++
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
	assert.Equal(t, 2, calls)

	r = requestWithRoute(t, "/x", routes.Pregenerate(func(_ *web.Request, l *web.Link) error {
		cdn := "https://cdn.org"
		l.AppURL = &cdn
		return nil
	}))
	got, err = r.RouteURL("r", web.Scheme("ftp"))
	require.NoError(t, err)
	assert.Equal(t, "https://cdn.org/x", got)
}

// The URL of the current route has the requested path, even where the parameters alone would give
// another one.
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
		"/s//x":                 "/s//x",  // otherwise another route
		"/s/a%2Fb":              "/s/a%2Fb",
		"/c/d.html":             "/c/d.html",
		"/a%2fb.html":           "/a%2Fb.html", // otherwise another route
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

func BenchmarkRoutePath(b *testing.B) {
	r := requestWithRoute(b, "/repos/{owner}/{repo}/issues/{number}")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.RoutePath("r", web.With("owner", "golang"), web.With("repo", "go"), web.With("number", 7)); err != nil {
			b.Fatal(err)
		}
	}
}
