package framework_test

import (
	"context"
	"errors"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// Two interfaces of which neither is narrower, and a type that has both.
type (
	readable interface{ Read() string }
	sized    interface{ Size() int }
	chapter  struct{}
)

func (*chapter) Read() string { return "" }
func (*chapter) Size() int    { return 0 }

// faults are ways to declare one thing wrong. Each has the one error that it causes by itself, and
// that it causes together with all others.
var faults = []struct {
	name    string
	declare func(c *framework.Configurator)
	want    string
}{
	// What a directive finds.
	{"a marker twice", func(c *framework.Configurator) { c.AddRoute("twice", "/{a}/{a}") }, `route "twice": pattern "/{a}/{a}", offset 5: duplicate marker "a"`},
	{"an expression", func(c *framework.Configurator) { c.AddRoute("odd", "/{a:[}") }, `route "odd": pattern "/{a:[}"`},
	{"nil deriver", func(c *framework.Configurator) { c.AddViewDeriver("nil", nil, views.Options("retries")) }, `view deriver "nil" is nil`},
	{"nil renderer", func(c *framework.Configurator) { c.AddRenderer("csv", nil) }, `renderer "csv" is nil`},
	{"zero tween", func(c *framework.Configurator) { c.AddTween("zero", tweens.Factory{}) }, `tween "zero": factory is nil`},
	{"limit", func(c *framework.Configurator) { c.AddTween("idle", tweens.Limit(0, tweens.LimitOptions{})) }, `tween "idle": limit of 0 requests`},
	{"nil mapper", func(c *framework.Configurator) { c.SetViewMapper(nil) }, `view mapper is nil`},
	{"nil root", func(c *framework.Configurator) { c.SetRootFactory(nil) }, `set root factory: the factory is nil`},
	{"zero hint of a predicate", func(c *framework.Configurator) { c.AddViewPredicate("tenant", views.Hint{}) }, `predicate kind "tenant": zero views.Hint`},
	{"a range in the order of offers", func(c *framework.Configurator) { c.AddAcceptOrder("text/*") }, `accept order of "text/*"`},
	{"negative cache", func(c *framework.Configurator) { addNamed(c, "cached", views.CacheFor(-1)) }, `views.CacheFor(-1ns): negative duration`},
	{"nil inheritance", func(c *framework.Configurator) { views.Inherit[*chapter, *strings.Reader](c, nil) }, `inherit *framework_test.chapter from *strings.Reader: nil function`},
	{"lookup for an interface", func(c *framework.Configurator) {
		c.AddLookup(traversal.Lookup(func(context.Context, readable, string) (traversal.Resource, error) { return nil, nil }))
	}, `a rule cannot be for an interface`},
	{"conflict", func(c *framework.Configurator) {
		c.AddRoute("users", "/users")
		c.AddRoute("users", "/members")
	}, `route "users" registered twice`},

	// What only running finds.
	{"unknown renderer", func(c *framework.Configurator) { addNamed(c, "table", views.Renderer("xls")) }, `no renderer "xls"`},
	{"unknown default renderer", func(c *framework.Configurator) { c.SetDefaultRenderer("yaml") }, `default renderer: no renderer "yaml"`},
	{"failing renderer", func(c *framework.Configurator) {
		c.AddRenderer(".html", func(views.RendererInfo) (views.ValueRenderer, error) { return nil, errors.New("no such template") })
		addNamed(c, "page", views.Renderer("page.html"))
	}, `renderer "page.html": no such template`},
	{"unknown route", func(c *framework.Configurator) { addNamed(c, "lost", views.Route("nowhere")) }, `there is no route "nowhere"`},
	{"unknown option", func(c *framework.Configurator) { addNamed(c, "retry", views.Value("retrys", 3)) }, `no view deriver reads the option "retrys"`},
	{"no policy", func(c *framework.Configurator) { addNamed(c, "secret", views.Permission("read")) }, `requires permission "read", but the application has no security policy`},
	{"circle of wrappers", func(c *framework.Configurator) {
		addNamed(c, "inner", views.Wrapper("outer"))
		addNamed(c, "outer", views.Wrapper("inner"))
	}, `the wrappers "inner" -> "outer" -> "inner" are a circle`},
	{"csrf without a policy", func(c *framework.Configurator) { addNamed(c, "post", views.CSRF(true)) }, `csrf check without a web.CSRFPolicy`},
	{"tie", func(c *framework.Configurator) {
		views.Resource[*chapter](c)
		c.AddView(views.On(func(*framework.Request, readable) (any, error) { return "", nil }), views.Name("tie"))
		c.AddView(views.On(func(*framework.Request, sized) (any, error) { return "", nil }), views.Name("tie"))
	}, `both serve *framework_test.chapter, and neither`},
	{"order of a type", func(c *framework.Configurator) {
		views.Order[*strings.Builder](c, reflect.TypeFor[readable]())
	}, `order of views for *strings.Builder: views for framework_test.readable do not serve it`},
	{"cycle of tweens", func(c *framework.Configurator) {
		c.AddTween("a", pass, tweens.Over("b"))
		c.AddTween("b", pass, tweens.Over("a"))
	}, `tweens: cycle: "a" over "b", "b" over "a"`},
	{"another cycle of tweens", func(c *framework.Configurator) {
		c.AddTween("x", pass, tweens.Over("y"))
		c.AddTween("y", pass, tweens.Over("x"))
	}, `tweens: cycle: "x" over "y", "y" over "x"`},
	{"hint of a tween", func(c *framework.Configurator) { c.AddTween("session", pass, tweens.Under("auth")) }, `tween "session" wants to be under "auth"`},
	{"hint of a deriver", func(c *framework.Configurator) {
		c.AddViewDeriver("audit", func(next views.Callable, _ *views.Info) (views.Callable, error) { return next, nil }, views.Under("trace"))
	}, `"audit" wants to be under "trace"`},
	{"hint of a predicate", func(c *framework.Configurator) { c.AddViewPredicate("region", views.Over("plan")) }, `predicate "region" wants to be over "plan"`},
	{"hint of an offer", func(c *framework.Configurator) { c.AddAcceptOrder("image/png", views.Over("image/webp")) }, `media type "image/png" wants to be over "image/webp"`},
	{"failing deriver", func(c *framework.Configurator) {
		c.AddViewDeriver("picky", func(next views.Callable, info *views.Info) (views.Callable, error) {
			if info.Name == "picked" {
				return nil, errors.New("not this one")
			}
			return next, nil
		})
		addNamed(c, "picked")
	}, `view deriver "picky"`},
	{"failing mapper", func(c *framework.Configurator) { addNamed(c, "mapped", views.WithMapper(refuse)) }, `mapper framework_test.refuse: not this view`},
	{"coroutine", func(c *framework.Configurator) {
		c.AddView(views.Func(func(*web.Request) (*async.Future[string], error) { return nil, nil }), views.Name("later"), views.WithMapper(views.DefaultMapper))
	}, `so it is a coroutine`},
}

// inSession is a CSRF policy that needs sessions.
type inSession struct{}

func (inSession) Check(*web.Request) error { return nil }
func (inSession) NeedsSessions() bool      { return true }

var pass = tweens.Wrap(func(next web.Handler) web.Handler { return next })

func refuse(views.View, *views.Info) (views.Callable, error) { return nil, errors.New("not this view") }

func addNamed(c *framework.Configurator, name string, options ...views.Option) {
	view := func(r *web.Request) (*web.Response, error) { return r.Text(""), nil }
	c.AddView(views.Func(view), append(options, views.Name(name))...)
}

// reportOf returns the errors of an application without lines.
func reportOf(t *testing.T, declare func(c *framework.Configurator)) []string {
	t.Helper()
	config := quiet(framework.Options{})
	declare(config)
	var first []string
	for range 2 { // the order is stable
		_, err := config.App()
		report, ok := errors.AsType[*registry.Errors](err)
		require.True(t, ok, err)
		var texts []string
		for _, part := range report.Unwrap() {
			texts = append(texts, line.ReplaceAllString(part.Error(), "LINE"))
		}
		if first != nil {
			require.Equal(t, first, texts)
		}
		first = texts
	}
	return first
}

var line = regexp.MustCompile(`[a-z_]+_test\.go:\d+`)

// TestEveryFaultIsReportedOnce declares each fault alone, each two of them together, and all of
// them. Each is reported each time, once, and nothing else is: one build finds everything, and no
// consequence of a mistake.
func TestEveryFaultIsReportedOnce(t *testing.T) {
	t.Parallel()
	for i, one := range faults {
		t.Run(one.name, func(t *testing.T) {
			t.Parallel()
			alone := reportOf(t, one.declare)
			require.Len(t, alone, 1)
			assert.Contains(t, alone[0], one.want)
			for _, two := range faults[i+1:] {
				both := reportOf(t, func(c *framework.Configurator) { one.declare(c); two.declare(c) })
				text := strings.Join(both, "\n")
				assert.Len(t, both, 2, "%s and %s:\n%s", one.name, two.name, text)
				assert.Equal(t, 1, strings.Count(text, one.want), "%s and %s:\n%s", one.name, two.name, text)
				assert.Equal(t, 1, strings.Count(text, two.want), "%s and %s:\n%s", one.name, two.name, text)
			}
		})
	}
	t.Run("all", func(t *testing.T) {
		t.Parallel()
		all := reportOf(t, func(c *framework.Configurator) {
			for _, one := range faults {
				one.declare(c)
			}
		})
		text := strings.Join(all, "\n")
		assert.Len(t, all, len(faults), text)
		for _, one := range faults {
			assert.Equal(t, 1, strings.Count(text, one.want), "%s in\n%s", one.name, text)
		}
	})
}

// TestNoConsequenceIsReported declares one mistake, and what refers to the mistaken declaration:
// only the mistake is reported.
func TestNoConsequenceIsReported(t *testing.T) {
	t.Parallel()
	twoTexts := func(c *framework.Configurator) {
		views.Resource[*chapter](c)
		c.AddView(views.On(func(*framework.Request, readable) (any, error) { return "", nil }))
		c.AddView(views.On(func(*framework.Request, sized) (any, error) { return "", nil }))
	}
	dependents := func(c *framework.Configurator) {
		addNamed(c, "a", views.Route("users"))
		addNamed(c, "b", views.Renderer("page.html"))
		addNamed(c, "c", views.Permission("read"))
		addNamed(c, "d", views.Value("retries", 3))
		addNamed(c, "e", views.CSRF(true))
		c.AddView(views.Func(func(*web.Request) (*async.Future[string], error) { return nil, nil }), views.Name("f"))
		c.AddTween("session", pass, tweens.Under("auth"))
		c.AddViewDeriver("audit", func(next views.Callable, _ *views.Info) (views.Callable, error) { return next, nil }, views.Under("trace"))
		c.AddViewPredicate("region", views.Over("plan"))
		c.AddAcceptOrder("image/png", views.Over("image/webp"))
		c.SetDefaultRenderer("yaml")
		twoTexts(c)
	}
	tests := map[string]struct {
		declare func(c *framework.Configurator)
		want    string
	}{
		"route": {func(c *framework.Configurator) {
			c.AddRoute("users", "/{a}/{a}")
			addNamed(c, "list", views.Route("users"))
		}, "duplicate marker"},
		"a route without a name": {func(c *framework.Configurator) {
			c.AddRoute("", "/users")
			addNamed(c, "list", views.Route("users"))
		}, "missing name"},
		"renderer": {func(c *framework.Configurator) {
			c.AddRenderer(".html", nil)
			addNamed(c, "page", views.Renderer("page.html"))
			c.SetDefaultRenderer("other.html")
		}, `renderer ".html" is nil`},
		"a renderer without a name": {func(c *framework.Configurator) {
			c.AddRenderer("", views.JSON(views.JSONOptions{}))
			addNamed(c, "page", views.Renderer("page.html"))
		}, "renderer without a name"},
		"default renderer": {func(c *framework.Configurator) {
			c.SetDefaultRenderer("yaml")
			c.AddView(views.Func(func(*web.Request) (any, error) { return 1, nil }))
			c.AddView(views.Func(func(*web.Request) (any, error) { return 1, nil }), views.Name("b"))
		}, `default renderer: no renderer "yaml"`},
		"policy": {func(c *framework.Configurator) {
			c.SetSecurityPolicy(nil)
			addNamed(c, "secret", views.Permission("read"))
			c.SetDefaultPermission("view")
		}, "the policy is nil"},
		"deriver": {func(c *framework.Configurator) {
			c.AddViewDeriver("retry", nil, views.Options("retries"))
			addNamed(c, "a", views.Value("retries", 3))
			c.AddViewDeriver("audit", func(next views.Callable, _ *views.Info) (views.Callable, error) { return next, nil }, views.Under("retry"))
		}, `view deriver "retry" is nil`},
		"an option of a deriver": {func(c *framework.Configurator) {
			c.AddViewDeriver("retry", func(next views.Callable, _ *views.Info) (views.Callable, error) { return next, nil }, views.Options("retries"), nil)
			addNamed(c, "a", views.Value("retries", 3))
		}, `view deriver "retry": nil option`},
		"order of derivers": {func(c *framework.Configurator) {
			c.AddViewDeriver("retry", func(next views.Callable, _ *views.Info) (views.Callable, error) { return next, nil }, views.Under("ghost"), views.Options("retries"))
			addNamed(c, "a", views.Value("retries", 3))
			addNamed(c, "b", views.Value("retries", 3))
		}, `"retry" wants to be under "ghost"`},
		"tween": {func(c *framework.Configurator) {
			c.AddTween("auth", tweens.Factory{})
			c.AddTween("session", pass, tweens.Under("auth"))
			c.SetTweenOrder("auth", "session", tweens.ExcView)
		}, `tween "auth": factory is nil`},
		"order of tweens": {func(c *framework.Configurator) {
			c.AddTween("session", pass, tweens.Under("ghost"))
			c.SetTweenOrder("session", tweens.ExcView, tweens.ExcView)
		}, `"EXCVIEW" is listed twice`},
		"predicate": {func(c *framework.Configurator) {
			c.AddViewPredicate("plan", views.Over())
			c.AddViewPredicate("region", views.Over("plan"))
		}, `predicate kind "plan"`},
		"mapper": {func(c *framework.Configurator) {
			c.SetViewMapper(nil)
			c.AddView(views.Func(func(*web.Request) (*async.Future[string], error) { return nil, nil }))
		}, "view mapper is nil"},
		"the view that settles a tie": {func(c *framework.Configurator) {
			twoTexts(c)
			c.AddView(views.On(func(*framework.Request, *chapter) (any, error) { return "", nil }), views.CacheFor(-1))
		}, "negative duration"},
		"a view of unknown type, which may settle a tie": {func(c *framework.Configurator) {
			twoTexts(c)
			c.AddView(views.View{})
		}, "the zero View cannot be registered"},
		"the order that settles a tie": {func(c *framework.Configurator) {
			twoTexts(c)
			views.Order[*chapter](c, reflect.TypeFor[sized](), nil)
		}, "order of views for *framework_test.chapter: nil type"},
		"an included function": {func(c *framework.Configurator) {
			c.Include(func(*framework.Configurator) error { return errors.New("no key") }, framework.As("inner"))
			dependents(c)
		}, `include "inner": no key`},
		"a directive that gives up": {func(c *framework.Configurator) {
			c.Directive().Fail(errors.New("no key"))
			dependents(c)
		}, "no key"},
		"a declaration that gives up": {func(c *framework.Configurator) {
			c.Directive().Declare(registry.Declaration{Subject: "keys", Phase: registry.Phase0, Run: func(*registry.Config, *registry.Registry) error {
				return errors.New("no key")
			}})
			dependents(c)
		}, "keys: no key"},
		"csrf policy": {func(c *framework.Configurator) {
			c.SetCSRFPolicy(nil)
			addNamed(c, "post", views.CSRF(true))
		}, "set CSRF policy: the policy is nil"},
		"sessions": {func(c *framework.Configurator) {
			c.SetSessionFactory(nil)
			c.SetCSRFPolicy(inSession{})
			addNamed(c, "post", views.CSRF(true))
		}, "set session factory: the factory is nil"},
		"a warning": {func(c *framework.Configurator) {
			c.AddRoute("users", "/users")
			c.AddView(views.Func(func(r *web.Request) (any, error) { return "", nil }), views.Route("users"), views.CacheFor(-1))
		}, "negative duration"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := reportOf(t, tt.declare)
			require.Len(t, got, 1)
			assert.Contains(t, got[0], tt.want)
			config := quiet(framework.Options{})
			tt.declare(config)
			_, err := config.App()
			assert.Empty(t, err.(*registry.Errors).Warnings())
		})
	}
}
