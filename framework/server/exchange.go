package server

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// exchange limits how long the client of one request may keep the server waiting. It lies
// between net/http and the handler for requests with a body, and for all of HTTP/2, whose
// streams can stall while their connection does not. A request of HTTP/1 without a body
// needs none, because conn limits the time of its response, except while the server departs:
// every response then asks its client to reconnect.
//
// The read deadline is delicate in HTTP/1. As soon as the body ends, net/http reads ahead to
// notice a disconnecting client, and a deadline that is still set would end that read. And
// before net/http sends the response header, it reads up to 256 KiB of a body that the
// handler left unread, without any deadline. So the deadline is removed at the end of the
// body, and settle reads the rest before the header is sent.
type exchange struct {
	http.ResponseWriter
	control      *http.ResponseController
	request      *http.Request // the handler's copy
	original     *http.Request // net/http's own
	writeTimeout time.Duration // of a writeStep in HTTP/2; zero: none
	http2        bool
	departing    bool // the response must ask the client to reconnect, and does not yet
	settled      bool // the rest of the body has been read or given up
	duplex       bool // the handler reads and writes at once
	hijacked     bool
	buffered     int // bytes written so far, up to flushSize

	body timedBody
}

var _ http.ResponseWriter = (*exchange)(nil)

var (
	_ http.Flusher    = (*exchange)(nil)
	_ http.Hijacker   = (*exchange)(nil)
	_ io.ReaderFrom   = (*exchange)(nil)
	_ io.StringWriter = (*exchange)(nil)
)

const (
	// unreadLimit is how much of an unread body is read to keep the connection usable;
	// the same as in net/http.
	unreadLimit = 256 << 10
	// unreadTime limits the time of that.
	unreadTime = 5 * time.Second
	// flushSize is how much of a response net/http buffers in HTTP/2.
	flushSize = 4 << 10
	// forever is the WriteTimeout of net/http's own server. It limits nothing, but makes
	// net/http start the write timer of a stream together with the stream, and so stop it
	// with the stream. A timer started later, for a stream that its client has reset in the
	// meantime, would keep the stream in memory and reset it once more when it fires. For
	// the same reason a write deadline is never removed, only moved here.
	forever = 100 * 365 * 24 * time.Hour
)

func newExchange(w http.ResponseWriter, hr *http.Request, o *Options, departing bool) *exchange {
	e := &exchange{
		ResponseWriter: w, control: http.NewResponseController(w), request: hr, original: hr,
		http2: hr.ProtoMajor >= 2, writeTimeout: o.WriteTimeout, departing: departing,
	}
	if hr.Body == http.NoBody && !e.http2 {
		e.body.ended = true
		return e
	}
	e.request = new(http.Request)
	*e.request = *hr
	if hr.Body == http.NoBody || hr.Body == nil || e.http2 && hr.ContentLength == 0 {
		e.request.Body = http.NoBody
		e.body.ended = true
		return e
	}
	e.body = timedBody{exchange: e, from: hr.Body, timeout: o.BodyTimeout, rate: int64(o.BodyRate)}
	e.request.Body = &e.body
	return e
}

func (e *exchange) WriteHeader(status int) {
	if status == http.StatusSwitchingProtocols {
		e.departing = false // the connection does not return to HTTP
	}
	if status >= 200 || status == http.StatusSwitchingProtocols {
		e.settle()
	}
	e.ResponseWriter.WriteHeader(status)
}

func (e *exchange) Write(b []byte) (n int, err error) {
	e.settle()
	if !e.http2 || e.writeTimeout == 0 {
		return e.ResponseWriter.Write(b)
	}
	for {
		step := b[n:min(len(b), n+writeStep)]
		done, err := e.writeStep(step)
		n += done
		if err != nil || n == len(b) {
			return n, err
		}
	}
}

// writeStep writes one step to a stream of HTTP/2. Setting a deadline sends a message to the
// stream's goroutine, so bytes that only fill the buffer are written without one.
func (e *exchange) writeStep(step []byte) (int, error) {
	if e.buffered += len(step); e.buffered < flushSize {
		return e.ResponseWriter.Write(step)
	}
	e.buffered = flushSize
	_ = e.SetWriteDeadline(time.Now().Add(e.writeTimeout))
	n, err := e.ResponseWriter.Write(step)
	_ = e.SetWriteDeadline(time.Time{})
	return n, err
}

func (e *exchange) WriteString(s string) (int, error) {
	if e.http2 {
		return e.Write([]byte(s))
	}
	e.settle()
	return io.WriteString(e.ResponseWriter, s)
}

