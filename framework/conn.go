package framework

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// writeStep is how much of a response has to pass in one write timeout.
const writeStep = 64 << 10

// lastWordTime is how long an answer on a connection that is being closed may wait.
const lastWordTime = 50 * time.Millisecond

type connState int32

const (
	connNew      connState = iota // nothing was asked yet
	connUsed                      // answers requests, or waits for the next by TLS
	connWaits                     // waits for the next request in the clear
	connHijacked                  // belongs to a view
)

// conn is a connection whose writes have a deadline that rolls: each step has
// the whole timeout. It stands below TLS and HTTP, where bytes leave, because a
// deadline set by whoever produces them would run while they are still made,
// and would be gone when a buffer is flushed later.
//
// The deadline of reads is net/http's to choose, and told to the system only where
// it makes a difference: see readDeadline. That a header did not come in time, of
// which net/http says nothing to anybody, is noticed.
type conn struct {
	net.Conn
	home    *listener
	timeout time.Duration // zero: none
	born    time.Time
	state   atomic.Int32
	gone    sync.Once
	reads   readDeadline
	armed   atomic.Int64 // the deadline that is set, as clock tells; zero: none that counts
	asked   atomic.Int64 // what SetWriteDeadline asked for, likewise; zero: nothing
	heard   atomic.Bool  // a request began since the last one
	lapsed  atomic.Bool  // a read took too long since then
	refused atomic.Bool  // there has been the last answer
}

var (
	_ net.Conn      = (*conn)(nil)
	_ io.ReaderFrom = (*conn)(nil)
)

// NetConn returns the connection as it was accepted.
func (c *conn) NetConn() net.Conn { return c.Conn }

func (c *conn) Read(p []byte) (int, error) {
	for {
		err := c.reads.begin(c.Conn)
		n := 0
		if err == nil {
			n, err = c.Conn.Read(p)
			if c.reads.end(c.Conn, err) {
				if n == 0 {
					continue
				}
				err = nil
			}
		}
		if !c.heard.Load() && !isBlank(p[:n]) {
			c.heard.Store(true)
		}
		if err != nil && errors.Is(err, os.ErrDeadlineExceeded) {
			c.lapsed.Store(true)
		}
		return n, err
	}
}

// SetReadDeadline bounds reads, those under way included. The connection may be
// told later, so an error of its own shows at the next read.
func (c *conn) SetReadDeadline(t time.Time) error { return c.reads.set(c.Conn, t) }

func (c *conn) Write(p []byte) (n int, err error) {
	if c.refused.Load() {
		return len(p), nil
	}
	for {
		step := p[n:]
		if len(step) > writeStep && c.rolls() {
			step = step[:writeStep]
		}
		c.arm()
		done, err := c.Conn.Write(step)
		n += done
		if err != nil || n == len(p) {
			return n, err
		}
	}
}

// ReadFrom keeps sendfile for files, in steps.
func (c *conn) ReadFrom(src io.Reader) (n int64, err error) {
	to, ok := c.Conn.(io.ReaderFrom)
	if !ok {
		return c.copyFrom(src)
	}
	limited, _ := src.(*io.LimitedReader)
	from := src
	if limited != nil {
		from = limited.R
	}
	if _, ok := from.(*os.File); !ok {
		return c.copyFrom(src)
	}
	for {
		step := io.LimitedReader{R: from, N: writeStep}
		if limited != nil {
			step.N = min(step.N, limited.N)
		}
		want := step.N
		c.arm()
		done, err := to.ReadFrom(&step)
		n += done
		if limited != nil {
			limited.N -= done
		}
		if err != nil || done < want || want == 0 {
			return n, err
		}
	}
}

var copyBuffers = sync.Pool{New: func() any { return new([32 << 10]byte) }}

func (c *conn) copyFrom(src io.Reader) (int64, error) {
	buf := copyBuffers.Get().(*[32 << 10]byte)
	defer copyBuffers.Put(buf)
	return io.CopyBuffer(struct{ io.Writer }{c}, src, buf[:])
}

func (c *conn) rolls() bool {
	return c.timeout > 0 && connState(c.state.Load()) != connHijacked
}

