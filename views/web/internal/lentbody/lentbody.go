// Package lentbody lends the body of a request to a goroutine that may have to give it back while
// it reads.
package lentbody

import (
	"errors"
	"io"
	"net/http"
	"sync"
)

// Body is a body that was lent. It is safe for concurrent use.
type Body struct {
	body             io.ReadCloser
	lender, borrower *http.Request

	mu      sync.Mutex // guards all below
	used    bool
	revoked bool
	stale   bool // the borrower lent it on, and revoked that during a read
	readers int
	idle    chan struct{} // made if a read was in progress when the loan was revoked
}

var _ io.ReadCloser = (*Body)(nil)

var errRevoked = errors.New("the request missed its deadline and its body can no longer be read")

// Lend returns body as the body of borrower, which receives the trailer of lender when the body
// ends.
func Lend(body io.ReadCloser, lender, borrower *http.Request) *Body {
	return &Body{body: body, lender: lender, borrower: borrower}
}

// Read reads from the body, and fails once it was revoked.
func (b *Body) Read(p []byte) (n int, err error) {
	if !b.enter() {
		return 0, errRevoked
	}
	defer func() { b.leave(err) }()
	return b.body.Read(p)
}

func (b *Body) enter() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.revoked {
		return false
	}
	b.used = true
	b.readers++
	return true
}

func (b *Body) leave(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.readers--; b.readers == 0 && b.idle != nil {
		close(b.idle)
	}
	if err == io.EOF && !b.revoked && !b.stale {
		b.borrower.Trailer = b.lender.Trailer // which has arrived by now
	}
}

// Revoke ends the loan. It reports whether the borrower has read anything. It does not interrupt a
// read in progress: reading is closed when the last one returns, and nil if there is none.
func (b *Body) Revoke() (used bool, reading <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.revoked = true
	if b.readers > 0 {
		b.idle = make(chan struct{})
		b.age()
	}
	return b.used, b.idle
}

// age keeps the read in progress from setting the trailers of the requests that lent the body on.
// They may use their trailers meanwhile, since they do not wait for the read.
func (b *Body) age() {
	if outer, ok := b.body.(*Body); ok {
		outer.mu.Lock()
		defer outer.mu.Unlock()
		outer.stale = true
		outer.age()
	}
}

// Close closes the body, unless it was revoked.
func (b *Body) Close() error {
	b.mu.Lock()
	revoked := b.revoked
	b.mu.Unlock()
	if revoked {
		return nil
	}
	return b.body.Close()
}

// Revoked is the body of a request whose body was read in part by a revoked borrower: it cannot be
// read any more.
type Revoked struct{}

var _ io.ReadCloser = Revoked{}

// Read fails.
func (Revoked) Read([]byte) (int, error) { return 0, errRevoked }

// Close does nothing.
func (Revoked) Close() error { return nil }
