package web

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
)

// DefaultMaxBody is the largest body of a request unless the application or
// the view says otherwise: 10 MiB.
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

// limitedBelow finds the bound under what Parameters put around it.
func limitedBelow(body io.ReadCloser) *limitedBody {
	for {
		switch b := body.(type) {
		case *limitedBody:
			return b
		case *restored:
			body = b.body
		default:
			return nil
		}
	}
}

// limitedBody counts what is read. It reads one byte beyond the limit, to know
// that there is more, and keeps it.
type limitedBody struct {
	body     io.ReadCloser
	declared int64 // as the client says; -1: unknown
	limit    int64
	read     int64
	err      error // what ended it
}

var _ io.ReadCloser = (*limitedBody)(nil)

func (b *limitedBody) Read(p []byte) (int, error) {
	if b.err != nil || len(p) == 0 {
		return 0, b.err
	}
	if b.limit >= 0 {
		if b.declared > b.limit {
			return 0, b.beyond()
		}
		if left := b.limit - b.read; int64(len(p))-1 > left {
			p = p[:left+1]
		}
	}
	n, err := b.body.Read(p)
	b.read += int64(n)
	if b.limit >= 0 && b.read > b.limit {
		return max(n-int(b.read-b.limit), 0), b.beyond()
	}
	if err != nil {
		b.err = brokenBody(err)
	}
	return n, b.err
}

func (b *limitedBody) Close() error { return b.body.Close() }

// beyond ends the body.
func (b *limitedBody) beyond() error {
	b.err = ContentTooLarge(fmt.Sprintf("the request body exceeds the limit of %d bytes", b.limit)).
		With(&http.MaxBytesError{Limit: b.limit})
	return b.err
}

// brokenBody says in HTTP's terms why a body cannot be read on.
func brokenBody(err error) error {
	if err == io.EOF || errors.Is(err, http.ErrBodyReadAfterClose) {
		return err
	}
	if _, ok := StatusOf(err); ok {
		return err
	}
	if beyond, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return ContentTooLarge(fmt.Sprintf("the request body exceeds the limit of %d bytes", beyond.Limit)).With(err)
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return Status(http.StatusRequestTimeout, "the request body arrived too slowly").With(err)
	}
	return BadRequest("the request body is malformed or incomplete").With(err)
}
