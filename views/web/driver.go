package web

import (
	"context"
	"net/http"
	"time"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/views/web/internal/header"
	"github.com/mastaba-go/mastaba/views/web/internal/stream"
)

// Driver sets what a [Request] knows, and ends the request. It is for the framework, for tweens
// that take over part of its work, and for tests that stand in for it; views never need it.
//
// A Driver is a small value; [Drive] allocates nothing. Unless a method says otherwise, call it on
// the request's own goroutine.
type Driver struct{ r *Request }

// Drive returns the Driver of r.
func Drive(r *Request) Driver { return Driver{r} }

// SetMatch sets the route that matched.
func (d Driver) SetMatch(m Match) {
	h := d.r.host()
	h.match = m
	h.flags = h.flags&^flagShown | flagMatched
}

// SetRouted sets the route that matched, if its pattern has no markers.
func (d Driver) SetRouted(to *Routed) {
	h := d.r.host()
	h.flags = h.flags&^flagShown | flagMatched
	h.match.Routed = to
}

// SetPathMatch sets the route that matched, with parameters that are parts of path: one span for
// each marker of to. The path is decoded, except that an escaped slash is a NUL. Up to six
// parameters of a path below 64 KiB cost no allocation.
func (d Driver) SetPathMatch(to *Routed, path string, spans []Span) {
	d.r.setPathMatch(to, path, spans)
}

// Routed returns the route that matched, nil without one.
func (d Driver) Routed() *Routed {
	if m := d.r.matched(); m != nil {
		return m.Routed
	}
	return nil
}

// Walked is [Request.Result] for what keeps no part of it: it does not keep the request.
func (d Driver) Walked() *traversal.Result { return d.r.walk() }

// Walk walks from root along path, and sets the result of traversal. It keeps the request unless
// the path has no names: resources get its context (see [Request.Keep]).
func (d Driver) Walk(t *traversal.Traverser, root traversal.Resource, path traversal.Path) error {
	h := d.r.host()
	err := t.Walk(d.r.Context(), root, path, &h.result)
	if err != nil { // an error view sees a resource only if the walk found one
		h.result = traversal.Result{}
	}
	return err
}

// Stand is Walk along a path without names, which needs no traverser. It reports whether root can
// be a resource; otherwise Walk returns the error that says why not. It does not check a known root.
func (d Driver) Stand(root traversal.Resource, known bool) bool {
	return d.r.host().result.Stand(root, known)
}

// ClearMatch undoes SetMatch.
func (d Driver) ClearMatch() {
	h := d.r.host()
	h.match = Match{}
	h.flags &^= flagMatched | flagShown
}

// RefuseMatch undoes SetMatch for a route with a predicate that does not hold, and records that
// there was one: see RouteRefused.
func (d Driver) RefuseMatch() {
	d.ClearMatch()
	d.r.host().flags |= flagRouteRefused
}

// RouteRefused reports whether the predicates of any route refused the request, although the
// pattern of the route matched. [Routes].Refused returns these routes.
func (d Driver) RouteRefused() bool { return d.r.host().flags&flagRouteRefused != 0 }

// VirtualRootNames returns the path of the virtual root that a trusted proxy requested, nil without
// one. [Request.VirtualRoot] returns what the walk made of it. The header is plain text, as in
// Pyramid: it is not percent-decoded.
func (d Driver) VirtualRootNames() []string {
	if len(d.r.app.Trusted) == 0 {
		return nil
	}
	return d.r.claimsIn(VirtualRootHeader).VirtualRoot()
}

// SetNegotiated records that the Accept header influenced the response: see [Request.Negotiated].
func (d Driver) SetNegotiated() {
	h := d.r.host()
	h.flags |= flagNegotiated
	if h.flags&flagDetour != 0 { // the response to the original contains that of the copy
		h.more().vary.Add("Accept")
	}
}

// AddVary adds to resp's Vary the request headers that had a say in the choice of the route or the
// view: Accept, and those of the predicates that were checked (see [Predicate.WithVary]).
func (d Driver) AddVary(resp *Response) {
	if r := d.r; r.from != nil || r.flags&flagNegotiated != 0 || r.extras.Load() != nil { // seldom
		r.addVary(resp)
	}
}

func (r *Request) addVary(resp *Response) {
	if r.Negotiated() {
		resp.AddVary("Accept")
	}
	if x := r.root().extras.Load(); x != nil {
		resp.AddVary(x.vary.All()...)
	}
}

// SetErrorsHandled records that the caller turns the errors of inner tweens into responses: see
// [Request.ErrorsHandled].
func (d Driver) SetErrorsHandled() { d.r.root().flags |= flagErrorsHandled }

// SetError sets the error that an error view is about to handle. It discards what the failed view
// set on [Request.Response], which must not leak into the error page.
func (d Driver) SetError(err error) {
	h := d.r.host()
	h.err = err
	if err != nil {
		h.forgetResponse()
	}
}

// ErrorResponse returns the standard response to an error: that of the first [StatusError] in its
// Unwrap tree, outermost first. It returns false for other errors, which are internal. If the error
// has a method RetryAfter() time.Duration, it sets that header. An error that wraps
// context.DeadlineExceeded, and has no status, is a 504; one that wraps a *http.MaxBytesError, and
// has no status, is a 413.
func (d Driver) ErrorResponse(err error) (*Response, bool) { return d.r.errorResponse(err) }

// ClientGone returns the response to a request that failed only because its client disconnected: an
// empty 499 for the log, without an error view. It returns false if the context of the request was
// not cancelled, or if err has another cause.
func (d Driver) ClientGone(err error) (*Response, bool) { return d.r.clientGone(err) }

