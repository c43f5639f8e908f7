package framework_test

import (
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// TestNothingIsAMistake passes nil and zero values wherever a directive takes a function, an option
// or a value of a type of ours. Each is an error of the configuration that says what to pass.
func TestNothingIsAMistake(t *testing.T) {
	t.Parallel()
	v := views.Func(func(r *web.Request) (*web.Response, error) { return r.Text("x"), nil })
	pass := func(next views.Callable, _ *views.Info) (views.Callable, error) { return next, nil }
	tests := map[string]struct {
		declare func(c *framework.Configurator)
		want    string
	}{
		"middleware returns nil": {func(c *framework.Configurator) {
			c.AddTween("a", tweens.FromMiddleware(func(http.Handler) http.Handler { return nil }))
		}, "returned a nil handler: return its argument to do nothing"},
		"middleware typed nil": {func(c *framework.Configurator) {
			c.AddTween("a", tweens.FromMiddleware(func(http.Handler) http.Handler { return http.HandlerFunc(nil) }))
		}, "returned a nil handler: return its argument to do nothing"},
		"middleware nil": {func(c *framework.Configurator) {
			c.AddTween("a", tweens.FromMiddleware(nil))
		}, `tween "a": factory is nil: make one with tweens.Wrap or tweens.New`},
		"observe nil": {func(c *framework.Configurator) {
			c.AddTween("a", tweens.Observe(nil))
		}, `tween "a": tweens.Observe: observer 1 is nil: leave it out`},
		"wrap nil": {func(c *framework.Configurator) {
			c.AddTween("a", tweens.Wrap(nil))
		}, `tween "a": factory is nil: make one with tweens.Wrap or tweens.New`},
		"wrap returns nil": {func(c *framework.Configurator) {
			c.AddTween("a", tweens.Wrap(func(web.Handler) web.Handler { return nil }))
		}, `tween "a": factory returned neither a handler nor an error`},
		"new nil": {func(c *framework.Configurator) {
			c.AddTween("a", tweens.New(nil))
		}, `tween "a": factory is nil: make one with tweens.Wrap or tweens.New`},
		"new returns nil": {func(c *framework.Configurator) {
			c.AddTween("a", tweens.New(func(web.Handler, *registry.Registry) (web.Handler, error) { return nil, nil }))
		}, `tween "a": factory returned neither a handler nor an error`},
		"zero factory": {func(c *framework.Configurator) {
			c.AddTween("a", tweens.Factory{})
		}, `tween "a": factory is nil: make one with tweens.Wrap or tweens.New`},
		"zero view": {func(c *framework.Configurator) {
			c.AddView(views.View{})
		}, "the zero View cannot be registered; a view is one of"},
		"zero predicate view": {func(c *framework.Configurator) {
			c.AddView(v, web.Predicate{})
		}, "zero web.Predicate: want one from views or from web.NewPredicate"},
		"not zero predicate": {func(c *framework.Configurator) {
			c.AddView(v, views.Not(web.Predicate{}))
		}, "zero web.Predicate: want one from views or from web.NewPredicate"},
		"zero predicate route": {func(c *framework.Configurator) {
			c.AddRoute("a", "/a", web.Predicate{})
		}, `route "a": zero web.Predicate: want one from views or from web.NewPredicate`},
		"zero hint": {func(c *framework.Configurator) {
			c.AddViewPredicate("x", views.Hint{})
		}, `predicate kind "x": zero views.Hint: want views.Under or views.Over`},
		"zero hint accept": {func(c *framework.Configurator) {
			c.AddAcceptOrder("text/html", views.Hint{})
		}, `accept order of "text/html": zero views.Hint: want views.Under or views.Over`},
		"zero hint deriver": {func(c *framework.Configurator) {
			c.AddViewDeriver("d", pass, views.Hint{})
		}, `view deriver "d": zero views.Hint: want views.Under or views.Over`},
		"deriver returns nil": {func(c *framework.Configurator) {
			c.AddView(v)
			c.AddViewDeriver("d", func(n views.Callable, _ *views.Info) (views.Callable, error) { return nil, nil })
		}, "returned a nil callable: return next to leave the view unchanged"},
		"deriver nil": {func(c *framework.Configurator) {
			c.AddViewDeriver("d", nil)
		}, `view deriver "d" is nil: want a func(views.Callable, *views.Info) (views.Callable, error)`},
		"nil route option": {func(c *framework.Configurator) {
			c.AddRoute("a", "/a", nil)
		}, `route "a": <nil> is not a route option: build predicates with web.NewPredicate`},
		"nil view option": {func(c *framework.Configurator) {
			c.AddView(v, nil)
		}, "<nil> is not a view option: build options with views.Value, views.Where or views.Group"},
		"nil in group": {func(c *framework.Configurator) {
			c.AddView(v, views.Group(nil))
		}, "<nil> is not a view option: build options with views.Value, views.Where or views.Group"},
		"nil tween option": {func(c *framework.Configurator) {
			c.AddTween("a", tweens.Wrap(func(h web.Handler) web.Handler { return h }), nil)
		}, `tween "a": nil option: want tweens.Under or tweens.Over`},
		"zero rule": {func(c *framework.Configurator) {
			c.AddLookup(traversal.Rule{})
		}, "empty rule: make rules with Lookup, LookupAsync, LookupPath, Locate or Listing"},
		"zero filter": {func(c *framework.Configurator) {
			registry.Subscribe(c, func(*web.NewRequest) error { return nil }, registry.Filter[*web.NewRequest]{})
		}, `subscriber to *web.NewRequest: filter 1 ("") has no Holds function`},
		"nil subscriber": {func(c *framework.Configurator) {
			registry.Subscribe[*web.NewRequest](c, nil)
		}, "subscriber to *web.NewRequest: the function is nil"},
		"decorate nil": {func(c *framework.Configurator) {
			c.AddView(v, views.Decorate(nil))
		}, "views.Decorate: decorator 1 is nil: want a func(web.Handler) web.Handler"},
		"decorate returns nil": {func(c *framework.Configurator) {
			c.AddView(v, views.Decorate(func(web.Handler) web.Handler { return nil }))
		}, "returned a nil handler: return next to leave the view unchanged"},
		"around zero": {func(c *framework.Configurator) {
			c.AddView(v, views.Around(tweens.Factory{}))
		}, "views.Around: tween 1: factory is nil: make one with tweens.Wrap or tweens.New"},
		"around middleware nil": {func(c *framework.Configurator) {
			c.AddView(v, views.Around(tweens.FromMiddleware(func(http.Handler) http.Handler { return nil })))
		}, "returned a nil handler: return its argument to do nothing"},
		"route root nil": {func(c *framework.Configurator) {
			c.AddRoute("a", "/a", routes.Root(nil))
		}, `route "a": routes.Root(nil): want a func(*web.Request) (traversal.Resource, error)`},
		"renderer returns nil": {func(c *framework.Configurator) {
			c.AddRenderer("r", func(views.RendererInfo) (views.ValueRenderer, error) { return nil, nil })
			c.AddView(v, views.Renderer("r"))
		}, `renderer "r": its factory returned neither a renderer nor an error`},
		"mapper returns nil": {func(c *framework.Configurator) {
			c.AddView(v)
			c.SetViewMapper(func(views.View, *views.Info) (views.Callable, error) { return nil, nil })
		}, "returned neither a callable nor an error"},
		"http nil": {func(c *framework.Configurator) {
			c.AddView(views.HTTP(nil))
		}, "views.HTTP(nil); a view is one of"},
		"func nil": {func(c *framework.Configurator) {
			c.AddView(views.Func[string](nil))
		}, "views.Func(nil); a view is one of"},
		"on nil": {func(c *framework.Configurator) {
			c.AddView(views.On[*Document, string](nil))
		}, "views.On(nil); a view is one of"},
		"where nil": {func(c *framework.Configurator) {
			c.AddView(v, views.Where("x", nil, "y"))
		}, `predicate "x": nil function: want a func(*web.Request) (bool, error)`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := quiet(framework.Options{})
			tt.declare(config)
			_, err := config.App()
			require.ErrorContains(t, err, tt.want)
		})
	}
}

