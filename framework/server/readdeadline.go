package server

import (
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// readDeadline is the deadline of a connection's reads. net/http moves it five times per
// request: twice for the header, away for the read that notices a disconnecting client,
// into the past to end that read, then to the idle timeout. Most of these moves concern
// reads that find their bytes waiting or end before they begin, and each costs a lock and a
// timer of the poller.
//
// So set only records the deadline. It is passed to the connection when a read begins, or
// blocks already, that would end too late. A read that ends too early is repeated. If the
// response is ready before net/http's background read has begun, one setting lasts for a
// whole idle timeout; otherwise a request costs one or two.
type readDeadline struct {
	mu      sync.Mutex // guards all below
	want    time.Time  // zero: none
	armed   time.Time  // what the connection has; zero: none
	reading int        // reads that have begun
	direct  bool       // pass every deadline to the connection and never repeat a read
}

// begin is called before a read. It returns an error if the deadline has passed. It ignores
// an error of the connection's own SetReadDeadline, as net/http does: a connection without
// deadlines is served without them, and a closed one fails when it is read.
func (d *readDeadline) begin(c net.Conn) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.direct:
	case isPast(d.want):
		return os.ErrDeadlineExceeded
	case d.late(), isPast(d.armed):
		_ = d.arm(c)
	}
	d.reading++
	return nil
}

// end is called after a read with its error, and reports whether the read must be repeated.
func (d *readDeadline) end(c net.Conn, err error) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.reading--
	if err == nil || d.direct || !errors.Is(err, os.ErrDeadlineExceeded) || d.passed() {
		return false
	}
	return d.arm(c) == nil
}

// set records t. It returns an error if the connection needed the deadline at once and
// rejected it.
func (d *readDeadline) set(c net.Conn, t time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.want = t
	if d.direct || d.reading > 0 && d.late() {
		return d.arm(c)
	}
	return nil
}

// handOver passes every deadline through from now on, for a handler that has hijacked the
// connection and may set deadlines on the one below.
func (d *readDeadline) handOver(c net.Conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.direct = true
	_ = d.arm(c) // a closed connection fails when it is read
}

// passed reports whether the deadline has passed.
func (d *readDeadline) passed() bool {
	return isPast(d.want) || !d.want.IsZero() && time.Until(d.want) <= 0
}

// late reports whether the connection would end a read after the deadline.
func (d *readDeadline) late() bool {
	return !d.want.IsZero() && (d.armed.IsZero() || d.armed.After(d.want))
}

func (d *readDeadline) arm(c net.Conn) error {
	d.armed = d.want
	return c.SetReadDeadline(d.want)
}

// past is the deadline by which net/http ends a read.
var past = time.Unix(1, 0)

// isPast recognizes past without reading the clock.
func isPast(t time.Time) bool { return !t.IsZero() && !t.After(past) }
