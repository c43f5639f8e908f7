package tweens

import "github.com/mastaba-go/mastaba/views/web"

// RequestID sets X-Request-Id on every response to the id of the request, under which the log has
// what happened. The id is that of a trusted proxy, or a new UUID of version 7: see web.Request.ID.
//
// Errors pass through. Outside ExcView, its place by default, they are responses already.
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
