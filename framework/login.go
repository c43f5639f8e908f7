package framework

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// LoginProvider logs users in at another site, which sends them back: an oidc.Provider, for
// example.
type LoginProvider interface {
	// Begin is the view that sends the client to the other site, Callback the one that the client
	// comes back to, and Logout the one that forgets the user.
	Begin(r *web.Request) (*web.Response, error)
	Callback(r *web.Request) (*web.Response, error)
	Logout(r *web.Request) (*web.Response, error)
	// Forbidden returns a view for denied permissions that sends people to the login at a path of
	// the application, as security.RedirectToLogin does.
	Forbidden(login string) func(r *web.Request) (*web.Response, error)
	// CallbackPath returns the path that the other site sends clients back to.
	CallbackPath() string
	// Err returns what is wrong with the provider; nil if nothing is.
	Err() error
}

// LoginOptions are the options of Configurator.AddLogin. The zero value is right for an application
// with one provider.
type LoginOptions struct {
	// Name is that of the route to the login; "": "login". The other routes are Name with
	// ".callback" and ".logout".
	Name string
	// Login and Logout are the patterns of the routes; "": "/login" and "/logout" or, with a Name,
	// "/NAME" and "/NAME/logout". The logout takes POST only. The redirect needs a Login without
	// markers, also in its RoutePrefix.
	Login, Logout string
	// Callback is the pattern of the route that clients come back to; "": the path that the
	// provider knows. Set it if the application sees another path: below a RoutePrefix, or mounted
	// below a path that a proxy or http.StripPrefix removes.
	Callback string
	// DisableRedirect leaves out the forbidden view that sends people to the login: if the
	// application has one of its own, or shows several providers to choose from.
	DisableRedirect bool
}

// AddLogin adds a login at another site: the routes with their views, which need no permission, and
// the view that sends people to the login who lack a permission.
//
//	config.AddLogin(oidc.New(oidc.Options{…}), framework.LoginOptions{})
//
// It is the same as AddRoute, AddView and AddForbiddenView with the views of the provider. A
// mistake in the provider is a configuration error.
func (c *Configurator) AddLogin(p LoginProvider, o LoginOptions) {
	config := c.Directive()
	if isNil(p) {
		config.Report(errors.New("add login: the provider is nil: want one such as oidc.New(…)"))
		return
	}
	if err := p.Err(); err != nil {
		config.Report(fmt.Errorf("add login: %w", err))
		return
	}
	at := c.At(config.Source())
	name := cmp.Or(o.Name, "login")
	login := cmp.Or(o.Login, "/"+name)
	logout := o.Logout
	switch {
	case logout == "" && o.Name == "":
		logout = "/logout"
	case logout == "":
		logout = strings.TrimSuffix(login, "/") + "/logout"
	}
	at.AddRoute(name, login)
	at.AddView(views.Func(p.Begin), views.Route(name), views.Method("GET"), views.NoPermission())
	at.AddRoute(name+".callback", cmp.Or(o.Callback, p.CallbackPath()))
	at.AddView(views.Func(p.Callback), views.Route(name+".callback"), views.Method("GET"), views.NoPermission())
	at.AddRoute(name+".logout", logout)
	at.AddView(views.Func(p.Logout), views.Route(name+".logout"), views.Method("POST"), views.NoPermission())
	if !o.DisableRedirect {
		at.AddForbiddenView(views.Func(redirectTo(name, p)))
	}
	config.Declare(registry.Declaration{Phase: registry.Phase3, Run: func(_ *registry.Config, reg *registry.Registry) error {
		if rt, ok := routes.TableOf(reg).Route(name); ok && !o.DisableRedirect && strings.ContainsAny(rt.Pattern.String(), "{*:") {
			return fmt.Errorf("add login: the pattern %q of the route %q has markers, and the redirect to the login has no values for them: "+
				"use a path without markers, or set LoginOptions.DisableRedirect and add a forbidden view", rt.Pattern, name)
		}
		rt, ok := routes.TableOf(reg).Route(name + ".callback")
		if pattern := pathOf(rt); ok && !strings.HasSuffix(p.CallbackPath(), pattern) {
			reg.Warn(config.Source(), fmt.Sprintf("the login sends clients back to %s, but the route %q has the pattern %q: set LoginOptions.Callback",
				p.CallbackPath(), rt.Name, pattern))
		}
		return nil
	}})
}

// pathOf returns the pattern of a route, with the slash that it may lack.
func pathOf(rt *routes.Route) string {
	if rt == nil {
		return ""
	}
	return "/" + strings.TrimLeft(rt.Pattern.String(), "/")
}

// redirectTo returns the forbidden view for the login at a route. The path of the route is known
// once the application is built.
func redirectTo(name string, p LoginProvider) func(r *web.Request) (*web.Response, error) {
	var once sync.Once
	var view func(r *web.Request) (*web.Response, error)
	return func(r *web.Request) (*web.Response, error) {
		once.Do(func() {
			if rt, ok := routes.TableOf(r.Registry()).Route(name); ok {
				view = p.Forbidden(pathOf(rt))
			}
		})
		return view(r)
	}
}
