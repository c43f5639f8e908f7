package web

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
)

// DefaultMaxBody is the limit of request bodies, unless the application, the route or the view sets
// another one: 10 MiB.
const DefaultMaxBody = 10 << 20

func (r *Request) limitBody(n int64) {
	if r.Body == nil || r.Body == http.NoBody {
		return
	}
	for c := r; c != nil; c = c.origin() {
		if b := limitedBelow(c.Request.Body); b != nil {
			b.limit = n
			return
		}
	}
	r.Request.Body = &limitedBody{body: r.Body, declared: r.ContentLength, limit: n}
}

func (r *Request) bodyLimit() (n int64, ok bool) {
	for c := r; c != nil; c = c.origin() {
		if b := limitedBelow(c.Request.Body); b != nil {
			return b.limit, true
		}
	}
	return 0, false
}

// limitedBelow finds the limited body inside the one that Parameters put around it.
func limitedBelow(body io.ReadCloser) *limitedBody {
	for {
		switch b := body.(type) {
		case *limitedBody:
			return b
		case *restoredBody:
			body = b.body
		default:
			return nil
		}
	}
}

// limitedBody counts what is read. To find out that there is more than the limit, it reads one byte
// beyond it, which it does not return.
type limitedBody struct {
	body     io.ReadCloser
	declared int64 // Content-Length; -1 if unknown
	limit    int64 // negative: unlimited
	read     int64
	err      error // returned by all further reads
}

var _ io.ReadCloser = (*limitedBody)(nil)

func (b *limitedBody) Read(p []byte) (int, error) {
	if b.err != nil || len(p) == 0 {
		return 0, b.err
	}
	if b.limit >= 0 {
		if b.declared > b.limit {
			return 0, b.tooLarge()
		}
		if left := b.limit - b.read; int64(len(p))-1 > left {
			p = p[:left+1]
		}
	}
	n, err := b.body.Read(p)
	b.read += int64(n)
	if b.limit >= 0 && b.read > b.limit {
		return max(n-int(b.read-b.limit), 0), b.tooLarge()
	}
	if err != nil {
		b.err = bodyError(err)
	}
	return n, b.err
}

func (b *limitedBody) Close() error { return b.body.Close() }

func (b *limitedBody) tooLarge() error {
	b.err = bodyTooLarge(b.limit, &http.MaxBytesError{Limit: b.limit})
	return b.err
}

// bodyError converts an error of reading a body to an HTTP error.
func bodyError(err error) error {
	if err == io.EOF || errors.Is(err, http.ErrBodyReadAfterClose) {
		return err
	}
	if _, ok := StatusOf(err); ok {
		return err
	}
	if e, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return bodyTooLarge(e.Limit, err)
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return Status(http.StatusRequestTimeout, "the request body arrived too slowly").With(err)
	}
	return BadRequest("the request body is malformed or incomplete").With(err)
}

func bodyTooLarge(limit int64, cause error) error {
	return ContentTooLarge(fmt.Sprintf("the request body exceeds the limit of %d bytes", limit)).With(cause)
}
