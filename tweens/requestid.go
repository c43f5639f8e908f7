package tweens

import "github.com/mastaba-go/mastaba/views/web"

// RequestID sets X-Request-Id on every response to the id of the request, which is also in its log
// lines. The id is that of a trusted proxy, or a new UUID of version 7: see web.Request.ID.
//
// A response that is made after this tween has it too: that of an error or a panic, whether it
// passes through this tween or comes from an outer one.
func RequestID() Factory {
	return Wrap(func(next web.Handler) web.Handler {
		return onEvery(next, setRequestID)
	}).Named(callText("RequestID"))
}

// setRequestID sets the header of a response. It has the signature of a response callback.
func setRequestID(r *web.Request, resp *web.Response) error {
	resp.SetHeader(web.RequestIDHeader, r.ID())
	return nil
}

// onEvery calls decorate with the response of next, so that outer tweens see what it sets, and with
// the response that is sent in the end. That may be another one: errors and panics, those of outer
// tweens and of bodies too, get their response after the tweens. So decorate may get a response
// twice.
func onEvery(next web.Handler, decorate func(*web.Request, *web.Response) error) web.Handler {
	return func(r *web.Request) (*web.Response, error) {
		r.AddResponseCallback(decorate)
		resp, err := next(r)
		if resp == nil || err != nil {
			return resp, err
		}
		return resp, decorate(r, resp)
	}
}
