// Package body wraps the bodies of requests: one that counts what is read, up to a limit, and one
// that was read and can be read again.
package body

import (
	"io"
	"net/http"
	"sync/atomic"
)

// Limited is a body with a limit. To find out that there is more, it reads one byte beyond the
// limit, which it does not return.
type Limited struct {
	Body     io.ReadCloser
	Declared int64             // Content-Length; -1 if unknown
	Limit    int64             // negative: unlimited
	Convert  func(error) error // of errors of Body, and of a *http.MaxBytesError beyond the limit

	inner  *Limited // that Body reads from; nil without one
	read   int64
	err    error // returned by all further reads
	failed atomic.Pointer[error]
}

var _ io.ReadCloser = (*Limited)(nil)

// Read reads from the body. After an error it returns only that error.
func (b *Limited) Read(p []byte) (int, error) {
	if b.err != nil || len(p) == 0 {
		return 0, b.err
	}
	if b.Limit >= 0 {
		if b.Declared > b.Limit {
			return 0, b.tooLarge()
		}
		if left := b.Limit - b.read; int64(len(p))-1 > left {
			p = p[:left+1]
		}
	}
	n, err := b.Body.Read(p)
	b.read += int64(n)
	if b.Limit >= 0 && b.read > b.Limit {
		return max(n-int(b.read-b.Limit), 0), b.tooLarge()
	}
	if err != nil {
		b.fail(err)
	}
	return n, b.err
}

// Failed returns the converted error that reading the body ended with, nil for none and for its
// end, and if b is nil. It is safe for concurrent use.
func (b *Limited) Failed() error {
	for ; b != nil; b = b.inner {
		if err := b.failed.Load(); err != nil {
			return *err
		}
	}
	return nil
}

// SetLimit changes the limit, also of the body that b was made from by Around.
func (b *Limited) SetLimit(n int64) {
	for ; b != nil; b = b.inner {
		b.Limit = n
	}
}

// Around returns hr, the request that own became on its way through net/http middleware. If the
// middleware has replaced the body, such as by one that decompresses it, the result is a copy with
// a Limited around that: its errors are converted, and what it yields has the limit of b. b may be
// nil.
func (b *Limited) Around(own, hr *http.Request) *http.Request {
	if b == nil || hr.Body == nil || hr.Body == http.NoBody || hr.Body == own.Body || Find(hr.Body) != nil {
		return hr
	}
	hr = hr.WithContext(hr.Context())
	hr.Body = &Limited{Body: hr.Body, Declared: hr.ContentLength, Limit: b.Limit, Convert: b.Convert, inner: b}
	return hr
}

func (b *Limited) fail(err error) {
	b.err = b.Convert(err)
	if err != io.EOF {
		b.failed.Store(&b.err)
	}
}

// Over returns a copy that reads from another body. What was read so far counts toward its limit.
func (b *Limited) Over(body io.ReadCloser) *Limited {
	c := &Limited{Body: body, Declared: b.Declared, Limit: b.Limit, Convert: b.Convert, inner: b.inner, read: b.read, err: b.err}
	c.failed.Store(b.failed.Load())
	return c
}

// Close closes the body.
func (b *Limited) Close() error { return b.Body.Close() }

func (b *Limited) tooLarge() error {
	b.fail(&http.MaxBytesError{Limit: b.Limit})
	return b.err
}

// Find returns the Limited that body is, or that [Kept.Again] made it from; nil without one.
func Find(body io.ReadCloser) *Limited {
	for {
		switch b := body.(type) {
		case *Limited:
			return b
		case *again:
			body = b.body
		default:
			return nil
		}
	}
}
