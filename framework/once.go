package framework

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/assets"
	"github.com/mastaba-go/mastaba/views/web"
)

// formLimit and bodyLimit are Options.MaxForm and MaxBody in the registry.
type (
	formLimit int64
	bodyLimit int64
	// pathValues is Options.PathValues in the registry.
	pathValues bool
	// development is SetDevelopment in the registry.
	development bool
	// recycleRequests is Options.RecycleRequests in the registry.
	recycleRequests bool
	// warningHandlers are those of OnWarning in the registry.
	warningHandlers []func(registry.Warning)
	// poisonRequests in the registry means that PoisonRecycledRequests was called.
	poisonRequests struct{}
)

// SetRootFactory sets the root factory of the application. A route may have its own: see
// routes.Root.
func (c *Configurator) SetRootFactory(factory web.RootFactory) {
	config := c.Directive()
	if factory == nil {
		config.Report(errors.New("set root factory: the factory is nil"))
	}
	once(config, "root factory", registry.Phase3, func(reg *registry.Registry) { registry.Provide(reg, factory) },
		registry.Field{Name: "function", Value: registry.FuncName(factory)})
}

// SetSecurityPolicy sets the policy that decides identity and permissions: one of package
// framework/security, or of your own. Example_login in example_login_test.go shows one with a login
// form. If the policy has a method Err() error, that reports a mistake in how it was made. If it
// has a method NeedsSessions() bool that returns true, an application without sessions is a
// mistake. If it has a method Misfits(reflect.Type) []string, such as acl.Misfits, the build warns
// of what it returns for the resource types of views: methods that look like those that the policy
// calls, but are not. The routes that a method Routes() []string returns must exist; with them, the
// error of a method RouteMatched(*web.Request) error becomes that of the request, once its route is
// known. If a method Permissions() []string returns any, every permission that the configuration
// names must be one of them.
func (c *Configurator) SetSecurityPolicy(policy web.SecurityPolicy) {
	config := c.Directive()
	if isNil(policy) {
		config.Report(errors.New("set security policy: the policy is nil: want a web.SecurityPolicy, or framework.NoPolicy{}"))
		policy = NoPolicy{} // so that it is not missing
	}
	if made, ok := policy.(interface{ Err() error }); ok && made.Err() != nil {
		config.Report(fmt.Errorf("set security policy: %w", made.Err()))
		policy = NoPolicy{}
	}
	at := config.Source()
	once(config, "security policy", registry.Phase2, func(reg *registry.Registry) {
		registry.Provide(reg, policy)
		reg.OnFreeze(func() error {
			reg.OnFreeze(func() error { // after the tables, whenever they were made
				return errors.Join(checkRoutes(reg, at, policy), checkPermissions(reg, policy))
			})
			const without = "keep them in a cookie (security.Tickets)"
			return checkSessions(reg, at, policy, "the security policy keeps users", without)
		})
	},
		registry.Field{Name: "type", Value: reflect.TypeOf(policy)})
}

// SetSessionFactory sets what finds the sessions of clients.
func (c *Configurator) SetSessionFactory(factory web.SessionFactory) {
	config := c.Directive()
	if isNil(factory) {
		config.Declare(registry.Declaration{Category: "session factory", Err: errors.New(
			"set session factory: the factory is nil: want one such as those of package framework/session")})
		return
	}
	once(config, "session factory", registry.Phase2, func(reg *registry.Registry) { registry.Provide(reg, factory) },
		registry.Field{Name: "type", Value: reflect.TypeOf(factory)})
}

// SetDevelopment marks the application as one that runs on its developer's own machine: see
// web.Application.Development. The command serve --dev calls it.
func (c *Configurator) SetDevelopment() {
	once(c.Directive(), "development", registry.Phase2, func(reg *registry.Registry) {
		registry.Provide(reg, development(true))
		assets.SetDevelopment(reg)
	})
}

// OnWarning calls fn for each warning of a build that succeeds, in place of the application's log.
// It is for commands and tests that build an application without serving it, or that report
// warnings themselves. It may be called more than once; each fn gets all warnings, on the goroutine
// of App.
func (c *Configurator) OnWarning(fn func(registry.Warning)) {
	config := c.Directive()
	if fn == nil {
		config.Report(errors.New("on warning: the function is nil: want a func(registry.Warning)"))
		return
	}
	config.Declare(registry.Declaration{
		Phase: registry.Phase1, Subject: "handler of warnings",
		Run: func(_ *registry.Config, reg *registry.Registry) error {
			all, _ := registry.Lookup[warningHandlers](reg)
			registry.Provide(reg, append(all, fn))
			return nil
		},
	})
}

// reportWarnings gives the warnings of the build to their handlers, or else to the log.
func (a *App) reportWarnings() {
	handlers, _ := registry.Lookup[warningHandlers](a.web.Registry)
	for _, w := range a.web.Registry.Warnings() {
		for _, fn := range handlers {
			fn(w)
		}
		if len(handlers) == 0 {
			a.web.Log.Warn().Stringer("source", w.Source).Msg(w.Text)
		}
	}
}

// isNil reports whether v is nil or a nil pointer.
func isNil(v any) bool {
	rv := reflect.ValueOf(v)
	return v == nil || rv.Kind() == reflect.Pointer && rv.IsNil()
}

// PoisonRecycledRequests makes requests that would be recycled (Options.RecycleRequests) unusable
// in place of using them again: any method of one that was kept past its end panics with a
// [web.EndedError], which names the request, its route and its view, with file and line. It costs
// time and memory. Package frameworktest and "serve --dev" call it; without RecycleRequests it has
// no effect.
func (c *Configurator) PoisonRecycledRequests() {
	c.Directive().Declare(registry.Declaration{
		Phase: registry.Phase1, Subject: "poisoned requests",
		Run: func(_ *registry.Config, reg *registry.Registry) error {
			registry.Ensure(reg, func() poisonRequests { return poisonRequests{} })
			return nil
		},
	})
}

// once declares what an application has at most once. The fields describe its value.
func once(config *registry.Config, subject string, phase int, provide func(*registry.Registry), fields ...registry.Field) {
	config.Declare(registry.Declaration{
		Category: subject, ID: subject, Fields: fields,
		Phase: phase,
		Run: func(_ *registry.Config, reg *registry.Registry) error {
			provide(reg)
			return nil
		},
	})
}
