package framework_test

import (
	"context"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
)

// tracker has a method Child that no walk calls; issue has all methods as they should be.
type (
	tracker struct{}
	issue   struct{}
)

func (*tracker) Child(string) *issue { return nil }
func (*tracker) Children() []*issue  { return nil }

func (*issue) Child(context.Context, string) (traversal.Resource, error) {
	return nil, traversal.ErrNotFound
}

// listed is a policy that calls methods of resources.
type listed struct{ framework.NoPolicy }

func (listed) Misfits(t reflect.Type) []string {
	if t == reflect.TypeFor[*tracker]() {
		return []string{"its method Owner is not called"}
	}
	return nil
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	say := views.Func(func(r *framework.Request) (*framework.Response, error) { return r.Text(""), nil })
	type at = func(line int) *framework.Configurator
	for name, tt := range map[string]struct {
		declare func(at at)
		want    []string
	}{
		"nothing": {func(at at) {
			at(1).AddRoute("a", "/a/{x}")
			at(2).AddView(say, views.Route("a"), views.MatchParam("x=1"))
			at(3).AddRoute("b", "/b/*traverse")
			at(4).AddView(say, views.Route("b"), views.Name("edit"))
			at(5).AddRoute("c", "/c/{x}", routes.Traverse("/{x}"))
			at(6).AddNotFoundView(say, views.Route("c"))
			at(7).AddRoute("d", "/d", routes.GlobalViews())
			at(8).AddRoute("e", "https://example.com/{x}")
			at(9).AddView(say, views.For[*issue]())
			at(10).AddView(say, views.Name("m"), views.MatchParam("x=1"))
		}, nil},
		"routes without a view": {func(at at) {
			at(1).AddRoute("a", "/a")
			at(2).AddRoute("b", "/b/*traverse")
			at(3).AddRoute("c", "/c", routes.Root(func(*framework.Request) (traversal.Resource, error) { return issue{}, nil }))
			at(4).AddRoute("d", "/d", routes.GenerateOnly())
			at(5).AddRoute("e", "/e")
			at(6).AddNotFoundView(say, views.Route("e"))
			at(7).AddRoute("f", "/f", routes.GlobalViews())
			at(8).AddView(say)
		}, []string{
			`app.go:1: no view for route "a", so every request that it matches gets a 404: add one with views.Route("a"), or routes.GenerateOnly() if it only generates URLs`,
			`app.go:2: no view for route "b", so every request that it matches gets a 404: add one with views.Route("b"), or routes.GlobalViews() for the views without a route`,
			`app.go:3: no view for route "c", so every request that it matches gets a 404: add one with views.Route("c"), or routes.GlobalViews() for the views without a route`,
		}},
		"methods of another signature": {func(at at) {
			at(1).AddView(say, views.For[*tracker]())
			at(2).AddView(say, views.For[*tracker](), views.Name("edit"))
			at(3).AddView(say, views.For[issue]())
			at(4).AddErrorView(say)
		}, []string{
			"app.go:1: resource type *framework_test.tracker: its method Child(string) *framework_test.issue is not called: want Child(context.Context, string) (traversal.Resource, error)",
			"app.go:1: resource type *framework_test.tracker: its method Children() []*framework_test.issue is not called: want Children(context.Context) iter.Seq2[traversal.Entry, error]",
			"app.go:3: resource type framework_test.issue: its method Child is not called, since only a *framework_test.issue has it: put pointers in the tree, or give the method a value receiver",
		}},
		"methods with a rule in their place": {func(at at) {
			at(1).AddView(say, views.For[*tracker]())
			at(2).AddLookup(traversal.Lookup(func(context.Context, *tracker, string) (traversal.Resource, error) { return nil, traversal.ErrNotFound }))
		}, []string{
			"app.go:1: resource type *framework_test.tracker: its method Children() []*framework_test.issue is not called: want Children(context.Context) iter.Seq2[traversal.Entry, error]",
		}},
		"methods that the policy would call": {func(at at) {
			at(1).AddView(say, views.For[*tracker](), views.Permission("view"))
			at(2).AddView(say, views.For[*issue]())
			at(3).SetSecurityPolicy(listed{})
			at(4).AddLookup(traversal.Extension[*tracker]("owner", func(*tracker) string { return "" })) // replaces no method of a walk
		}, []string{
			"app.go:1: resource type *framework_test.tracker: its method Child(string) *framework_test.issue is not called: want Child(context.Context, string) (traversal.Resource, error)",
			"app.go:1: resource type *framework_test.tracker: its method Children() []*framework_test.issue is not called: want Children(context.Context) iter.Seq2[traversal.Entry, error]",
			"app.go:1: resource type *framework_test.tracker: its method Owner is not called",
		}},
		"routes and views": {func(at at) {
			at(1).AddRoute("alone", "/alone", routes.GenerateOnly())
			at(2).AddRoute("plain", "/plain/{x}", views.Header("X-A: b"))
			at(3).AddView(say, views.Route("plain"), views.Name("edit"))
			at(4).AddView(say, views.Route("plain"), views.MatchParam("y=1"))
			at(5).AddRoute("cdn", "/cdn", routes.GenerateOnly())
			at(6).AddView(say, views.Route("cdn"))
			at(7).AddView(say, views.MatchParam("y=1", "y=2"))
			at(8).AddView(say, views.MatchParam("y=1"))
			at(9).AddRoute("get", "/get", views.Method("GET", "PUT"), views.Not(views.XHR(true)))
			at(10).AddView(say, views.Route("get"), views.Method("POST"))
			at(11).AddView(say, views.Route("get"), views.Method("PUT"), views.Not(views.Method("GET")))
			at(12).AddView(say, views.Route("get"), views.XHR(true))
			at(13).AddErrorView(say, views.Route("get"), views.Method("POST"))
		}, []string{
			`app.go:2: route "plain": header="X-A: b": no value begins with a space, which net/http removes: write "X-A:b"`,
			`app.go:3: view "edit" for any resource on route "plain" is never chosen: no path follows the pattern "/plain/{x}", so that the view name is always empty: end the pattern with "*traverse", add routes.Traverse, or remove views.Name`,
			`app.go:4: default view for any resource on route "plain" [match_param="y=1"]: match_param="y=1": the pattern "/plain/{x}" of the route has no marker "y"`,
			`app.go:6: default view for any resource on route "cdn" is never chosen: the route only generates URLs`,
			`app.go:7: default view for any resource [match_param="y=1","y=2"]: match_param="y=1","y=2": no request has both "y=1" and "y=2", since one value counts: add a view for each`,
			`app.go:8: default view for any resource [match_param="y=1"]: match_param="y=1": it never holds without a route: add views.Route, or routes.GlobalViews() to a route`,
			`app.go:10: default view for any resource on route "get" [method="POST"] is never chosen: method="GET","HEAD","PUT" of the route (app.go:9) excludes method="POST": remove one of them`,
			`app.go:12: default view for any resource on route "get" [xhr=true] is never chosen: !xhr=true of the route (app.go:9) excludes xhr=true: remove one of them`,
			`app.go:13: error view for error on route "get" [method="POST"] is never chosen: method="GET","HEAD","PUT" of the route (app.go:9) excludes method="POST": remove one of them`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := framework.New(framework.Options{})
			tt.declare(func(line int) *framework.Configurator {
				return config.At(registry.Source{File: "app.go", Line: line})
			})
			app, err := config.App()
			require.NoError(t, err)
			var texts []string
			for _, w := range app.Registry().Warnings() {
				texts = append(texts, w.String())
			}
			assert.Equal(t, tt.want, texts)
		})
	}
}

