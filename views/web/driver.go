package web

import (
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

// Routed returns the route that matched, nil without one.
func (d Driver) Routed() *Routed {
	return d.r.host().match.Routed // nil unless flagMatched is set
}

// Found returns what Routed and Walked return.
func (d Driver) Found() (*Routed, *traversal.Result) {
	h := d.r.host()
	return h.match.Routed, &h.result
}

// Walked is [Request.Result] for what keeps no part of it: it does not keep the request.
func (d Driver) Walked() *traversal.Result { return d.r.walk() }

// Walk walks from root along path, and sets the result of traversal. It keeps the request unless
// the path leads through Maps alone: other resources get its context (see [Request.Keep]).
func (d Driver) Walk(t *traversal.Traverser, root traversal.Resource, path traversal.Path) error {
	h := d.r.host()
	done, err := t.Begin(root, path, &h.result)
	if err == nil && !done {
		err = t.Resume(d.r.Context(), &h.result)
	}
	if err != nil { // an error view sees a resource only if the walk found one
		h.result = traversal.Result{}
	}
	return err
}

// Stand is Walk along a path without names, which needs no traverser. It reports whether root can
// be a resource; otherwise Walk returns the error that says why not. A known root is not checked.
func (d Driver) Stand(root traversal.Resource, known bool) bool {
	return d.r.host().result.Stand(root, known)
}

// Settle does for a match what ShowMatch, Publish and Stand do, where root is known. It does
// nothing and returns false if the request is a copy, or has more to it than a match.
func (d Driver) Settle(root traversal.Resource) bool {
	r := d.r
	if r.from != nil || r.flags&flagMatched == 0 || r.extras.Load() != nil {
		return false
	}
	if r.flags |= flagShown; r.Pattern != r.match.Pattern {
		r.showMatch(r.Request)
	}
	return r.result.Stand(root, true)
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

// Varies reports whether AddVary may have anything to do.
func (d Driver) Varies() bool {
	return d.r.from != nil || d.r.flags&flagNegotiated != 0 || d.r.extras.Load() != nil
}

// AddVary adds to resp's Vary the request headers that had a say in the choice of the route or the
// view: Accept, and those of the predicates that were checked (see [Predicate.WithVary]).
func (d Driver) AddVary(resp *Response) {
	if d.r.Negotiated() {
		resp.AddVary("Accept")
	}
	if x := d.r.root().extras.Load(); x != nil {
		resp.AddVary(x.vary.All()...)
	}
}

// Failing reports whether the response to an error is being made: the body should not be read.
func (d Driver) Failing() bool { return d.r.root().flags&flagFailing != 0 }

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

// Publish makes the present match and walk visible to the request that this one was detached from,
// so that the log of a request that missed its deadline names its route. Call it whenever something
// was found; it costs next to nothing for requests that are not detached.
func (d Driver) Publish() {
	if d.r.from != nil || d.r.extras.Load() != nil {
		d.r.publish()
	}
}

// SaveSession saves a session that a subscriber to [NewResponse] has used first.
func (d Driver) SaveSession(resp *Response) error {
	if x := d.r.root().extras.Load(); x != nil {
		return d.r.saveSession(x, resp, false)
	}
	return nil
}

// ResponseReady reports whether the response is being sent: too late to begin using a session.
func (d Driver) ResponseReady() bool {
	x := d.r.root().extras.Load()
	return x != nil && x.ready.Load()
}

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

// NeedsFinish reports whether anything may outlast the view: attributes, callbacks, an id. If not,
// only Recycle or EndScope remains to be called.
func (d Driver) NeedsFinish() bool { return d.r.from != nil || d.r.extras.Load() != nil }

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
