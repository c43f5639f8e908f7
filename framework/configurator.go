package framework

import (
	"cmp"
	"os"

	"github.com/rs/zerolog"

	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/conditional"
	"github.com/mastaba-go/mastaba/views/static"
	"github.com/mastaba-go/mastaba/views/web"
)

// Configurator records what an application consists of. Its methods are directives: each records
// the file and line of its caller, returns nothing and never panics. App carries them all out, and
// reports conflicts and mistakes together. Their order does not matter.
//
// A package adds directives of its own as functions that take a registry.Recorder, which a
// *Configurator is: acme.AddFeature(config, …). So do those of this module that a method cannot
// express, such as registry.Subscribe and views.Inherit.
//
// A Configurator is not safe for concurrent use.
type Configurator struct {
	config *registry.Config
}

var _ registry.Recorder = (*Configurator)(nil)

// New returns a Configurator for an application with the given options.
func New(o Options) *Configurator {
	config := static.WithRoutes(registry.New(registry.Options{Settings: o.Settings}), addStaticRoute)
	c := &Configurator{config: config}
	first := &Configurator{config: config.At(registry.Caller(1))}
	first.builtins(o)
	first.options(o)
	first.warnings()
	config.Commit()
	return c
}

// builtins registers what every application has, in a round of its own, so that an application can
// replace it without a conflict.
func (c *Configurator) builtins(o Options) {
	log := o.Logger
	if log == nil {
		l := zerolog.New(os.Stderr).With().Timestamp().Logger()
		log = &l
	}
	once(c.config, "logger", registry.Phase1, func(reg *registry.Registry) { registry.Provide(reg, log) })
	conditional.Register(c)
	tweens.Add(c, tweens.ExcView, tweens.ErrorViewsOf(func(reg *registry.Registry) func(*web.Request, error) (*web.Response, bool, error) {
		return views.TableOf(reg).CallError
	}))
}

// options registers what the Options say.
func (c *Configurator) options(o Options) {
	trusted, err := web.ParseTrustedProxies(o.TrustedProxies)
	c.config.Report(err)
	once(c.config, "trusted proxies", registry.Phase1, func(reg *registry.Registry) {
		registry.Provide(reg, trusted)
	}, registry.Field{Name: "networks", Value: trusted})
	once(c.config, "form limit", registry.Phase1, func(reg *registry.Registry) {
		registry.Provide(reg, formLimit(o.MaxForm))
	}, registry.Field{Name: "bytes", Value: cmp.Or(o.MaxForm, web.DefaultMaxBody)})
	once(c.config, "body limit", registry.Phase1, func(reg *registry.Registry) {
		registry.Provide(reg, bodyLimit(o.MaxBody))
	}, registry.Field{Name: "bytes", Value: cmp.Or(o.MaxBody, web.DefaultMaxBody)})
	once(c.config, "path values", registry.Phase1, func(reg *registry.Registry) {
		registry.Provide(reg, pathValues(o.PathValues))
	}, registry.Field{Name: "set", Value: o.PathValues})
	once(c.config, "recycled requests", registry.Phase1, func(reg *registry.Registry) {
		registry.Provide(reg, recycleRequests(o.RecycleRequests))
	}, registry.Field{Name: "set", Value: o.RecycleRequests})
	once(c.config, "scope limits", registry.Phase1, func(reg *registry.Registry) {
		registry.Provide(reg, scopeLimits{o.Goroutines, o.GracePeriod})
	}, registry.Field{Name: "goroutines", Value: o.Goroutines}, registry.Field{Name: "grace period", Value: o.GracePeriod})
	if len(o.AllowedHosts) > 0 {
		c.SetAllowedHosts(o.AllowedHosts...)
	}
	if o.Root != nil {
		c.SetRootFactory(o.Root)
	}
	if o.Security != nil {
		c.SetSecurityPolicy(o.Security)
	}
	if o.Sessions != nil {
		c.SetSessionFactory(o.Sessions)
	}
	if o.CSRF != nil {
		c.SetCSRFPolicy(o.CSRF)
		c.SetDefaultCSRF(true)
	}
	if o.ActAs != nil {
		once(c.config, "act as", registry.Phase1, func(reg *registry.Registry) { registry.Provide(reg, actor(o.ActAs)) },
			registry.Field{Name: "function", Value: registry.FuncName(o.ActAs)})
	}
	if o.DefaultPermission != "" {
		c.SetDefaultPermission(o.DefaultPermission)
	}
	if o.TraversePermission != "" {
		c.SetTraversePermission(o.TraversePermission)
	}
}

// Directive returns the Config that records a directive, with the file and line of the caller of
// the function that calls Directive. Every directive starts with it, those of extensions included;
// most applications never need it.
func (c *Configurator) Directive() *registry.Config {
	if c.config.Source().IsZero() {
		return c.config.At(registry.Caller(2))
	}
	return c.config
}

// At returns a Configurator whose directives record the given source, for generators and tests.
// Most applications never need it.
func (c *Configurator) At(source registry.Source) *Configurator {
	return &Configurator{config: c.config.At(source)}
}

// Settings returns the settings of the application.
func (c *Configurator) Settings() registry.Settings { return c.config.Settings() }

// Commit ends a round of configuration. What is registered after it overrides what was registered
// before, without a conflict. A function that is meant to be included should not call it.
func (c *Configurator) Commit() { c.config.Commit() }

