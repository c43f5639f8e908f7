package websockettest

import (
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// capacity is how many bytes may be on their way in one direction: then a write waits, as it does
// for a client that does not read.
const capacity = 64 << 10

// Pipe returns the two ends of a connection in memory. Unlike those of net.Pipe they have buffers,
// of 64 KiB in each direction.
func Pipe() (a, b net.Conn) {
	x, y := newHalf(), newHalf()
	return &end{in: x, out: y}, &end{in: y, out: x}
}

// half is one direction.
type half struct {
	mu            sync.Mutex // guards the rest
	changed       sync.Cond
	data          []byte
	closed        bool // by the writer, or by the reader
	readDeadline  deadline
	writeDeadline deadline
}

func newHalf() *half {
	h := new(half)
	h.changed.L = &h.mu
	return h
}

// deadline is one that passes once.
type deadline struct {
	passed bool
	timer  *time.Timer
}

func (h *half) setDeadline(d *deadline, t time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if d.timer != nil {
		d.timer.Stop()
	}
	d.timer, d.passed = nil, false
	switch in := time.Until(t); {
	case t.IsZero():
	case in <= 0:
		d.passed = true
		h.changed.Broadcast()
	default:
		var timer *time.Timer
		timer = time.AfterFunc(in, func() {
			h.mu.Lock()
			defer h.mu.Unlock()
			if d.timer == timer {
				d.passed = true
				h.changed.Broadcast()
			}
		})
		d.timer = timer
	}
}

func (h *half) read(b []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for len(h.data) == 0 || h.readDeadline.passed {
		switch {
		case h.readDeadline.passed:
			return 0, os.ErrDeadlineExceeded
		case h.closed:
			return 0, io.EOF
		}
		h.changed.Wait()
	}
	n := copy(b, h.data)
	h.data = h.data[n:]
	h.changed.Broadcast()
	return n, nil
}

func (h *half) write(b []byte) (n int, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for {
		switch room := min(capacity-len(h.data), len(b)-n); {
		case h.closed:
			return n, io.ErrClosedPipe
		case h.writeDeadline.passed:
			return n, os.ErrDeadlineExceeded
		case room > 0:
			h.data = append(h.data, b[n:n+room]...)
			n += room
			h.changed.Broadcast()
		}
		if n == len(b) {
			return n, nil
		}
		h.changed.Wait()
	}
}

func (h *half) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for _, d := range []*deadline{&h.readDeadline, &h.writeDeadline} {
		if d.timer != nil {
			d.timer.Stop()
			d.timer = nil
		}
	}
	h.changed.Broadcast()
}

// end is one end of a pipe.
type end struct{ in, out *half }

var _ net.Conn = (*end)(nil)

func (e *end) Read(b []byte) (int, error)  { return e.in.read(b) }
func (e *end) Write(b []byte) (int, error) { return e.out.write(b) }

// Close closes both directions; what was written can still be read at the other end.
func (e *end) Close() error {
	e.in.close()
	e.out.close()
	return nil
}

func (e *end) LocalAddr() net.Addr  { return address{} }
func (e *end) RemoteAddr() net.Addr { return address{} }

func (e *end) SetReadDeadline(t time.Time) error {
	e.in.setDeadline(&e.in.readDeadline, t)
	return nil
}

func (e *end) SetWriteDeadline(t time.Time) error {
	e.out.setDeadline(&e.out.writeDeadline, t)
	return nil
}

func (e *end) SetDeadline(t time.Time) error {
	_ = e.SetReadDeadline(t)
	return e.SetWriteDeadline(t)
}

type address struct{}

func (address) Network() string { return "memory" }
func (address) String() string  { return "memory" }
