package web

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/async"
)

// Request is one HTTP request and what the framework knows about it. It embeds *http.Request. Its
// methods Context, WithContext, Clone, PathValue, FormFile, ParseForm, ParseMultipartForm and
// MultipartReader replace those of net/http, and its method Response the client-side field of that
// name.
//
// A Request is allocated once, together with its match, walk, context and first response. Unless
// the application recycles requests (see [Request.Keep]), it never becomes another request: keeping
// one for too long is a mistake, but shows nothing of other users.
//
// Copies ([Request.WithContext], [Request.Clone], [Request.With], [Request.WithNode]) share
// attributes, callbacks, identity and log with their original. Attributes, identity, callbacks, ID
// and Log are safe for concurrent use. The rest is written by the router before it calls a view,
// and only read afterwards.
type Request struct {
	*http.Request

	app    *Application
	from   *derivation // of copies; nil for the original
	err    error
	extras atomic.Pointer[extras]
	slot   async.Slot // of the original: see Driver.EndScope

	flags  requestFlags
	state  atomic.Uint32 // of first: see Response
	kept   atomic.Bool   // of the original: see Keep
	match  Match
	result traversal.Result
	first  Response
}

// derivation is what a copy has in addition.
type derivation struct {
	origin *Request        // what it is a copy of; nil if it is detached
	parent context.Context // in place of the one of net/http; nil to keep that
	ended  *EndedError     // of a poisoned request, which has no origin; nil for copies
}

type requestFlags uint8

const (
	flagMatched       requestFlags = 1 << iota // match is set
	flagDetour                                 // a copy with a walk, an error and a response of its own
	flagErrorsHandled                          // of the original: see ErrorsHandled
	flagNegotiated                             // see Negotiated
	flagRouteRefused                           // see Driver.RouteRefused
	flagShown                                  // of the original: Request has the pattern of the match
	flagFailing                                // of the original: see Driver.Failing

	flagsLearned = flagMatched | flagNegotiated | flagRouteRefused // what the router sets, and Detached.Attach takes over
)

// Begin returns the Request for an incoming hr. The framework calls it, and so do tests that need
// no framework; then app may be nil.
func Begin(app *Application, hr *http.Request) *Request {
	if app == nil {
		app = standalone
	}
	if app.Walks {
		return beginWalk(app, hr)
	}
	return &Request{Request: hr, app: app}
}

// beginWalk is Begin with room for the walk of a path of up to eight names. For a longer path the
// walk allocates its own.
func beginWalk(app *Application, hr *http.Request) *Request {
	var r *Request
	path := hr.URL.Path
	if len(path) <= 1 {
		return &Request{Request: hr, app: app}
	}
	switch n := strings.Count(path, "/"); {
	case n > 8:
		r = new(Request)
	case n <= 2:
		x := new(struct {
			Request
			room  traversal.Room
			names [2]string
			below [2]traversal.Resource
		})
		r = &x.Request
		r.result.Use(&x.room, x.names[:], x.below[:])
	case n <= 4:
		x := new(struct {
			Request
			room  traversal.Room
			names [4]string
			below [4]traversal.Resource
		})
		r = &x.Request
		r.result.Use(&x.room, x.names[:], x.below[:])
	default:
		x := new(struct {
			Request
			room  traversal.Room
			names [8]string
			below [8]traversal.Resource
		})
		r = &x.Request
		r.result.Use(&x.room, x.names[:], x.below[:])
	}
	r.Request, r.app = hr, app
	return r
}

// Application returns what all requests of the application share; never nil.
func (r *Request) Application() *Application { return r.app }

// Registry returns the registry of the application, nil without one.
func (r *Request) Registry() *registry.Registry { return r.app.Registry }

// Err returns the error that an error view handles; nil in other views.
func (r *Request) Err() error { return r.host().err }

// ErrorsHandled reports whether an outer tween turns errors into responses. A tween that rejects a
// request may then return an error, for an error view to handle; otherwise it has to make its own
// response.
func (r *Request) ErrorsHandled() bool { return r.root().flags&flagErrorsHandled != 0 }

// Negotiated reports whether the Accept header has influenced the response so far. The framework
// then adds it to Vary when a view has returned (RFC 9110, 12.5.5).
func (r *Request) Negotiated() bool { return r.host().flags&flagNegotiated != 0 }

// root returns the original request, which has the extras.
func (r *Request) root() *Request {
	if r.from == nil { // nearly always
		return r
	}
	return r.rootOfCopy()
}

//go:noinline
func (r *Request) rootOfCopy() *Request {
	for o := r.origin(); o != nil; o = r.origin() {
		r = o
	}
	return r
}

// origin returns the request that this is a copy of; nil for the original.
func (r *Request) origin() *Request {
	if r.from == nil {
		return nil
	}
	if r.from.ended != nil {
		panic(r.from.ended)
	}
	return r.from.origin
}

// host returns the request whose match, walk, error and response this one has: the original, or the
// nearest copy made by WithNode.
func (r *Request) host() *Request {
	if r.from == nil { // nearly always
		return r
	}
	return r.hostOfCopy()
}

//go:noinline
func (r *Request) hostOfCopy() *Request {
	for o := r.origin(); o != nil && r.flags&flagDetour == 0; o = r.origin() {
		r = o
	}
	return r
}
