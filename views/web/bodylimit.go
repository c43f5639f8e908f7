package web

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"

	"github.com/mastaba-go/mastaba/views/web/internal/body"
	"github.com/mastaba-go/mastaba/views/web/internal/panics"
	"github.com/mastaba-go/mastaba/views/web/internal/statuserr"
)

// DefaultMaxBody is the limit of request bodies, unless the application, the route or the view sets
// another one, and of the forms that [Request.Parameters] reads, unless the application does: 10
// MiB, as in net/http.
const DefaultMaxBody = 10 << 20

func (r *Request) limitBody(n int64) {
	if r.Body == nil || r.Body == http.NoBody {
		return
	}
	if b := r.limitedBody(); b != nil {
		b.Limit = n
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

// orBodyError returns the error of reading the body in place of err, with err as its cause, if there
// was one and err does not say what happened.
func (r *Request) orBodyError(err error) error {
	if _, ok := StatusOf(err); ok || r.Context().Err() != nil || panics.Is(err) {
		return err
	}
	b := r.limitedBody()
	if b == nil {
		return err
	}
	if failed, ok := errors.AsType[*HTTPError](b.Failed()); ok {
		return failed.With(errors.Join(err, errors.Unwrap(failed)))
	}
	return err
}

// bodyError converts an error of reading a body to an HTTP error.
func bodyError(err error) error {
	if err == io.EOF || errors.Is(err, http.ErrBodyReadAfterClose) {
		return err
	}
	if e, ok := errors.AsType[*http.MaxBytesError](err); ok && statuserr.In(err) == nil {
		return bodyTooLarge(e.Limit, err)
	}
	if _, ok := StatusOf(err); ok {
		return err
	}
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		return err // of the file that keeps a body: not the client's fault
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return Status(http.StatusRequestTimeout, "the request body arrived too slowly").With(err)
	}
	return BadRequest("the request body is malformed or incomplete").With(err)
}

func bodyTooLarge(limit int64, cause error) error {
	return ContentTooLarge(fmt.Sprintf("the request body exceeds the limit of %d bytes", limit)).With(cause)
}
