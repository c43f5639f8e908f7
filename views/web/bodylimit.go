package web

import (
	"errors"
	"net/http"

	"github.com/mastaba-go/mastaba/views/web/internal/body"
	"github.com/mastaba-go/mastaba/views/web/internal/form"
	"github.com/mastaba-go/mastaba/views/web/internal/panics"
)

// DefaultMaxBody is the limit of request bodies, unless the application, the route or the view sets
// another one, and of the forms that [Request.Parameters] reads, unless the application does: 10
// MiB, the limit of net/http for forms.
const DefaultMaxBody = 10 << 20

func (r *Request) limitBody(n int64) {
	if r.Body == nil || r.Body == http.NoBody {
		return
	}
	if b := r.limitedBody(); b != nil {
		b.SetLimit(n)
		return
	}
	r.Request.Body = &body.Limited{Body: r.Body, Declared: r.ContentLength, Limit: n, Convert: bodyError}
}

func (r *Request) bodyLimit() (n int64, ok bool) {
	if b := r.limitedBody(); b != nil {
		return b.Limit, true
	}
	return 0, false
}

func (r *Request) limitedBody() *body.Limited {
	for c := r; c != nil; c = c.origin() {
		if b := body.Find(c.Request.Body); b != nil {
			return b
		}
	}
	return nil
}

// orBodyError returns the error of reading the body, with err as its cause. It returns err itself
// if reading did not fail, or if err says what happened: a status, a panic, the end of the context.
func (r *Request) orBodyError(err error) error {
	if _, ok := StatusOf(err); ok || (*requestContext)(r).Err() != nil || panics.Is(err) {
		return err
	}
	if e := form.PartError(r.Request, err); e != nil {
		return formError(e)
	}
	if failed, ok := errors.AsType[*HTTPError](r.limitedBody().Failed()); ok {
		return failed.With(errors.Join(err, errors.Unwrap(failed)))
	}
	return err
}

// bodyError converts an error of reading a body to an HTTP error.
func bodyError(err error) error {
	if status, detail := body.Describe(err); status != 0 {
		return Status(status, detail).With(err)
	}
	return err
}
