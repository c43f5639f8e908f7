package framework_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestInvalidPathIsRefusedFirst(t *testing.T) {
	t.Parallel()
	rooted := false
	config := framework.New(framework.Options{Root: func(*framework.Request) (traversal.Resource, error) {
		rooted = true
		return nil, errors.New("no tree today")
	}})
	config.AddView(views.Func(report))
	events := 0
	registry.Subscribe(config, func(*web.NewRequest) error { events++; return nil })
	registry.Subscribe(config, func(*web.BeforeTraversal) error { events += 100; return nil })
	app, err := config.App()
	require.NoError(t, err)

	_, err = app.Do(httptest.NewRequest(http.MethodGet, "/a/%FF", nil))
	require.NoError(t, err, "a 400 is a response, not an error")
	assert.Equal(t, 1, events)
	assert.False(t, rooted)
}

// A path is decoded once, even if it contains characters that should be escaped: %2F stays part of
// its name.
func TestUnescapedCharactersDoNotSplitNames(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/a%2Fb", "/a%2Fb|", `/a%2Fb"<^`, "/a%2Fb\xc3\xa9"} {
		u, err := url.ParseRequestURI(path)
		require.NoError(t, err)
		config := framework.New(framework.Options{Root: frameworktest.Root(traversal.Map{"a": traversal.Map{}})})
		config.AddNotFoundView(views.Func(func(r *web.Request) (*web.Response, error) {
			return r.Text(r.ViewName()), nil
		}))
		app, err := config.App()
		require.NoError(t, err)
		hr := httptest.NewRequest(http.MethodGet, "/", nil)
		hr.URL = u
		resp, err := app.Do(hr)
		require.NoError(t, err)
		body, _ := resp.Body()
		assert.Equal(t, u.Path[1:], string(body), path)
	}
}

func TestFailedWalkHasNoResource(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk on fire")
	tree := traversal.Map{"a": failing{broken}}
	config := framework.New(framework.Options{Root: frameworktest.Root(tree)})
	config.AddErrorView(views.Error(func(r *web.Request, err error) (*web.Response, error) {
		assert.True(t, r.Node().IsZero())
		assert.Empty(t, r.ViewName())
		return r.Text("sorry"), nil
	}))
	frameworktest.New(t, config).Get("/a/b/c").Status(500)
}

// failing is a container whose every child is an error.
type failing struct{ err error }

func (f failing) Child(context.Context, string) (traversal.Resource, error) { return nil, f.err }

// where returns the route, its parameters and where the walk ended.
func where(r *framework.Request) (map[string]any, error) {
	m := map[string]any{"node": r.Node().Path(), "view": r.ViewName(), "subpath": r.Subpath()}
	if match := r.Match(); match != nil {
		m["route"] = match.Route
		for _, p := range match.Params() {
			m["{"+p.Name+"}"] = r.Param(p.Name)
		}
	}
	return m, nil
}

func includeNotes(c *framework.Configurator) error {
	c.AddRoute("note", `/{id:\d+}`)
	c.AddRoute("notes", "", routes.InheritSlash())
	c.AddView(views.Func(where), views.Route("note"))
	c.AddView(views.Func(where), views.Route("notes"))
	return nil
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{Root: frameworktest.Root(traversal.Map{"a": traversal.Map{"b": traversal.Map{}}})})
	config.Include(includeNotes, framework.RoutePrefix("/notes"))
	config.RoutePrefix("/api", func(c *framework.Configurator) {
		c.AddRoute("login", "/login", views.Method("POST"))
		c.AddView(views.Func(where), views.Route("login"))
	})
	config.AddRoute("tree", "/tree/*traverse", routes.GlobalViews())
	config.AddRoute("made", "/made/{x}/*subpath", routes.Traverse("/a/{x}"))
	config.AddRoute("other", "/other/*traverse", routes.Root(frameworktest.Root(traversal.Map{"c": traversal.Map{}})))
	config.AddRoute("hidden", "/hidden")
	config.AddRoute("slashed", "/slashed/")
	for _, name := range []string{"made", "other", "slashed"} {
		config.AddView(views.Func(where), views.Route(name))
	}
	config.AddView(views.Func(where))
	config.AddView(views.Func(where), views.Name("edit"), views.Subpath(true))
	config.AddNotFoundView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		resp := r.Text("nothing")
		resp.SetStatus(http.StatusNotFound)
		return resp, nil
	}), views.AppendSlash(http.StatusPermanentRedirect))
	app := frameworktest.New(t, config)

	for target, want := range map[string]map[string]any{
		"/notes/7":      {"route": "note", "{id}": "7", "node": "/", "view": ""},
		"/notes":        {"route": "notes", "node": "/", "view": ""},
		"/tree/a/b":     {"route": "tree", "{traverse}": "a/b", "node": "/a/b", "view": ""},
		"/tree/a/edit":  {"route": "tree", "{traverse}": "a/edit", "node": "/a", "view": "edit"},
		"/made/b/1/2":   {"route": "made", "{x}": "b", "{subpath}": "1/2", "{traverse}": "a/b", "node": "/a/b", "view": "", "subpath": []any{"1", "2"}},
		"/other/c":      {"route": "other", "{traverse}": "c", "node": "/c", "view": ""},
		"/a/b":          {"node": "/a/b", "view": ""},
		"/a/edit/x":     {"node": "/a", "view": "edit", "subpath": []any{"x"}},
		"/made/b/1%2F2": {"route": "made", "{x}": "b", "{subpath}": "1/2", "{traverse}": "a/b", "node": "/a/b", "view": "", "subpath": []any{"1/2"}},
		"/slashed/":     {"route": "slashed", "node": "/", "view": ""},
		"/tree/":        {"route": "tree", "{traverse}": "", "node": "/", "view": ""},
	} {
		var got map[string]any
		app.Get(target).Status(http.StatusOK).Decode(&got)
		if want["subpath"] == nil {
			delete(got, "subpath")
		}
		assert.Equal(t, want, got, target)
	}
	app.Request("POST", "/api/login").Status(http.StatusOK)
	assert.Equal(t, "/slashed/?a=b", app.Get("/slashed?a=b").Status(http.StatusPermanentRedirect).Header.Get("Location"))
	assert.Equal(t, "nothing", app.Get("/hidden").Status(http.StatusNotFound).Body, "no falling back to traversal")
	assert.Equal(t, "nothing", app.Get("/other/nowhere/").Status(http.StatusNotFound).Body)
}

func TestUnknownRouteIsAnError(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{})
	config.AddRoute("login", "/login")
	config.AddView(views.Func(where), views.Route("lgoin"))
	config.AddRoute("bad", "/{x")
	config.RoutePrefix("/x", nil)
	_, err := config.App()
	require.Error(t, err)
	assert.Regexp(t, `router_test.go:\d+: route "bad": pattern "/{x", offset 1`, err.Error())
	assert.Regexp(t, `router_test.go:\d+: route prefix "/x": the function is nil`, err.Error())

	config = framework.New(framework.Options{})
	config.AddRoute("login", "/login")
	config.AddView(views.Func(where), views.Route("lgoin"))
	_, err = config.App()
	assert.ErrorContains(t, err, `there is no route "lgoin": did you mean "login"?`)
}

func TestRootFactorySeesTheMatch(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{})
	config.AddRoute("user", "/users/{id}", routes.Root(func(r *web.Request) (traversal.Resource, error) {
		if r.Param("id") == "0" {
			return nil, web.NotFound("no such user")
		}
		return &page{"user " + r.Param("id")}, nil
	}))
	config.AddView(views.On(showPage), views.Route("user"))
	app := frameworktest.New(t, config)
	assert.Equal(t, "user 7", app.Get("/users/7").Status(http.StatusOK).Body)
	app.Get("/users/0").Status(http.StatusNotFound)
}