// ReadFrom keeps sendfile for files in HTTP/1.
func (e *exchange) ReadFrom(src io.Reader) (int64, error) {
	e.settle()
	if to, ok := e.ResponseWriter.(io.ReaderFrom); ok {
		return to.ReadFrom(src)
	}
	buf := copyBuffers.Get().(*[32 << 10]byte)
	defer copyBuffers.Put(buf)
	return io.CopyBuffer(struct{ io.Writer }{e}, src, buf[:])
}

func (e *exchange) Flush() { _ = e.FlushError() }

func (e *exchange) FlushError() error {
	e.settle()
	if !e.http2 || e.writeTimeout == 0 {
		return e.control.Flush()
	}
	_ = e.SetWriteDeadline(time.Now().Add(e.writeTimeout))
	err := e.control.Flush()
	_ = e.SetWriteDeadline(time.Time{})
	return err
}

// SetWriteDeadline is for http.ResponseController too. It keeps the timer of a stream when it
// removes the deadline: see forever.
func (e *exchange) SetWriteDeadline(t time.Time) error {
	if e.http2 && t.IsZero() {
		t = time.Now().Add(forever)
	}
	return e.control.SetWriteDeadline(t)
}

// Hijack hands the connection over without a deadline.
func (e *exchange) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	e.body.setDeadline(time.Time{})
	c, buffered, err := e.control.Hijack()
	e.hijacked = err == nil
	return c, buffered, err
}

// EnableFullDuplex lets the handler read on after its first write; settle then leaves the
// body alone.
func (e *exchange) EnableFullDuplex() error {
	err := e.control.EnableFullDuplex()
	e.duplex = err == nil
	return err
}

// Unwrap is for http.ResponseController.
func (e *exchange) Unwrap() http.ResponseWriter { return e.ResponseWriter }

// settle deals with the unread rest of the body before the response header is sent: it reads
// the rest, or makes net/http close the connection after the response. A client that waits
// for a 100 (Continue) does not get one.
func (e *exchange) settle() {
	if e.departing && !e.hijacked {
		e.departing = false
		e.askToReconnect()
	}
	if e.settled || e.duplex || e.hijacked {
		return
	}
	e.settled = true
	if !e.http2 && !e.body.hasEnded() && !e.body.settle() {
		e.closeAfter()
	}
}

// askToReconnect adds the option "close" to the response's Connection header, whatever the
// handler has set. In HTTP/2, net/http then sends a GOAWAY. It recognizes the option only as the
// first line.
func (e *exchange) askToReconnect() {
	lines := []string{"close"}
	for _, line := range e.Header()["Connection"] {
		for option := range strings.SplitSeq(line, ",") {
			switch option = strings.TrimSpace(option); strings.ToLower(option) {
			case "", "close", "keep-alive":
			default:
				lines = append(lines, option)
			}
		}
	}
	e.Header()["Connection"] = lines
}

// closeAfter makes net/http close the connection after the response, slowly enough for a
// client that is still sending to read it. Exceeding the limit of a MaxBytesReader is how
// the standard library lets a handler ask for that.
func (e *exchange) closeAfter() {
	exceeded := http.MaxBytesReader(e.ResponseWriter, io.NopCloser(strings.NewReader("xx")), 0)
	_, _ = exceeded.Read(make([]byte, 2))
}

// finish is called when the handler has returned, before net/http sends what it still
// buffers.
func (e *exchange) finish() {
	switch {
	case e.hijacked:
	case e.http2:
		e.settle()
		if e.writeTimeout > 0 {
			_ = e.SetWriteDeadline(time.Now().Add(e.writeTimeout))
		}
	default:
		if e.duplex && !e.body.hasEnded() {
			e.finishDuplex()
		}
		e.settle()
	}
}

// finishDuplex keeps the rest of the body from being read as the next request.
func (e *exchange) finishDuplex() {
	if !e.body.reading.TryLock() {
		e.closeAfter() // another goroutine still reads
		return
	}
	defer e.body.reading.Unlock()
	if e.body.isClosed() {
		e.closeAfter() // another goroutine closed it, as the transport of a proxy does
		return
	}
	if !e.body.discard() {
		panic(http.ErrAbortHandler)
	}
}

// cleanup is called last, also after a panic. It ends the reads of other goroutines, and keeps
// net/http from reading more of the body.
func (e *exchange) cleanup() {
	e.body.mu.Lock()
	e.body.over = true
	unread := !e.http2 && !e.hijacked && !e.body.ended
	if unread {
		_ = e.control.SetReadDeadline(past)
	}
	e.body.mu.Unlock()
	if unread {
		// The read in progress ends at once. If net/http saw it, it would end it itself, remove
		// the deadline and then read the rest.
		e.body.reading.Lock()
		//lint:ignore SA2001 it only waits
		e.body.reading.Unlock()
	}
	if form := e.request.MultipartForm; form != nil {
		_ = form.RemoveAll()
	}
}