// arm gives the next write its time. Setting a deadline costs about as much
// as a small write saves by not doing so: one of which three quarters are
// left is good enough.
func (c *conn) arm() {
	if !c.rolls() {
		return
	}
	now := c.clock()
	end := now + int64(c.timeout)
	if asked := c.asked.Load(); asked != 0 {
		end = min(end, asked)
	}
	if set := c.armed.Load(); set <= end && end-set < int64(c.timeout/4) {
		return
	}
	c.armed.Store(end)
	_ = c.Conn.SetWriteDeadline(time.Now().Add(time.Duration(end - now)))
}

// clock is the age of the connection in nanoseconds, and never zero. To read it
// costs half of time.Now, which asks the system twice.
func (c *conn) clock() int64 { return int64(time.Since(c.born)) | 1 }

// SetWriteDeadline is for what net/http, crypto/tls or a view want: the
// earlier of the deadlines counts.
func (c *conn) SetWriteDeadline(t time.Time) error {
	if !c.rolls() {
		return c.Conn.SetWriteDeadline(t)
	}
	if t.IsZero() {
		c.asked.Store(0)
		return nil // the next write sets its own
	}
	c.asked.Store(int64(max(t.Sub(c.born), 0)) | 1)
	c.armed.Store(0)
	return c.Conn.SetWriteDeadline(t)
}

func (c *conn) SetDeadline(t time.Time) error {
	if err := c.SetReadDeadline(t); err != nil {
		return err
	}
	return c.SetWriteDeadline(t)
}

// CloseWrite ends the sending side alone, by which net/http lets a client
// read an answer that came before the end of its request.
func (c *conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

func (c *conn) Close() error {
	if connState(c.state.Load()) == connWaits && c.heard.Load() && c.lapsed.CompareAndSwap(true, false) {
		c.lastWord(headerTooSlow)
	}
	c.gone.Do(func() { c.home.forget(c) })
	return c.Conn.Close()
}

// lastWord sends what goes into the buffers of the system, and waits for nobody.
func (c *conn) lastWord(text string) {
	_ = c.Conn.SetWriteDeadline(time.Now().Add(lastWordTime))
	_, _ = io.WriteString(c.Conn, text) // a client that went away needs no answer
}

// isBlank tells whether there is nothing but the empty lines that may stand before
// a request (RFC 9112, 2.2).
func isBlank(p []byte) bool {
	for _, b := range p {
		if b != '\r' && b != '\n' {
			return false
		}
	}
	return true
}

// headerTooSlow answers a header that did not come in time.
const headerTooSlow = "HTTP/1.1 408 Request Timeout\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 56\r\nConnection: close\r\n\r\n" +
	"408 Request Timeout: the header of this request is late\n"

// noteState follows net/http. A connection that a view took over has no
// deadlines but the view's.
//
// Between StateIdle (or the beginning) and StateActive net/http reads a header,
// and nothing else: if a read took too long then, the header did, and net/http is
// about to close, with a 400 at most. It gets to StateActive only if some of the
// header came after the first bytes of it; else only the closing is seen.
func noteState(c net.Conn, state http.ConnState) {
	raw := c
	secure, _ := c.(*tls.Conn)
	if secure != nil {
		raw = secure.NetConn()
	}
	own, ok := raw.(*conn)
	if !ok {
		return
	}
	switch state {
	case http.StateActive:
		own.state.Store(int32(connUsed))
		if own.lapsed.Load() && (secure == nil || secure.ConnectionState().NegotiatedProtocol != "h2") {
			_, _ = io.WriteString(c, headerTooSlow) // a client that went away needs no answer
			own.refused.Store(secure == nil)        // TLS has to say that it ends
		}
	case http.StateIdle:
		own.heard.Store(false)
		own.lapsed.Store(false)
		if secure == nil {
			own.state.Store(int32(connWaits))
		}
	case http.StateHijacked:
		own.state.Store(int32(connHijacked))
		own.asked.Store(0)
		own.reads.handOver(own.Conn)
		_ = own.Conn.SetWriteDeadline(time.Time{})
	}
}
