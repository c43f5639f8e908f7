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

// timedBody is a request body whose reads have a rolling deadline.
type timedBody struct {
	exchange *exchange
	from     io.ReadCloser
	timeout  time.Duration
	rate     int64 // bytes per second; zero: any

	read    int64
	blocked time.Duration // total time of reads
	until   time.Time     // when all reading ends; zero: never
	ended   bool          // read to its end

	mu    sync.Mutex // guards the following
	armed bool       // a deadline is set
	over  bool       // the exchange has ended: its writer must not be used
}

var _ io.ReadCloser = (*timedBody)(nil)

// PrivateRequest marks the request as a copy made for the handler, which may replace its
// fields, such as the Body, without copying it again. Any other request belongs to
// net/http, which looks at its own Body to see what was read.
func (b *timedBody) PrivateRequest() {}

func (b *timedBody) Read(buf []byte) (int, error) {
	begin := time.Now()
	var end time.Time
	if b.timeout > 0 {
		end = begin.Add(b.allowance())
	}
	if !b.until.IsZero() && (end.IsZero() || b.until.Before(end)) {
		end = b.until
	}
	if !b.setDeadline(end) {
		return 0, http.ErrBodyReadAfterClose
	}
	n, err := b.from.Read(buf)
	b.read += int64(n)
	b.blocked += time.Since(begin)
	if err == io.EOF {
		b.ended = true
		b.exchange.request.Trailer = b.exchange.original.Trailer
	}
	if err == io.EOF || b.exchange.http2 {
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

// setDeadline sets the read deadline, or removes it if t is zero. It reports false, and does
// nothing, once the exchange is over.
func (b *timedBody) setDeadline(t time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.over {
		return false
	}
	if b.armed || !t.IsZero() {
		b.armed = !t.IsZero()
		_ = b.exchange.control.SetReadDeadline(t)
	}
	return true
}

// Close reads the rest if it is short, so that the connection stays usable.
func (b *timedBody) Close() error {
	if b.ended || b.exchange.http2 || b.expectsContinue() || b.tooLong() || b.discard() {
		return b.from.Close()
	}
	b.setDeadline(past) // net/http would read on
	err := b.from.Close()
	b.setDeadline(time.Time{})
	return err
}

// tooLong reports whether the rest is known to be longer than what discard reads.
func (b *timedBody) tooLong() bool { return b.exchange.original.ContentLength-b.read > unreadLimit }

// expectsContinue reports whether the client waits for a 100 (Continue) that no read has
// caused yet.
func (b *timedBody) expectsContinue() bool {
	return b.read == 0 && b.blocked == 0 && strings.EqualFold(b.exchange.original.Header.Get("Expect"), "100-continue")
}

// discard reads up to unreadLimit bytes and reports whether the body ended there.
func (b *timedBody) discard() bool {
	b.until = time.Now().Add(unreadTime)
	buf := copyBuffers.Get().(*[32 << 10]byte)
	defer copyBuffers.Put(buf)
	for left := unreadLimit; left > 0; {
		n, err := b.Read(buf[:])
		if left -= n; err != nil {
			return errors.Is(err, io.EOF)
		}
	}
	return false
}
