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
	"github.com/mastaba-go/mastaba/views/web"
)

// Configurator declares an application. Its methods are directives: each is
// recorded with the file and line of its caller, returns nothing and never
// panics; App resolves them all at once, and reports every conflict and every
// mistake together. Directives may come in any order.
//
// Extensions are functions that take a registry.Recorder, which a
// *Configurator is: acme.AddFeature(config, …).
//
// A Configurator belongs to one goroutine.
type Configurator struct {
	config *registry.Config
}

var _ registry.Recorder = (*Configurator)(nil)

// New begins the configuration of an application.
func New(o Options) *Configurator {
	config := registry.New(registry.Options{Settings: o.Settings})
	c := &Configurator{config: config}
	first := &Configurator{config: config.At(registry.Caller(1))}
	first.builtins(o)
	first.options(o)
	config.Commit()
	return c
}

// builtins registers what every application has, before anything else, so
// that an application replaces it without a conflict.
func (c *Configurator) builtins(o Options) {
	log := o.Logger
	if log == nil {
		l := zerolog.New(os.Stderr).With().Timestamp().Logger()
		log = &l
	}
	c.once("logger", registry.Phase1, func(reg *registry.Registry) { registry.Provide(reg, log) })
	tweens.Add(c, tweens.ExcView, tweens.New(func(next web.Handler, reg *registry.Registry) (web.Handler, error) {
		return tweens.ErrorViews(views.TableOf(reg).CallError).Build(next, reg)
	}))
}

// options turns the Options into the directives that they stand for.
func (c *Configurator) options(o Options) {
	trusted, err := web.ParseTrustedProxies(o.TrustedProxies)
	if err != nil {
		c.config.Fail(err)
	}
	c.once("trusted proxies", registry.Phase1, func(reg *registry.Registry) {
		registry.Provide(reg, trusted)
	}, registry.Field{Name: "networks", Value: trusted})
	c.once("form limit", registry.Phase1, func(reg *registry.Registry) {
		registry.Provide(reg, formLimit(o.MaxForm))
	}, registry.Field{Name: "bytes", Value: cmp.Or(o.MaxForm, web.DefaultMaxForm)})
	c.once("body limit", registry.Phase1, func(reg *registry.Registry) {
		registry.Provide(reg, bodyLimit(o.MaxBody))
	}, registry.Field{Name: "bytes", Value: cmp.Or(o.MaxBody, web.DefaultMaxBody)})
	c.once("scope limits", registry.Phase1, func(reg *registry.Registry) {
		registry.Provide(reg, scopeLimits{o.Goroutines, o.GracePeriod})
	}, registry.Field{Name: "goroutines", Value: o.Goroutines}, registry.Field{Name: "grace period", Value: o.GracePeriod})
	if o.Root != nil {
		c.SetRootFactory(o.Root)
	}
	if o.Security != nil {
		c.SetSecurityPolicy(o.Security)
	}
	if o.DefaultPermission != "" {
		c.SetDefaultPermission(o.DefaultPermission)
	}
}

// Directive pins the file and line of the caller of the function that calls
// it, and gives the Config that records there: what each directive, also one
// of an extension, begins with.
func (c *Configurator) Directive() *registry.Config {
	if c.config.Source().IsZero() {
		return c.config.At(registry.Caller(2))
	}
	return c.config
}

// At gives a Configurator whose directives are reported at source: for
// generators and tests. Most applications never need it.
func (c *Configurator) At(source registry.Source) *Configurator {
	return &Configurator{config: c.config.At(source)}
}

// Settings gives the application's settings.
func (c *Configurator) Settings() registry.Settings { return c.config.Settings() }

// Commit ends a round of configuration: what was declared before conflicts
// with nothing that is declared after, and gives way to it. Packages that are
// meant to be included do not call it.
func (c *Configurator) Commit() { c.config.Commit() }

// AddRoute declares a route: requests whose path the pattern matches go to the
// views registered with views.Route(name). See routes.Add.
func (c *Configurator) AddRoute(name, pattern string, options ...routes.Option) {
	routes.Add(c.Directive(), name, pattern, options...)
}

