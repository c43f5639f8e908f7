package tweens

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/mastaba-go/mastaba/views/web"
)

// bufferLimit is how much output is buffered before it becomes a stream.
const bufferLimit = 64 << 10

// middlewareWriter is the http.ResponseWriter of a middleware.
type middlewareWriter struct {
	m      *middlewareRun
	header http.Header

	begun   chan struct{}            // closed when the output becomes a stream, or the connection is hijacked
	chunks  chan chunk               // of a stream, made when it begins
	written chan written             // likewise
	writers chan http.ResponseWriter // the real one for Hijack, made when that is called

	// mu guards all below, and lets one write at a time. The request's goroutine reads them without
	// it once begun or over is closed, since they do not change after that.
	mu        sync.Mutex
	status    int   // 0 while undecided
	declared  int64 // the Content-Length, -1 without one
	length    int64 // of what was written
	resp      *web.Response
	typed     bool // the header had a Content-Type, even one without a value
	buf       []byte
	streaming bool
	hijacking bool
	direct    http.ResponseWriter // the real one, after Hijack
}

// chunk is one Write or Flush, and written its result.
type (
	chunk struct {
		bytes []byte
		text  string // instead of bytes
		flush bool   // instead of both
	}
	written struct {
		n   int
		err error
	}
)

// writeTo does on w what was done on the middlewareWriter. It recovers, because another goroutine
// waits for the result.
func (p chunk) writeTo(w web.StreamWriter) (n int, err error) {
	err = try(func() (err error) {
		if p.flush {
			return w.Flush()
		}
		n, err = p.write(w)
		return err
	})
	return n, err
}

func (p chunk) write(w io.Writer) (n int, err error) {
	if p.text != "" {
		return io.WriteString(w, p.text)
	}
	return w.Write(p.bytes)
}

func (o *middlewareWriter) open(m *middlewareRun) {
	o.m = m
	o.header = http.Header{}
	o.begun = make(chan struct{})
}

// Header returns the header that will be sent.
func (o *middlewareWriter) Header() http.Header {
	o.m.unwindDoomed()
	return o.header
}

// WriteHeader sets the status and the header of the response. An informational status goes to the
// client at once.
func (o *middlewareWriter) WriteHeader(status int) {
	o.m.unwindDoomed()
	if status < 100 || status > 999 {
		panic(fmt.Sprintf("invalid WriteHeader code %d", status)) // as net/http does
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case closed(o.m.over):
	case status >= 200, status == http.StatusSwitchingProtocols:
		o.setHeader(status)
	case o.status == 0 && !o.hijacking:
		web.Drive(o.m.r).Inform(status, o.header)
	}
}

func (o *middlewareWriter) setHeader(status int) {
	if o.status != 0 {
		return
	}
	o.status = status
	if o.direct != nil {
		h := o.direct.Header()
		for name, values := range o.header {
			if name == "Set-Cookie" || name == "Vary" {
				values = append(h[name], values...)
			}
			h[name] = values
		}
		o.direct.WriteHeader(status)
		return
	}
	o.resp = web.Respond(status)
	o.declared = -1
	_, o.typed = o.header["Content-Type"]
	for name, values := range o.header {
		switch {
		case strings.HasPrefix(name, http.TrailerPrefix): // a trailer, none of the headers
		case name == "Vary":
			o.setVary(values)
		case name == "Content-Length":
			o.declare(values)
		default:
			for _, v := range values {
				o.resp.AddHeader(name, v)
			}
		}
	}
}

// setVary joins the lines of Vary.
func (o *middlewareWriter) setVary(lines []string) {
	for _, line := range lines {
		for name := range strings.SplitSeq(line, ",") {
			if name = strings.TrimSpace(name); name != "" {
				o.resp.AddVary(name)
			}
		}
	}
}

// declare sets the declared length. An invalid one is dropped, as net/http does.
func (o *middlewareWriter) declare(values []string) {
	if len(values) == 0 {
		return
	}
	if n, err := strconv.ParseInt(values[0], 10, 64); err == nil && n >= 0 {
		o.declared = n
		o.resp.SetHeader("Content-Length", values[0])
	}
}

// exceeds reports whether n more bytes are more than the declared length. What is longer is
// dropped, as in net/http, unless the whole body fits the buffer: then Send corrects the length.
func (o *middlewareWriter) exceeds(n int) bool {
	o.length += int64(n)
	return o.declared >= 0 && o.length > o.declared && (o.streaming || len(o.buf)+n > bufferLimit)
}

// errReturned is the error of writes after the middleware has returned.
var errReturned = errors.New("write after the middleware has returned")

// Write buffers p, or passes it on.
func (o *middlewareWriter) Write(p []byte) (int, error) { return o.write(chunk{bytes: p}) }

// WriteString is Write without a copy.
func (o *middlewareWriter) WriteString(s string) (int, error) { return o.write(chunk{text: s}) }

