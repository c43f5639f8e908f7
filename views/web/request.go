package web

import (
	"context"
	"net/http"
	"sync/atomic"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/async"
)

// Request is one HTTP request and what the framework learned about it. It
// embeds *http.Request, so everything of net/http is there; Context,
// WithContext, Clone and PathValue are shadowed by methods that know the
// framework's request, and the client-side field Response by the method.
//
// A Request is allocated once, with its match, walk, context and first response
// inside it, and is never pooled: a goroutine that keeps one too long may be
// wrong about time, never about whose request it is.
//
// Copies (WithContext, Clone, With, WithNode) share attributes, callbacks,
// identity and log with their original. Attributes, identity, callbacks, ID and
// Log may be used by several goroutines at once; the rest is written by the
// router before a view runs and only read from then on.
type Request struct {
	*http.Request

	app    *Application
	from   *derivation // of copies; nil for the original
	err    error
	extras atomic.Pointer[extras]
	slot   async.Slot // of the original: see Driver.EndScope

	flags  requestFlags
	claim  atomic.Uint32 // who has the response inside: see Response
	match  Match
	result traversal.Result
	first  Response
}

// derivation is what makes a copy another request.
type derivation struct {
	origin *Request        // what it is a copy of; nil if it was detached
	parent context.Context // in place of net/http's, unless nil
}

type requestFlags uint8

const (
	flagMatched       requestFlags = 1 << iota // match is set
	flagDetour                                 // a copy with a walk, an error and a response of its own
	flagErrorsHandled                          // of the original: see ErrorsHandled
	flagNegotiated                             // see Negotiated

	flagsLearned = flagMatched | flagNegotiated // what the router learns, and a detached copy tells its original
)

// Begin makes the Request for an incoming hr. The framework calls it, and tests
// that want no framework; app may be nil then.
func Begin(app *Application, hr *http.Request) *Request {
	if app == nil {
		app = standalone
	}
	return &Request{Request: hr, app: app}
}

// Application returns what this request shares with the others; never nil.
func (r *Request) Application() *Application { return r.app }

// Registry returns the registry of the application; nil without one.
func (r *Request) Registry() *registry.Registry { return r.app.Registry }

// Err returns the error that an error view answers; nil elsewhere.
func (r *Request) Err() error { return r.host().err }

// ErrorsHandled reports whether an outer tween turns errors into responses. A tween that rejects a
// request may then return an error, for an error view to handle; otherwise it has to make its own
// response.
func (r *Request) ErrorsHandled() bool { return r.root().flags&flagErrorsHandled != 0 }

// Negotiated reports whether the Accept header has influenced the response so far. The framework
// then adds it to Vary when a view has returned (RFC 9110, 12.5.5).
func (r *Request) Negotiated() bool { return r.host().flags&flagNegotiated != 0 }

// root returns the original, which has the extras.
func (r *Request) root() *Request {
	for o := r.origin(); o != nil; o = r.origin() {
		r = o
	}
	return r
}

// origin returns what this is a copy of; nil for the original.
func (r *Request) origin() *Request {
	if r.from == nil {
		return nil
	}
	return r.from.origin
}

// host returns the request whose match, walk, error and response this one
// shows: the original, or the nearest copy made by WithNode.
func (r *Request) host() *Request {
	for o := r.origin(); o != nil && r.flags&flagDetour == 0; o = r.origin() {
		r = o
	}
	return r
}