// AddView registers a view. See views.Add.
func (c *Configurator) AddView(v views.View, options ...views.Option) {
	views.Add(c.Directive(), v, options...)
}

// AddErrorView registers a view that answers errors and nothing else. See
// views.AddError.
func (c *Configurator) AddErrorView(v views.View, options ...views.Option) {
	views.AddError(c.Directive(), v, options...)
}

// AddNotFoundView registers the view that answers 404 errors. See
// views.AddNotFound.
func (c *Configurator) AddNotFoundView(v views.View, options ...views.Option) {
	views.AddNotFound(c.Directive(), v, options...)
}

// AddForbiddenView registers the view that answers 403 errors. See
// views.AddForbidden.
func (c *Configurator) AddForbiddenView(v views.View, options ...views.Option) {
	views.AddForbidden(c.Directive(), v, options...)
}

// AddViewDeriver registers a wrapper around every view. See views.AddDeriver.
func (c *Configurator) AddViewDeriver(name string, d views.Deriver, options ...views.DeriverOption) {
	views.AddDeriver(c.Directive(), name, d, options...)
}

// AddViewPredicate gives a kind of predicate its place in the order of kinds.
// See views.AddPredicate.
func (c *Configurator) AddViewPredicate(kind string, hints ...views.Hint) {
	views.AddPredicate(c.Directive(), kind, hints...)
}

// AddAcceptOrder gives a media type its place in the server's preference. See
// views.AddAcceptOrder.
func (c *Configurator) AddAcceptOrder(mediaType string, hints ...views.Hint) {
	views.AddAcceptOrder(c.Directive(), mediaType, hints...)
}

// AddRenderer registers what turns a view's value into a response. See
// views.AddRenderer.
func (c *Configurator) AddRenderer(name string, factory views.RendererFactory) {
	views.AddRenderer(c.Directive(), name, factory)
}

// SetDefaultRenderer names the renderer of views that name none. See
// views.SetDefaultRenderer.
func (c *Configurator) SetDefaultRenderer(name string) {
	views.SetDefaultRenderer(c.Directive(), name)
}

// SetViewMapper sets the mapper of views that name none. See views.SetMapper.
func (c *Configurator) SetViewMapper(m views.Mapper) {
	views.SetMapper(c.Directive(), m)
}

// SetExecutor sets the executor by which views.ExecutorMapper has views called.
// App.Shutdown drains it. See views.SetExecutor.
func (c *Configurator) SetExecutor(o async.ExecutorOptions) {
	views.SetExecutor(c.Directive(), o)
}

// SetDefaultPermission protects every view that names no permission of its
// own, other than error views. See views.SetDefaultPermission.
func (c *Configurator) SetDefaultPermission(permission string) {
	views.SetDefaultPermission(c.Directive(), permission)
}

// SetDefaultCSRF says whether views are checked for forged requests unless they
// say so themselves. See views.SetDefaultCSRF.
func (c *Configurator) SetDefaultCSRF(check bool) {
	views.SetDefaultCSRF(c.Directive(), check)
}

// AddTween puts a tween around the router. See tweens.Add.
func (c *Configurator) AddTween(name string, factory tweens.Factory, options ...tweens.Option) {
	tweens.Add(c.Directive(), name, factory, options...)
}

// SetTweenOrder lists the tweens to use, outermost first, and overrides every
// hint that they came with. See tweens.SetOrder.
func (c *Configurator) SetTweenOrder(names ...string) {
	tweens.SetOrder(c.Directive(), names...)
}

// App resolves what was declared and builds the application, or reports every
// conflict and mistake as *registry.Errors. A tween's factory or a subscriber of
// ApplicationCreated that fails comes after these, as an error of its own. App may
// be called again: each call builds a new application into a registry of its own,
// and an application that serves already is not touched.
func (c *Configurator) App() (*App, error) {
	reg, err := c.config.Build()
	if err != nil {
		return nil, err
	}
	return newApp(reg)
}
