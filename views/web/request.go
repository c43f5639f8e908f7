package web

import (
	"context"
	"errors"
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
	slot   async.Slot // of the original: see EndScope

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
	flagMatched    requestFlags = 1 << iota // match is set
	flagDetour                              // a copy with a walk, an error and a response of its own
	flagAnswered                            // of the original: see ErrorsAnswered
	flagNegotiated                          // see Negotiated

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

// SetError tells the request which error is being answered. The tween that runs
// error views calls it. What the failed view did to Response is forgotten, so
// that it does not leak into the page of the error.
func SetError(r *Request, err error) {
	h := r.host()
	h.err = err
	if err != nil {
		h.forgetResponse()
	}
}

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

// InvokeOption says how a subrequest is played.
type InvokeOption func(*invocation)

type invocation struct{ tweens bool }

// WithTweens sends a subrequest through the tweens of the application; without
// it the subrequest goes straight to the router.
func WithTweens() InvokeOption { return func(i *invocation) { i.tweens = true } }

// Subrequest plays sub inside the application and returns its answer. Nothing is
// written to the client, and an error that no error view answers comes back.
func (r *Request) Subrequest(sub *http.Request, o ...InvokeOption) (*Response, error) {
	if r.app.Invoker == nil {
		return nil, errors.New("subrequest: this application plays none (web.Application.Invoker is nil)")
	}
	if sub == nil {
		return nil, errors.New("subrequest: the request is nil")
	}
	var how invocation
	for _, option := range o {
		option(&how)
	}
	return r.app.Invoker.Invoke(r, sub, how.tweens)
}
