package framework

import (
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// readDeadline is the deadline of a connection's reads. net/http moves it five
// times a request: back and forth for the header, away for the read that
// notices when the client leaves, into the past to end that read, on to the
// idle timeout. Most of it is for reads that find their bytes waiting or are
// over before they begin, and each move costs a lock and a timer of the poller.
//
// So what is asked for is only remembered. The poller is told when a read begins,
// or is under way, that it would end too late. One that it ends too early goes
// on. Where the answer is ready before net/http's read behind the request has
// begun, one setting lasts for a whole idle timeout; else a request costs one or two.
type readDeadline struct {
	mu      sync.Mutex // guards all below
	asked   time.Time  // zero: none
	armed   time.Time  // what the connection was told; zero: none
	reading int        // reads under way
	strict  bool       // the connection is told everything, and decides alone
}

// begin is called before a read; it returns an error if there is no time left.
// That the connection could not be told is none, as for net/http: one without
// deadlines is served without, and a closed one says so when it is read.
func (d *readDeadline) begin(c net.Conn) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.strict:
	case isPast(d.asked):
		return os.ErrDeadlineExceeded
	case d.late(), isPast(d.armed):
		_ = d.arm(c)
	}
	d.reading++
	return nil
}

// end is called after a read, and reports whether it has to go on.
func (d *readDeadline) end(c net.Conn, err error) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.reading--
	if err == nil || d.strict || !errors.Is(err, os.ErrDeadlineExceeded) || d.passed() {
		return false
	}
	return d.arm(c) == nil
}

// set remembers t, and returns an error if the connection had to be told now and
// could not be.
func (d *readDeadline) set(c net.Conn, t time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked = t
	if d.strict || d.reading > 0 && d.late() {
		return d.arm(c)
	}
	return nil
}

// handOver makes the connection one like any other, for a view that took it over
// and may set deadlines below us.
func (d *readDeadline) handOver(c net.Conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.strict = true
	_ = d.arm(c) // one that is closed already says so when it is read
}

// passed reports that a read has to end now.
func (d *readDeadline) passed() bool {
	return isPast(d.asked) || !d.asked.IsZero() && time.Until(d.asked) <= 0
}

// late: the connection would end a read later than it was asked to.
func (d *readDeadline) late() bool {
	return !d.asked.IsZero() && (d.armed.IsZero() || d.armed.After(d.asked))
}

func (d *readDeadline) arm(c net.Conn) error {
	d.armed = d.asked
	return c.SetReadDeadline(d.asked)
}

// isPast knows the time by which net/http ends a read, without a look at the clock.
func isPast(t time.Time) bool { return !t.IsZero() && !t.After(past) }
