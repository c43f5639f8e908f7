package framework

import (
	"net/http"
	"time"

	"github.com/rs/zerolog"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// Request is a request as views and tweens receive it. See web.Request.
type Request = web.Request

// Response is what a view or a tween returns. See web.Response.
type Response = web.Response

// Handler returns the response to a request: the router is one, and so is every tween around it.
// See web.Handler.
type Handler = web.Handler

// DefaultRoot is the root of an application without a root factory, or whose factory returns nil.
// It has no children; views for any resource match it.
type DefaultRoot struct{}

// NoPolicy is the security policy of an application that has none on purpose: there are no users,
// and every permission is granted to everyone. Without it, a view with a permission in an
// application without a policy is a configuration error.
type NoPolicy struct{}

var _ web.SecurityPolicy = NoPolicy{}

// Identity returns nil: every request is anonymous.
func (NoPolicy) Identity(*web.Request) (any, error) { return nil, nil }

// Permits permits everything.
func (NoPolicy) Permits(*web.Request, traversal.Node, string) (web.Decision, error) {
	return web.Allow("the application has no security policy, on purpose"), nil
}

// Options are the settings of an application. The zero value is a working application without
// resources, security policy or trusted proxies that logs JSON lines to standard error. A directive
// such as SetRootFactory overrides the option for the same thing.
type Options struct {
	// Root returns the root of the resource tree for a request; nil: DefaultRoot.
	Root web.RootFactory
	// Security decides identity and permissions; nil: there are no users, and a
	// view with a permission is a configuration error. See NoPolicy.
	Security web.SecurityPolicy
	// Sessions finds the sessions of clients, for Request.Session; nil: the
	// application has no sessions. Package framework/session has factories.
	Sessions web.SessionFactory
	// CSRF protects all views against cross-site request forgery, except those
	// with views.CSRF(false), and error views: security.NewCSRF and
	// security.CrossOrigin return policies. nil: views are not protected.
	CSRF web.CSRFPolicy
	// ActAs changes a request so that it comes from a user: it sets the header,
	// cookie or context value that Security reads. Tests and commands use it to
	// act as a user (App.ActAs). It may return nil to keep r. nil: the method
	// ActAs of Security, if it has one.
	ActAs func(r *http.Request, user string) (*http.Request, error)
	// DefaultPermission is the permission that views without one require, except
	// error views.
	DefaultPermission string
	// TraversePermission is the permission that a request needs at each resource
	// on its way, before a child of it is looked up: see
	// Configurator.SetTraversePermission. "": none.
	TraversePermission string
	// Settings are the settings of the application, read with registry.Setting. Do
	// not change the map after New.
	Settings registry.Settings
	// Logger logs errors that no view handled, and is the parent of Request.Log;
	// nil: JSON lines to standard error.
	Logger *zerolog.Logger
	// TrustedProxies are the addresses ("10.0.0.7") and networks ("10.0.0.0/8")
	// whose forwarding headers count; none by default.
	TrustedProxies []string
	// AllowedHosts are the hosts that the application responds to; empty: all.
	// "example.com" or "10.0.0.7" is this host on any port, "example.com:8443"
	// on this one, "*.example.com" are its subdomains of any depth, and
	// ".example.com" is the host with its subdomains. A request for another host,
	// as trusted proxies give it, or without a Host header, is a 400. Tweens see
	// such a request without its host; the router does not. Set it on the open
	// internet: clients choose the host, and URLs of the application contain it.
	//
	// A load balancer that checks the health of the application by an address
	// needs that address in the list, unless it uses the probes of the server
	// (server.Options.Health), which respond to every host.
	AllowedHosts []string
	// MaxBody limits the bytes of a request body; zero: 10 MiB, below zero: no
	// limit. A longer body is a 413. views.BodyLimit and routes.BodyLimit set
	// another limit for a view or a route.
	MaxBody int64
	// MaxForm limits the bytes of a form that is read for request parameters,
	// the contents of files not counted; zero: 10 MiB. A longer form is a 413.
	MaxForm int64
	// PathValues sets the parameters of the route as path values of the request
	// that net/http passed in, for net/http middleware around the application.
	// Such middleware sees the Pattern in any case. Path values cost about 200 ns
	// and three allocations per request with parameters.
	PathValues bool
	// RecycleRequests uses the memory of a request for later ones, as gin and echo
	// do: a plain response then costs no allocation of the framework. In return,
	// code that keeps a request past its end has to say so with web.Request.Keep,
	// whose documentation lists what may be kept without it. Requests that
	// something is known to keep (a context, a copy, goroutines, a stream, a
	// handler) are not used again. frameworktest and "serve --dev" find code that
	// forgets Keep: see PoisonRecycledRequests. By default a request never becomes
	// another one.
	RecycleRequests bool
	// Goroutines limits how many goroutines of async.Go a request may have at
	// once; any more run in the caller. Zero: async.DefaultLimit.
	Goroutines int
	// GracePeriod is how long the end of a request waits for goroutines that
	// outlive it. Their context has ended, and the response is sent. Zero: one
	// second; below zero: not at all.
	GracePeriod time.Duration
}
