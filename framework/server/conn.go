package server

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

// writeStep is how much of a response has to be sent within one write timeout.
const writeStep = 64 << 10

// lastWriteTime limits the write of a response to a connection that is being closed.
const lastWriteTime = 50 * time.Millisecond

type connState int32

const (
	connNew      connState = iota // has received no request
	connActive                    // serves requests
	connIdle                      // waits for the next request, without TLS
	connIdleTLS                   // waits for the next request, with TLS
	connHijacked                  // belongs to a handler
)

// isIdle reports whether the connection waits for its next request.
func (s connState) isIdle() bool { return s == connIdle || s == connIdleTLS }

// conn is a connection with a rolling write deadline: every writeStep has the whole
// timeout. It lies below TLS and HTTP, where bytes leave the process. A deadline set above
// would run while the bytes are still produced, and would be gone by the time a buffer is
// flushed.
//
// net/http chooses the read deadline; readDeadline passes it to the system only where that
// makes a difference. conn also notices a header that does not arrive in time, for which
// net/http has no hook.
type conn struct {
	net.Conn
	listener *listener
	timeout  time.Duration // of a writeStep; zero: none
	born     time.Time
	state    atomic.Int32
	gone     sync.Once
	reads    readDeadline
	armed    atomic.Int64 // the write deadline that is set, on conn's clock; zero: none
	limit    atomic.Int64 // the last SetWriteDeadline, on conn's clock; zero: none
	received atomic.Bool  // bytes of the current request have arrived
	timedOut atomic.Bool  // a read of the current header timed out
	finished atomic.Bool  // the last response was sent: later writes are discarded
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
		if !c.received.Load() && !isBlank(p[:n]) {
			c.received.Store(true)
		}
		if err != nil && errors.Is(err, os.ErrDeadlineExceeded) {
			c.timedOut.Store(true)
		}
		return n, err
	}
}

// SetReadDeadline limits reads, including those that block now. An error of the
// underlying connection may only show at the next read.
func (c *conn) SetReadDeadline(t time.Time) error { return c.reads.set(c.Conn, t) }

func (c *conn) Write(p []byte) (n int, err error) {
	if c.finished.Load() {
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

// ReadFrom sends files by sendfile, in steps.
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

// arm sets the deadline of the next write. Setting one costs about as much as a small
// write, so a deadline with three quarters of the timeout left is kept.
func (c *conn) arm() {
	if !c.rolls() {
		return
	}
	now := c.clock()
	end := now + int64(c.timeout)
	if limit := c.limit.Load(); limit != 0 {
		end = min(end, limit)
	}
	if set := c.armed.Load(); set <= end && end-set < int64(c.timeout/4) {
		return
	}
	c.armed.Store(end)
	_ = c.Conn.SetWriteDeadline(time.Now().Add(time.Duration(end - now)))
}

// clock returns the age of the connection in nanoseconds, never zero. It costs half of
// time.Now, which reads two clocks.
func (c *conn) clock() int64 { return int64(time.Since(c.born)) | 1 }

// SetWriteDeadline limits writes in addition to the rolling deadline: the earlier of the
// two counts.
func (c *conn) SetWriteDeadline(t time.Time) error {
	if !c.rolls() {
		return c.Conn.SetWriteDeadline(t)
	}
	age := t.Sub(c.born)
	if t.IsZero() || age >= forever {
		if c.limit.Load() != 0 {
			c.limit.Store(0)
		}
		return nil // the next write sets its own
	}
	c.limit.Store(int64(max(age, 0)) | 1)
	c.armed.Store(0)
	return c.Conn.SetWriteDeadline(t)
}

func (c *conn) SetDeadline(t time.Time) error {
	if err := c.SetReadDeadline(t); err != nil {
		return err
	}
	return c.SetWriteDeadline(t)
}

// CloseWrite closes the sending side alone. net/http calls it so that a client can read a
// response that was sent before the client had sent its whole request.
func (c *conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

func (c *conn) Close() error {
	if connState(c.state.Load()) == connIdle && c.received.Load() && c.timedOut.CompareAndSwap(true, false) {
		c.lastWrite(headerTimedOut)
	}
	c.gone.Do(func() { c.listener.forget(c) })
	return c.Conn.Close()
}

// lastWrite sends what fits into the system's buffers, without waiting for the client.
func (c *conn) lastWrite(text string) {
	_ = c.Conn.SetWriteDeadline(time.Now().Add(lastWriteTime))
	_, _ = io.WriteString(c.Conn, text) // the client may have disconnected
}

// isBlank reports whether p holds nothing but the empty lines that may precede a request
// (RFC 9112, 2.2).
func isBlank(p []byte) bool {
	for _, b := range p {
		if b != '\r' && b != '\n' {
			return false
		}
	}
	return true
}

// headerTimedOut is the response to a header that did not arrive in time.
const headerTimedOut = "HTTP/1.1 408 Request Timeout\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 58\r\nConnection: close\r\n\r\n" +
	"408 Request Timeout: timed out reading the request header\n"

// noteState follows net/http's states of a connection. It removes the deadlines of a
// hijacked connection: the handler sets its own.
//
// Between StateNew or StateIdle and StateActive, net/http reads a header and nothing else.
// A read that timed out there means that the header is late; net/http is about to close
// the connection, after a 400 at most. It reaches StateActive only if more of the header
// followed its first bytes; otherwise conn sees only Close.
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
		own.state.Store(int32(connActive))
		if own.timedOut.Load() && (secure == nil || secure.ConnectionState().NegotiatedProtocol != "h2") {
			_, _ = io.WriteString(c, headerTimedOut) // the client may have disconnected
			own.finished.Store(secure == nil)        // TLS still has to send its close_notify
		}
	case http.StateIdle:
		own.received.Store(false)
		own.timedOut.Store(false)
		idle := connIdle
		if secure != nil {
			idle = connIdleTLS
		}
		own.state.Store(int32(idle))
	case http.StateHijacked:
		own.state.Store(int32(connHijacked))
		own.limit.Store(0)
		own.reads.handOver(own.Conn)
		_ = own.Conn.SetWriteDeadline(time.Time{})
	}
}
