package framework

import (
	"time"

	"github.com/rs/zerolog"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// Request is one HTTP request on its way through an application.
// See web.Request.
type Request = web.Request

// Response is what a view or a tween answers. See web.Response.
type Response = web.Response

// Handler turns a request into a response: the router, and every tween around
// it. See web.Handler.
type Handler = web.Handler

// DefaultRoot is the root of an application that declares no root factory,
// or whose factory gives none: a resource without children, on which views
// for any resource still answer.
type DefaultRoot struct{}

// Options are what an application is made with. The zero value is a working
// application without resources, policy or trusted proxies, which logs JSON
// lines to standard error.
//
// What is set here may be set again by a directive: the directive wins
// without a conflict, for Options come first.
type Options struct {
	// Root gives the resource tree; nil: a bare DefaultRoot.
	Root web.RootFactory
	// Security decides identity and permissions; nil: everything is allowed.
	Security web.SecurityPolicy
	// DefaultPermission protects every view that names no permission of its
	// own, other than error views.
	DefaultPermission string
	// Settings are the application's settings, read with registry.Setting.
	// The map is not changed, and must not be changed after New.
	Settings registry.Settings
	// Logger receives the errors that nothing answered, and is the parent of
	// Request.Log; nil: JSON to standard error.
	Logger *zerolog.Logger
	// TrustedProxies are addresses ("10.0.0.7") and networks ("10.0.0.0/8")
	// whose forwarding headers are believed; none by default.
	TrustedProxies []string
	// MaxBody bounds the bytes of a request's body; zero: 10 MiB, below zero:
	// no bound. Longer bodies are answered with 413. views.BodyLimit and
	// routes.BodyLimit set another bound for a view or a route.
	MaxBody int64
	// MaxForm bounds the bytes of a form body that is read for request
	// parameters; zero: 10 MiB. Longer forms are answered with 413.
	MaxForm int64
	// Goroutines bounds the goroutines that one request may have at once by
	// async.Go; what exceeds it runs in the caller. Zero: async.DefaultLimit.
	Goroutines int
	// GracePeriod is how long the end of a request waits for goroutines that
	// outlive it. Their context has ended, and the response is sent. Zero: one
	// second; below zero: not at all.
	GracePeriod time.Duration
}
