package server

import (
	"errors"
	"io"
	"math"
	"net/http"
	"strings"
	"sync"
	"time"
)

// timedBody is a request body whose reads have a rolling deadline. In HTTP/1, another goroutine
// than the handler's may read it, as http.Transport does for a proxy, while the handler sends the
// response, closes the body or returns. None of these waits for a client: a read that blocks holds
// reading, which they only try to lock, and mu is never held for long.
type timedBody struct {
	exchange *exchange
	from     io.ReadCloser
	timeout  time.Duration
	rate     int64 // bytes per second; zero: any

	reading   sync.Mutex // held during a read; guards the following
	read      int64
	blocked   time.Duration // total time of reads
	until     time.Time     // when all reading ends; zero: never
	discarded bool          // part of the body was discarded: later reads fail

	mu     sync.Mutex // guards the following
	ended  bool       // read to its end
	armed  bool       // a deadline is set
	closed bool       // no read may begin
	over   bool       // the exchange has ended: its writer must not be used
}

var _ io.ReadCloser = (*timedBody)(nil)

// PrivateRequest marks the request as a copy made for the handler, which may replace its
// fields, such as the Body, without copying it again. Any other request belongs to
// net/http, which looks at its own Body to see what was read.
func (b *timedBody) PrivateRequest() {}

func (b *timedBody) Read(buf []byte) (int, error) {
	b.reading.Lock()
	defer b.reading.Unlock()
	if b.discarded {
		return 0, http.ErrBodyReadAfterClose
	}
	return b.readLocked(buf)
}

// readLocked reads with a deadline. The caller holds b.reading.
func (b *timedBody) readLocked(buf []byte) (int, error) {
	begin := time.Now()
	var end time.Time
	if b.timeout > 0 {
		end = begin.Add(b.allowance())
	}
	if !b.until.IsZero() && (end.IsZero() || b.until.Before(end)) {
		end = b.until
	}
	if !b.begin(end) {
		return 0, http.ErrBodyReadAfterClose
	}
	n, err := b.from.Read(buf)
	b.read += int64(n)
	b.blocked += time.Since(begin)
	switch {
	case err == io.EOF:
		b.exchange.request.Trailer = b.exchange.original.Trailer
		b.end()
	case b.exchange.http2:
		b.setDeadline(time.Time{})
	}
	return n, err
}

// allowance returns how long the next read may block.
func (b *timedBody) allowance() time.Duration {
	if b.rate == 0 {
		return b.timeout
	}
	earned := min(b.read, math.MaxInt64/int64(time.Second)-1) * int64(time.Second) / b.rate
	return min(b.timeout, b.timeout-b.blocked+time.Duration(earned))
}

// begin sets the deadline of a read, or removes it if t is zero. It reports false, and does
// nothing, once the body is closed or the exchange is over.
func (b *timedBody) begin(t time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return false
	}
	b.setDeadlineLocked(t)
	return !b.over
}

// end records that the body was read to its end, and removes the deadline.
func (b *timedBody) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended = true
	b.setDeadlineLocked(time.Time{})
}

// hasEnded reports whether the body was read to its end.
func (b *timedBody) hasEnded() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ended
}

// isClosed reports whether a read was interrupted, so that no other may begin.
func (b *timedBody) isClosed() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.closed
}

// setDeadline sets the read deadline, or removes it if t is zero, unless the exchange is over.
func (b *timedBody) setDeadline(t time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.setDeadlineLocked(t)
}

func (b *timedBody) setDeadlineLocked(t time.Time) {
	if !b.over && (b.armed || !t.IsZero()) {
		b.armed = !t.IsZero()
		_ = b.exchange.control.SetReadDeadline(t)
	}
}

// Close reads the rest if it is short, so that the connection stays usable. It ends a read
// that another goroutine has begun, and then does not read the rest.
func (b *timedBody) Close() error {
	if b.exchange.http2 || b.hasEnded() {
		return b.from.Close()
	}
	if b.reading.TryLock() {
		defer b.reading.Unlock()
		if b.expectsContinue() || b.tooLong() || b.discard() {
			return b.from.Close()
		}
		b.setDeadline(past) // net/http would read on
	} else {
		b.interrupt()
		b.reading.Lock() // the read ends at once
		defer b.reading.Unlock()
	}
	err := b.from.Close()
	b.setDeadline(time.Time{})
	return err
}

// interrupt ends a read in progress and lets no other begin.
func (b *timedBody) interrupt() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	b.setDeadlineLocked(past)
}

// settle reads the rest if it is short, and reports whether the body has ended. If another
// goroutine is reading, the rest is left to it.
func (b *timedBody) settle() bool {
	if !b.reading.TryLock() {
		return b.hasEnded()
	}
	defer b.reading.Unlock()
	return !b.expectsContinue() && !b.tooLong() && b.discard()
}

// tooLong reports whether the rest is known to be longer than what discard reads. The caller
// holds b.reading.
func (b *timedBody) tooLong() bool { return b.exchange.original.ContentLength-b.read > unreadLimit }

// expectsContinue reports whether the client waits for a 100 (Continue) that no read has
// caused yet. The caller holds b.reading.
func (b *timedBody) expectsContinue() bool {
	return b.read == 0 && b.blocked == 0 && strings.EqualFold(b.exchange.original.Header.Get("Expect"), "100-continue")
}

// discard reads up to unreadLimit bytes and reports whether the body ended there. The caller
// holds b.reading.
func (b *timedBody) discard() bool {
	b.until = time.Now().Add(unreadTime)
	buf := copyBuffers.Get().(*[32 << 10]byte)
	defer copyBuffers.Put(buf)
	for left := unreadLimit; left > 0; {
		n, err := b.readLocked(buf[:])
		b.discarded = b.discarded || n > 0
		if left -= n; err != nil {
			return errors.Is(err, io.EOF)
		}
	}
	return false
}
