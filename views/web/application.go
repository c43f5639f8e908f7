package web

import (
	"sync"

	"github.com/rs/zerolog"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
)

// Handler handles one request: a view, the router, or either of them inside tweens. It returns a
// response or an error, never neither.
type Handler func(*Request) (*Response, error)

// Application is what all requests of one application share. The framework creates it; it is
// immutable while requests are served, and then safe for concurrent use. The zero value works: no
// registry, traversal by methods only, no security policy, no trusted proxies, no log.
type Application struct {
	// Registry holds components and subscribers.
	Registry *registry.Registry
	// Traverser walks the resource tree; nil uses only the methods of resources.
	Traverser *traversal.Traverser
	// Security identifies users and decides on permissions; with nil there are no users, and
	// Request.Permits returns an error.
	Security SecurityPolicy
	// Sessions finds the sessions of clients; with nil, Request.Session returns an error.
	Sessions SessionFactory
	// Development is set by SetDevelopment of framework.Configurator, which serve --dev calls: over
	// plain http, cookies then are not Secure, and some errors say more.
	Development bool
	// Runtime is the application itself; without it there are no subrequests, and nothing drains.
	Runtime Runtime
	// URLs generates the paths of routes; nil if there are no routes.
	URLs URLs
	// StaticURLs generates the URLs of static files; nil if there are none.
	StaticURLs StaticURLs
	// Localizers finds the language of requests; nil if there is only one.
	Localizers Localizers
	// Log is the parent of the loggers of requests; nil logs nothing.
	Log *zerolog.Logger
	// Trusted are the proxies whose forwarding headers are believed.
	Trusted TrustedProxies
	// MaxForm limits the form that Request.Parameters reads, in bytes, the contents of files not
	// counted; 0 means DefaultMaxBody.
	MaxForm int64
	// Walks reports that most paths are walked, rather than matched by routes: a request is then
	// allocated together with room for the names of its path.
	Walks bool
	// PathValues reports that the parameters of routes also become path values of the *http.Request
	// that net/http passed in.
	PathValues bool
	// Recycle makes [Driver.Recycle] use requests again that nothing keeps: see [Request.Keep].
	Recycle bool
	// Poison makes [Driver.Recycle] poison requests in place of using them again: any method of a
	// poisoned request panics with an [EndedError].
	Poison bool
	// Goroutines limits the goroutines in the scope of one request; 0 means async.DefaultLimit.
	Goroutines int

	ended sync.Pool // of *Request, zero
}

// standalone is the application of requests without one.
var standalone = &Application{}
