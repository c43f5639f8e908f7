package tweens

import "github.com/mastaba-go/mastaba/views/web"

// refuse answers in place of what lies further in: by an error, if there is a tween further out that makes responses of
// errors, so that an error view may answer it, and by its plain response if there is none.
func refuse(r *web.Request, e *web.HTTPError) (*web.Response, error) {
	if r.ErrorsAnswered() {
		return nil, e
	}
	return e.Response(r), nil
}