// TestGoexitInAFinishedCallback ends the goroutine of the request in a finished callback: the
// others run, and it is logged.
func TestGoexitInAFinishedCallback(t *testing.T) {
	t.Parallel()
	for name, serve := range map[string]func(*framework.App){
		"ServeHTTP": func(app *framework.App) { app.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil)) },
		"Do":        func(app *framework.App) { _, _ = app.Do(httptest.NewRequest("GET", "/", nil)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ran, log := "", new(frameworktest.Log)
			config := framework.New(framework.Options{Logger: log.Logger()})
			config.AddView(views.Func(func(r *web.Request) (*web.Response, error) {
				r.AddFinishedCallback(func(*web.Request) error { ran += "a"; return nil })
				r.AddFinishedCallback(func(*web.Request) error { runtime.Goexit(); return nil })
				r.AddFinishedCallback(func(*web.Request) error { ran += "b"; return nil })
				r.AddFinishedCallback(func(*web.Request) error { panic("late") })
				return r.Text("x"), nil
			}))
			app := build(t, config)
			done := make(chan struct{})
			go func() {
				defer close(done)
				serve(app)
			}()
			<-done
			assert.Equal(t, "ab", ran)
			require.Len(t, log.Lines(), 2)
			assert.Contains(t, log.Lines()[0]["message"], "runtime.Goexit")
			assert.Contains(t, log.Lines()[1]["error"], "late")
		})
	}
}
