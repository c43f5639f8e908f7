package web

import (
	"errors"
	"net/http"
)

// Runtime is the running application, as far as its requests need it. *framework.App implements it;
// it is safe for concurrent use.
type Runtime interface {
	// Invoke handles a subrequest of r inside the application: see [Request.Subrequest]. Without
	// tweens it goes straight to the router.
	Invoke(r *Request, sub *http.Request, tweens bool) (*Response, error)
	// Draining returns a channel that is closed when the server begins to drain.
	Draining() <-chan struct{}
	// TrackStraggler keeps text, which describes work that outlives its request, until ended is
	// closed, and reports it if the application stops before that.
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
	if r.app.Runtime == nil {
		return nil
	}
	return r.app.Runtime.Draining()
}

// InvokeOption is an option of [Request.Subrequest].
type InvokeOption func(*invocation)

type invocation struct{ tweens bool }

// WithTweens sends a subrequest through the tweens of the application; without it the subrequest
// goes straight to the router.
func WithTweens() InvokeOption { return func(i *invocation) { i.tweens = true } }

// Subrequest handles sub inside the application and returns its response. Nothing is sent to the
// client, and an error that no error view handles is returned.
func (r *Request) Subrequest(sub *http.Request, o ...InvokeOption) (*Response, error) {
	if r.app.Runtime == nil {
		return nil, errors.New("subrequest: the application cannot handle any (web.Application.Runtime is nil)")
	}
	if sub == nil {
		return nil, errors.New("subrequest: the request is nil")
	}
	var how invocation
	for _, option := range o {
		option(&how)
	}
	return r.app.Runtime.Invoke(r, sub, how.tweens)
}
