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

// LimitBody limits the body of the request to n bytes, in place of its present limit; negative
// means unlimited. Call it before the body is read. A view has views.BodyLimit for it, a route
// routes.BodyLimit.
//
// Reading a longer body fails with a 413: at once if the client declared the length, else with the
// first byte too many. Other failures become HTTP errors too, so that a view may return what it got
// from Read: 408 if the client was too slow, 400 if the body is malformed or the client
// disconnected.
func (d Driver) LimitBody(n int64) {
	r := d.r
	if r.Body == nil || r.Body == http.NoBody {
		return
	}
	if b := r.limitedBody(); b != nil {
		b.SetLimit(n)
		return
	}
	r.Request.Body = &body.Limited{Body: r.Body, Declared: r.ContentLength, Limit: n, Convert: bodyError}
}

// BodyLimit returns the limit of the body in bytes, negative if unlimited; false if LimitBody was
// never called.
func (d Driver) BodyLimit() (n int64, ok bool) {
	if b := d.r.limitedBody(); b != nil {
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

// OrBodyError returns err, the error of a view. If the error has no status, and reading the body
// has failed, it returns the error of the body instead, with err as its cause: decoders do not
// always wrap the errors of their readers (encoding/json of Go 1.26 with GOEXPERIMENT=jsonv2).
func (d Driver) OrBodyError(err error) error {
	if _, ok := StatusOf(err); ok || (*requestContext)(d.r).Err() != nil || panics.Is(err) {
		return err
	}
	if e := form.PartError(d.r.Request, err); e != nil {
		return formError(e)
	}
	if failed, ok := errors.AsType[*HTTPError](d.r.limitedBody().Failed()); ok {
		return failed.With(errors.Join(err, errors.Unwrap(failed)))
	}
	return err
}

// bodyError converts an error of reading a body to an HTTP error.
func bodyError(err error) error {
	if status, detail, id := body.Describe(err); status != 0 {
		return Status(status, "").described(detail, id).With(err)
	}
	return err
}
