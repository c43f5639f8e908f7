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

// Subrequest handles sub inside the application, without tweens, and returns its response. Nothing
// is sent to the client. Since error views belong to a tween, errors are returned. Without a
// RemoteAddr, sub comes from the client of r (ClientAddr). It has no forwarding headers, cookies or
// credentials but those that the caller gives it.
func (r *Request) Subrequest(sub *http.Request) (*Response, error) { return r.subrequest(sub, false) }

// SubrequestWithTweens is Subrequest through the tweens of the application. It returns only errors
// that no error view handles.
func (r *Request) SubrequestWithTweens(sub *http.Request) (*Response, error) {
	return r.subrequest(sub, true)
}

func (r *Request) subrequest(sub *http.Request, tweens bool) (*Response, error) {
	switch {
	case r.app.Runtime == nil:
		return nil, errors.New("subrequest: the application cannot handle any (web.Application.Runtime is nil)")
	case sub == nil:
		return nil, errors.New("subrequest: the request is nil")
	}
	return r.app.Runtime.Invoke(r, sub, tweens)
}
