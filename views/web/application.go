package web

import (
	"github.com/rs/zerolog"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
)

// Handler answers one request: a view seen from outside, the router, or either
// of them within tweens. It returns a response or an error, never neither.
type Handler func(*Request) (*Response, error)

// Application is what all requests of one application share. The framework
// makes it; it is immutable while requests are served, and safe for concurrent
// use. The zero value works: no registry, methods-only traversal, no policy, no
// trusted proxies, silent log.
type Application struct {
	// Registry holds the components and subscribers of the application.
	Registry *registry.Registry
	// Traverser walks the resource tree; nil knows only the methods of resources.
	Traverser *traversal.Traverser
	// Security decides who asks and what they may do; nil allows everything.
	Security SecurityPolicy
	// Runtime is the application itself; without it there are no subrequests, and nothing drains.
	Runtime Runtime
	// URLs generates the paths of routes; nil knows none.
	URLs URLs
	// Log is the logger that the loggers of requests derive from; nil is silent.
	Log *zerolog.Logger
	// Trusted are the proxies whose forwarding headers are believed.
	Trusted TrustedProxies
	// MaxForm bounds the form body that Parameters reads, in bytes; 0 means DefaultMaxForm.
	MaxForm int64
	// Goroutines is how many goroutines one request may have at once in its scope; 0 means async.DefaultLimit.
	Goroutines int
}

// DefaultMaxForm is the largest form body that Parameters reads unless the
// application says otherwise: 10 MiB, as net/http has it.
const DefaultMaxForm = 10 << 20

// standalone serves requests that were begun without an application.
var standalone = &Application{}
