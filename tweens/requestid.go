package tweens

import "github.com/mastaba-go/mastaba/views/web"

// RequestID sets X-Request-Id on every response from further in to the id of the request, by which the client's complaint is
// found in the log. The id is that of a trusted proxy, or a new UUID of version 7: see web.Request.ID.
//
// Errors pass; place it outside of ExcView, where it lands by itself, for them to be responses by then.
func RequestID() Factory {
	return Wrap(func(next web.Handler) web.Handler {
		return func(r *web.Request) (*web.Response, error) {
			resp, err := next(r)
			if err == nil && resp != nil {
				resp.SetHeader(web.RequestIDHeader, r.ID())
			}
			return resp, err
		}
	}).Named(callText("RequestID"))
}
