package tweens

import "github.com/mastaba-go/mastaba/views/web"

// RequestID sets X-Request-Id on every response to the id of the request, which is also in its log
// lines. The id is that of a trusted proxy, or a new UUID of version 7: see web.Request.ID.
//
// A response that is made later than this tween has it too: that of an error which passes through
// it.
func RequestID() Factory {
	return Wrap(func(next web.Handler) web.Handler {
		return func(r *web.Request) (*web.Response, error) {
			resp, err := next(r)
			return onEvery(r, resp, err, setRequestID)
		}
	}).Named(callText("RequestID"))
}

// setRequestID sets the header of a response. It has the signature of a response callback.
func setRequestID(r *web.Request, resp *web.Response) error {
	resp.SetHeader(web.RequestIDHeader, r.ID())
	return nil
}

// onEvery calls decorate with what next returned, and with any response that is sent in its place:
// an error has its response only after the tweens, and so has a body that fails before its first
// byte.
func onEvery(r *web.Request, resp *web.Response, err error, decorate func(*web.Request, *web.Response) error) (*web.Response, error) {
	if resp == nil || err != nil {
		r.AddResponseCallback(decorate)
		return resp, err
	}
	if resp.Pending() || web.Drive(r).HasResponseCallbacks() {
		r.AddResponseCallback(func(r *web.Request, sent *web.Response) error {
			if sent == resp {
				return nil // already
			}
			return decorate(r, sent)
		})
	}
	return resp, decorate(r, resp)
}