func (o *middlewareWriter) write(p chunk) (int, error) {
	o.m.unwindDoomed()
	o.mu.Lock()
	defer o.mu.Unlock()
	if closed(o.m.over) {
		return 0, errReturned
	}
	o.setHeader(http.StatusOK)
	n := len(p.bytes) + len(p.text) // one of them is empty
	switch {
	case o.direct != nil:
		return p.write(o.direct)
	case o.status < 200, o.status == http.StatusNoContent, o.status == http.StatusNotModified:
		return 0, http.ErrBodyNotAllowed
	case o.m.r.Method == http.MethodHead:
		o.writeHead(p, n)
		return n, nil
	case o.exceeds(n):
		return 0, http.ErrContentLength
	case o.streaming:
	case len(o.buf)+n <= bufferLimit:
		o.buf = append(append(o.buf, p.bytes...), p.text...)
		return n, nil
	default:
		o.detectType(p)
		o.begin()
	}
	return o.pass(p)
}

// writeHead buffers p of n bytes for a HEAD, whose Content-Type and Content-Length follow from what
// would be the body (RFC 9110 9.3.2). A body that does not fit the buffer has no known length.
func (o *middlewareWriter) writeHead(p chunk, n int) {
	o.length += int64(n)
	switch {
	case o.streaming:
	case o.length <= bufferLimit:
		o.buf = append(append(o.buf, p.bytes...), p.text...)
	default:
		o.detectType(p)
	}
}

// Flush passes on what was written.
func (o *middlewareWriter) Flush() { _ = o.FlushError() }

// FlushError is Flush with its error.
func (o *middlewareWriter) FlushError() error {
	o.m.unwindDoomed()
	o.mu.Lock()
	defer o.mu.Unlock()
	if closed(o.m.over) {
		return errReturned
	}
	o.setHeader(http.StatusOK)
	if o.direct != nil {
		return http.NewResponseController(o.direct).Flush()
	}
	if !o.streaming {
		o.detectType(chunk{})
		o.begin()
	}
	_, err := o.pass(chunk{flush: true})
	return err
}

// begin turns the output into a stream.
func (o *middlewareWriter) begin() {
	o.streaming = true
	o.chunks, o.written = make(chan chunk), make(chan written)
	close(o.begun)
}

// pass passes a chunk to the goroutine that sends the response, and waits for it, since the bytes
// belong to the caller.
func (o *middlewareWriter) pass(p chunk) (int, error) {
	select {
	case o.chunks <- p:
		done := <-o.written
		return done.n, done.err
	case <-o.m.over:
		return 0, errReturned
	case <-o.m.unserved:
		return 0, o.m.ctx.Err()
	}
}

// Hijack takes over the connection, if nothing was written yet. It waits until the response is
// sent.
func (o *middlewareWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	o.m.unwindDoomed()
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.direct == nil {
		if o.status != 0 || o.hijacking {
			return nil, nil, fmt.Errorf("hijack: the response has begun: %w", http.ErrNotSupported)
		}
		o.hijacking = true
		o.writers = make(chan http.ResponseWriter)
		close(o.begun)
		select {
		case o.direct = <-o.writers:
		case <-o.m.over:
			return nil, nil, errReturned
		case <-o.m.unserved:
			return nil, nil, o.m.ctx.Err()
		}
	}
	return http.NewResponseController(o.direct).Hijack()
}

// detectType sets a missing content type, as net/http does for its handlers, from the first bytes:
// those that were buffered, and those of p.
func (o *middlewareWriter) detectType(p chunk) {
	const enough = 512 // DetectContentType looks at no more
	first := o.buf
	if len(first) < enough {
		first = slices.Clip(first) // append must not write to the buffer
		first = append(append(first, p.bytes[:min(len(p.bytes), enough)]...), p.text[:min(len(p.text), enough)]...)
	}
	if len(first) > 0 && !o.typed && o.resp.ContentType() == "" && o.resp.Header("Content-Encoding") == "" {
		o.resp.SetContentType(http.DetectContentType(first))
	}
}

// finalStatus returns the status of a middleware that has returned.
func (o *middlewareWriter) finalStatus() int {
	o.mu.Lock() // the middleware may have left goroutines behind
	defer o.mu.Unlock()
	return o.status
}

// response returns the response of a middleware that has returned.
func (o *middlewareWriter) response() *web.Response {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.setHeader(http.StatusOK)
	if o.m.r.Method == http.MethodHead {
		o.detectType(chunk{})
		if o.declared < 0 && len(o.buf) > 0 && o.length <= bufferLimit {
			o.resp.SetBytes(o.buf) // for its length
		}
		return o.resp
	}
	o.detectType(chunk{})
	if o.status != http.StatusNotModified { // whose length is that of the 200
		o.resp.DelHeader("Content-Length")
	}
	o.resp.SetBytes(o.buf)
	return o.resp
}

var (
	_ http.ResponseWriter = (*middlewareWriter)(nil)
	_ http.Flusher        = (*middlewareWriter)(nil)
	_ http.Hijacker       = (*middlewareWriter)(nil)
	_ io.StringWriter     = (*middlewareWriter)(nil)
)
