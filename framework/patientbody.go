package framework

import (
	"errors"
	"io"
	"math"
	"net/http"
	"strings"
	"sync"
	"time"
)

// patientBody is the body of a request whose reads have a rolling deadline.
type patientBody struct {
	p       *patience
	from    io.ReadCloser
	timeout time.Duration
	rate    int64 // bytes a second; zero: any

	read   int64
	waited time.Duration
	until  time.Time // when reading ends altogether; zero: never
	ended  bool      // read to its end

	mu    sync.Mutex // guards the following
	armed bool       // a deadline is set
	over  bool       // the exchange ended: its writer must not be touched
}

var _ io.ReadCloser = (*patientBody)(nil)

func (b *patientBody) Read(buf []byte) (int, error) {
	begin := time.Now()
	var end time.Time
	if b.timeout > 0 {
		end = begin.Add(b.patience())
	}
	if !b.until.IsZero() && (end.IsZero() || b.until.Before(end)) {
		end = b.until
	}
	if !b.deadline(end) {
		return 0, http.ErrBodyReadAfterClose
	}
	n, err := b.from.Read(buf)
	b.read += int64(n)
	b.waited += time.Since(begin)
	if err == io.EOF {
		b.ended = true
		b.p.request.Trailer = b.p.original.Trailer
	}
	if err == io.EOF || b.p.multiplexed {
		b.deadline(time.Time{})
	}
	return n, err
}

// patience is how long the next read may last.
func (b *patientBody) patience() time.Duration {
	if b.rate == 0 {
		return b.timeout
	}
	earned := min(b.read, math.MaxInt64/int64(time.Second)-1) * int64(time.Second) / b.rate
	return min(b.timeout, b.timeout-b.waited+time.Duration(earned))
}

// deadline sets the deadline of reads, or takes it back; false if the
// exchange is over.
func (b *patientBody) deadline(t time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.over {
		return false
	}
	if b.armed || !t.IsZero() {
		b.armed = !t.IsZero()
		_ = b.p.control.SetReadDeadline(t)
	}
	return true
}

// Close reads the rest, if it is short, so that the connection can be used
// again.
func (b *patientBody) Close() error {
	if b.ended || b.p.multiplexed || b.asks() || b.long() || b.discard() {
		return b.from.Close()
	}
	b.deadline(past) // net/http would read on
	err := b.from.Close()
	b.deadline(time.Time{})
	return err
}

// past is a deadline that is over: the one that net/http itself uses to end a read.
var past = time.Unix(1, 0)

// long: it is known that more is left than is worth reading.
func (b *patientBody) long() bool { return b.p.original.ContentLength-b.read > leftover }

// asks: the client waits for a 100 (Continue) that nobody has caused yet.
func (b *patientBody) asks() bool {
	return b.read == 0 && b.waited == 0 && strings.EqualFold(b.p.original.Header.Get("Expect"), "100-continue")
}

// discard reads a little more, and reports whether that was the rest.
func (b *patientBody) discard() bool {
	b.until = time.Now().Add(leftoverTime)
	buf := copyBuffers.Get().(*[32 << 10]byte)
	defer copyBuffers.Put(buf)
	for left := leftover; left > 0; {
		n, err := b.Read(buf[:])
		if left -= n; err != nil {
			return errors.Is(err, io.EOF)
		}
	}
	return false
}