// AddRoute registers a route. Views registered with views.Route(name) handle the requests whose
// path matches the pattern. See routes.Add.
func (c *Configurator) AddRoute(name, pattern string, options ...routes.Option) {
	routes.Add(c.Directive(), name, pattern, options...)
}

// AddView registers a view. Without views.Method it takes every method but CONNECT and TRACE. See
// views.Add.
func (c *Configurator) AddView(v views.View, options ...views.Option) {
	views.Add(c.Directive(), v, options...)
}

// AddErrorView registers a view that handles errors. See views.AddError.
func (c *Configurator) AddErrorView(v views.View, options ...views.Option) {
	views.AddError(c.Directive(), v, options...)
}

// AddNotFoundView registers the view that handles 404 errors. See views.AddNotFound.
func (c *Configurator) AddNotFoundView(v views.View, options ...views.Option) {
	views.AddNotFound(c.Directive(), v, options...)
}

// AddForbiddenView registers the view that handles 403 errors. See views.AddForbidden;
// Example_login in example_login_test.go shows a complete login.
func (c *Configurator) AddForbiddenView(v views.View, options ...views.Option) {
	views.AddForbidden(c.Directive(), v, options...)
}

// AddViewDeriver registers a wrapper around every view. See views.AddDeriver.
func (c *Configurator) AddViewDeriver(name string, d views.Deriver, options ...views.DeriverOption) {
	views.AddDeriver(c.Directive(), name, d, options...)
}

// AddViewPredicate sets the position of a kind of predicate among the others. See
// views.AddPredicate.
func (c *Configurator) AddViewPredicate(kind string, hints ...views.Hint) {
	views.AddPredicate(c.Directive(), kind, hints...)
}

// AddAcceptOrder sets the position of a media type in the order of preference. See
// views.AddAcceptOrder.
func (c *Configurator) AddAcceptOrder(mediaType string, hints ...views.Hint) {
	views.AddAcceptOrder(c.Directive(), mediaType, hints...)
}

// AddRenderer registers a renderer, which turns the value of a view into a response. See
// views.AddRenderer.
func (c *Configurator) AddRenderer(name string, factory views.RendererFactory) {
	views.AddRenderer(c.Directive(), name, factory)
}

// SetDefaultRenderer sets the renderer of views without one. See views.SetDefaultRenderer.
func (c *Configurator) SetDefaultRenderer(name string) {
	views.SetDefaultRenderer(c.Directive(), name)
}

// SetViewMapper sets the mapper of views without one. See views.SetMapper.
func (c *Configurator) SetViewMapper(m views.Mapper) {
	views.SetMapper(c.Directive(), m)
}

// SetExecutor sets the executor that runs the views of views.ExecutorMapper. App.Shutdown drains
// it. See views.SetExecutor.
func (c *Configurator) SetExecutor(o async.ExecutorOptions) {
	views.SetExecutor(c.Directive(), o)
}

// SetDefaultPermission sets the permission that views without one require, except error views. See
// views.SetDefaultPermission.
func (c *Configurator) SetDefaultPermission(permission string) {
	views.SetDefaultPermission(c.Directive(), permission)
}

// AcceptAcrossTypes lets the Accept header choose among the views of all types that a resource has.
// See views.AcceptAcrossTypes.
func (c *Configurator) AcceptAcrossTypes() { views.AcceptAcrossTypes(c.Directive()) }

// SetDefaultSubpath sets whether views without the option views.Subpath take names after their own.
// See views.SetDefaultSubpath.
func (c *Configurator) SetDefaultSubpath(takes bool) {
	views.SetDefaultSubpath(c.Directive(), takes)
}

// SetDefaultCSRF sets whether views without the option views.CSRF are checked for forged requests.
// See views.SetDefaultCSRF.
func (c *Configurator) SetDefaultCSRF(check bool) {
	views.SetDefaultCSRF(c.Directive(), check)
}

// AddTween registers a tween around the router. See tweens.Add.
func (c *Configurator) AddTween(name string, factory tweens.Factory, options ...tweens.Option) {
	tweens.Add(c.Directive(), name, factory, options...)
}

// SetTweenOrder sets the tweens to use, outermost first. It overrides the hints they were
// registered with. See tweens.SetOrder.
func (c *Configurator) SetTweenOrder(names ...string) {
	tweens.SetOrder(c.Directive(), names...)
}

// App builds the application, or returns everything that is wrong as *registry.Errors: all mistakes
// of directives, all conflicts, and what shows only while the application is built, such as an
// unknown route or renderer, a tie between views, or a cycle of tweens. Each is reported once, and
// what only follows from another mistake is not. To find all this, App calls derivers, mappers and
// factories of renderers even if it will fail: they should have no other effects. Factories of
// tweens, and subscribers to ApplicationCreated, may have effects. App calls them only if nothing
// else is wrong; then their error is the error.
//
// App may be called again: each call builds a new application with a registry of its own, and does
// not affect the others.
//
// What builds but is probably wrong, such as a route that matches no request, is a warning:
// App.Registry().Warnings() returns them. App logs each with its source, unless OnWarning has
// another use for them: the command check reports them, other commands than serve leave them out,
// and frameworktest.New logs them to the test.
func (c *Configurator) App() (*App, error) {
	reg, err := c.config.Build()
	if err != nil {
		return nil, err
	}
	app, err := newApp(reg)
	if err != nil {
		return nil, err
	}
	app.reportWarnings()
	return app, nil
}