// LimitBody limits the body of the request to n bytes, in place of its present limit; negative
// means unlimited. Call it before the body is read. A view has views.BodyLimit for it, a route
// routes.BodyLimit.
//
// Reading a longer body fails with a 413: at once if the client declared the length, else with the
// first byte too many. Other failures become HTTP errors too, so that a view may return what it got
// from Read: 408 if the client was too slow, 400 if the body is malformed or the client
// disconnected.
func (d Driver) LimitBody(n int64) { d.r.limitBody(n) }

// BodyLimit returns the limit of the body in bytes, negative if unlimited; false if LimitBody was
// never called.
func (d Driver) BodyLimit() (n int64, ok bool) { return d.r.bodyLimit() }

// ContentType returns the media type of the body, in lower case and without parameters; "" if the
// header is missing or malformed. It takes bounded time, however long the header is.
func (d Driver) ContentType() string { return header.ContentType(d.r.Request.Header) }

// ShowMatch sets the Pattern of the route that matched in hr, and its path values too if
// Application.PathValues says so. Call it with the request that net/http passed in, for the
// middleware around the application. Without a match hr stays as it is.
func (d Driver) ShowMatch(hr *http.Request) {
	if hr != d.r.Request || d.r.flags&flagShown == 0 {
		d.r.showMatch(hr)
	}
}

// OrBodyError returns err, the error of a view. If the error has no status, and reading the body
// has failed, it returns the error of the body instead, with err as its cause: decoders do not
// always wrap the errors of their readers (encoding/json of Go 1.26 with GOEXPERIMENT=jsonv2).
func (d Driver) OrBodyError(err error) error { return d.r.orBodyError(err) }

// Detach returns a copy of the request, with ctx as its context, for a goroutine that may outlive
// the response: see [Detached].
func (d Driver) Detach(ctx context.Context) *Detached { return d.r.detach(ctx) }

// Publish makes the present match and walk visible to the request that this one was detached from,
// so that the log of a request that missed its deadline names its route. Call it whenever something
// was found; it costs next to nothing for requests that are not detached.
func (d Driver) Publish() {
	if d.r.from != nil || d.r.extras.Load() != nil {
		d.r.publish()
	}
}

// RunResponseCallbacks calls the response callbacks that did not run yet, until one fails; the rest
// is then skipped. If none fails, it saves the session.
func (d Driver) RunResponseCallbacks(resp *Response) error { return d.r.runResponseCallbacks(resp) }

// SaveSession saves a session that a subscriber to [NewResponse] has used first.
func (d Driver) SaveSession(resp *Response) error {
	if x := d.r.root().extras.Load(); x != nil {
		return d.r.saveSession(x, resp, false)
	}
	return nil
}

// HasResponseCallbacks reports whether the request has any response callbacks.
func (d Driver) HasResponseCallbacks() bool { return d.r.hasResponseCallbacks() }

// RerunResponseCallbacks calls all response callbacks, those that ran or were skipped before too,
// with the response to an error, which is sent in place of another response or of none. It leaves
// out the callbacks that have failed. One that fails now does not stop the others: their errors and
// panics are joined, and the response can be sent all the same.
func (d Driver) RerunResponseCallbacks(resp *Response) error { return d.r.rerunResponseCallbacks(resp) }

// ResponseReady reports whether it is too late to save a session that is not in use yet: the response
// is being sent.
func (d Driver) ResponseReady() bool {
	x := d.r.root().extras.Load()
	return x != nil && x.ready.Load()
}

// LogError logs err, which became a response with the given status, if nobody else sees what
// happened: a panic, with its stack, an error without a status of its own, whatever an error view
// made of it, and any error whose response has a status of 500 or more. 503 and 504 are left out:
// they are frequent under load, and the access log and metrics count them. Without a message it is
// "panic" or "internal error".
func (d Driver) LogError(err error, status int, message string) { d.r.logError(err, status, message) }

// SetInterim makes Inform send with w, if w is from a net/http server and the client understands
// informational responses (HTTP/1.1 or later).
func (d Driver) SetInterim(w http.ResponseWriter) {
	d.r.more().interim = stream.NewInterim(w, d.r.Request)
}

// Inform sends an informational response (1xx, but not 101) with the headers h at once. It does
// nothing without SetInterim, and once Response.Send begins. It is safe for concurrent use.
func (d Driver) Inform(status int, h http.Header) {
	if x := d.r.root().extras.Load(); x != nil {
		x.interim.Send(status, h)
	}
}

// NeedsFinish reports whether anything outlasts the view: attributes, callbacks, an id. If not,
// only EndScope remains to be called.
func (d Driver) NeedsFinish() bool { return d.r.root().extras.Load() != nil }

// RunFinishedCallbacks calls the finished callbacks that have not run yet, until one fails. In any
// case it then removes the temporary file of a form, if there is one.
func (d Driver) RunFinishedCallbacks() error { return d.r.runFinishedCallbacks() }

// Scope returns the scope of the request, nil if nothing has used it. To start work, call
// [async.Go] with [Request.Context] instead.
func (d Driver) Scope() *async.Scope { return d.r.root().slot.Peek() }

// EndScope ends the scope of the request: nothing more can be started, what runs is cancelled, and
// waited for up to bound, as [async.Scope.End] does. Call it last, after the response was sent and
// the finished callbacks ran. It costs next to nothing for requests that started nothing.
func (d Driver) EndScope(bound time.Duration) error { return d.r.root().slot.End(bound) }

// TrackStraggler reports work that outlives the request, so that Shutdown can name it if it has not
// ended by then: text describes it, and ended is closed when it ends. It is for tweens that run
// views on goroutines of their own; package async reports its own stragglers.
func (d Driver) TrackStraggler(text string, ended <-chan struct{}) {
	if rt := d.r.app.Runtime; rt != nil {
		rt.TrackStraggler(text, ended)
	}
}