// TestExplainSays: the explanation of a request says what the warnings say.
func TestExplainSays(t *testing.T) {
	t.Parallel()
	say := views.Func(func(r *framework.Request) (*framework.Response, error) { return r.Text(""), nil })
	config := framework.New(framework.Options{
		Logger: new(frameworktest.Log).Logger(),
		Root: func(r *framework.Request) (traversal.Resource, error) {
			if r.Host == "issue" {
				return issue{}, nil
			}
			return &tracker{}, nil
		},
	})
	config.AddView(say, views.For[*tracker](), views.Accept("text/html"))
	config.AddView(say, views.Accept("application/json"))
	app, err := config.App()
	require.NoError(t, err)
	assert.Contains(t, app.Explain(request("GET /1")).String(), `"1" of *framework_test.tracker: not a container, it has no children: `+
		"its method Child(string) *framework_test.issue is not called: want Child(context.Context, string) (traversal.Resource, error)\n")
	assert.Contains(t, app.Explain(request("GET http://issue/1")).String(), `"1" of framework_test.issue: not a container, it has no children: `+
		"its method Child is not called, since only a *framework_test.issue has it: put pointers in the tree, or give the method a value receiver\n")

	const note = `note: the client prefers application/json, but default view for any resource [accept="application/json"] serves a less specific type: Accept chooses among views of one type`
	assert.Contains(t, app.Explain(request("GET /", "Accept: application/json, text/html;q=0.5")).String(), note)
	for _, accept := range []string{"text/html, application/json", "text/html", "application/json", "*/*", "application/json;q=0.5, text/html"} {
		assert.NotContains(t, app.Explain(request("GET /", "Accept: "+accept)).String(), "the client prefers", accept)
	}
}

// TestWarningsAreReported: to the log of the application, or to the functions of OnWarning.
func TestWarningsAreReported(t *testing.T) {
	t.Parallel()
	log := new(frameworktest.Log)
	declare := func() *framework.Configurator {
		config := framework.New(framework.Options{Logger: log.Logger()})
		config.At(registry.Source{File: "app.go", Line: 7}).AddRoute("unserved", "/unserved")
		return config
	}
	_, err := declare().App()
	require.NoError(t, err)
	lines := log.Lines()
	require.Len(t, lines, 1)
	assert.Equal(t, "warn", lines[0]["level"])
	assert.Equal(t, "app.go:7", lines[0]["source"])
	assert.Contains(t, lines[0]["message"], `no view for route "unserved"`)

	config := declare()
	var got []registry.Warning
	for range 2 {
		config.OnWarning(func(w registry.Warning) { got = append(got, w) })
	}
	app, err := config.App()
	require.NoError(t, err)
	assert.Len(t, log.Lines(), 1)
	require.Len(t, got, 2)
	assert.Equal(t, app.Registry().Warnings()[0], got[1])

	config = framework.New(framework.Options{})
	config.OnWarning(nil)
	_, err = config.App()
	require.ErrorContains(t, err, "on warning: the function is nil")
	require.ErrorContains(t, err, "warnings_test.go:")
}
