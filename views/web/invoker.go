package web

import (
	"errors"
	"net/http"
)

// Invoker plays a request inside the application, for Request.Subrequest.
// With tweens false the request goes straight to the router.
type Invoker interface {
	Invoke(r *Request, sub *http.Request, tweens bool) (*Response, error)
}

// Drainer is an Invoker that knows when its server begins to drain.
type Drainer interface {
	// Draining returns a channel that is closed when the server begins to drain.
	Draining() <-chan struct{}
}

// StragglerTracker is an Invoker that keeps track of work that outlives its request, to report it
// when the application stops.
type StragglerTracker interface {
	// TrackStraggler keeps text, which describes the work, until ended is closed.
	TrackStraggler(text string, ended <-chan struct{})
}

// Draining returns a channel that is closed when the server has stopped accepting connections and
// waits for the requests in flight. Streams and sockets should then end, so that their clients
// reconnect elsewhere. It is nil, which is never ready, if no server can drain.
//
//	select {
//	case event := <-events:
//	case <-r.Draining():
//		return nil
//	case <-r.Context().Done():
//		return r.Context().Err()
//	}
func (r *Request) Draining() <-chan struct{} {
	if d, ok := r.app.Invoker.(Drainer); ok {
		return d.Draining()
	}
	return nil
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
