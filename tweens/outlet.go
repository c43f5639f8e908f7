package tweens

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"runtime/debug"
	"slices"
	"sync"

	"github.com/mastaba-go/mastaba/views/web"
)

// bufferLimit is how much of an answer is kept before it becomes a stream.
const bufferLimit = 64 << 10

// outlet is the http.ResponseWriter that a middleware is given.
type outlet struct {
	x      *crossing
	header http.Header

	begun   chan struct{}            // closed when the answer is to be streamed, or the connection asked for
	pieces  chan piece               // of a stream, made when it begins
	passed  chan passed              // likewise
	writers chan http.ResponseWriter // the real one for a hijacker, made when there is one

	// mu guards all below, and lets one write at a time. The request's goroutine reads them without it, once begun or over
	// is closed: from then on they stay as they are.
	mu        sync.Mutex
	status    int // 0: not fixed yet
	resp      *web.Response
	buf       []byte
	streaming bool
	hijacking bool
	direct    http.ResponseWriter // what a hijacker was given
}

// piece is one Write or Flush, and passed what came of it.
type (
	piece struct {
		bytes []byte
		text  string // or this
		flush bool   // or this
	}
	passed struct {
		n   int
		err error
	}
)

// pass does on w what was done on the outlet. A panic of w must not leave the one who waits for the outcome behind.
func (p piece) pass(w web.StreamWriter) (n int, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = caught(v, debug.Stack())
		}
	}()
	if p.flush {
		return 0, w.Flush()
	}
	return p.write(w)
}

func (p piece) write(w io.Writer) (n int, err error) {
	if p.text != "" {
		return io.WriteString(w, p.text)
	}
	return w.Write(p.bytes)
}

func (o *outlet) open(x *crossing) {
	o.x = x
	o.header = http.Header{}
	o.begun = make(chan struct{})
}

// Header returns the header that will be sent.
func (o *outlet) Header() http.Header { return o.header }

// WriteHeader fixes status and header. Informational statuses are ignored.
func (o *outlet) WriteHeader(status int) {
	if status < 100 || status > 999 {
		panic(fmt.Sprintf("invalid WriteHeader code %d", status)) // as net/http does
	}
	if status < 200 && status != http.StatusSwitchingProtocols {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if !closed(o.x.over) {
		o.fix(status)
	}
}

func (o *outlet) fix(status int) {
	if o.status != 0 {
		return
	}
	o.status = status
	if o.direct != nil {
		maps.Copy(o.direct.Header(), o.header)
		o.direct.WriteHeader(status)
		return
	}
	o.resp = web.Respond(status)
	for name, values := range o.header {
		for _, v := range values {
			o.resp.AddHeader(name, v)
		}
	}
}

// errReturned is for writes after the middleware has returned.
var errReturned = errors.New("write after the middleware has returned")

// Write keeps p, or passes it on.
func (o *outlet) Write(p []byte) (int, error) { return o.write(piece{bytes: p}) }

// WriteString is Write without a copy.
func (o *outlet) WriteString(s string) (int, error) { return o.write(piece{text: s}) }

func (o *outlet) write(p piece) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if closed(o.x.over) {
		return 0, errReturned
	}
	o.fix(http.StatusOK)
	n := len(p.bytes) + len(p.text) // one of both is empty
	switch {
	case o.direct != nil:
		return p.write(o.direct)
	case o.status < 200, o.status == http.StatusNoContent, o.status == http.StatusNotModified:
		return 0, http.ErrBodyNotAllowed
	case o.x.r.Method == http.MethodHead:
		return n, nil
	case o.streaming:
	case len(o.buf)+n <= bufferLimit:
		o.buf = append(append(o.buf, p.bytes...), p.text...)
		return n, nil
	default:
		o.sniff(p)
		o.begin()
	}
	return o.hand(p)
}

// Flush passes on what was written.
func (o *outlet) Flush() { _ = o.FlushError() }

// FlushError passes on what was written, and says whether it went.
func (o *outlet) FlushError() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if closed(o.x.over) {
		return errReturned
	}
	o.fix(http.StatusOK)
	if o.direct != nil {
		return http.NewResponseController(o.direct).Flush()
	}
	if !o.streaming {
		o.sniff(piece{})
		o.begin()
	}
	_, err := o.hand(piece{flush: true})
	return err
}

// begin makes the answer a stream.
func (o *outlet) begin() {
	o.streaming = true
	o.pieces, o.passed = make(chan piece), make(chan passed)
	close(o.begun)
}

// hand gives a piece to whoever writes the response, and waits for it: the bytes belong to the caller.
func (o *outlet) hand(p piece) (int, error) {
	select {
	case o.pieces <- p:
		done := <-o.passed
		return done.n, done.err
	case <-o.x.over:
		return 0, errReturned
	case <-o.x.ctx.Done():
		return 0, o.x.ctx.Err()
	}
}

// Hijack takes the connection over, if nothing was written yet. It waits until the response is written.
func (o *outlet) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.direct == nil {
		if o.status != 0 || o.hijacking {
			return nil, nil, fmt.Errorf("hijack: the answer has begun: %w", http.ErrNotSupported)
		}
		o.hijacking = true
		o.writers = make(chan http.ResponseWriter)
		close(o.begun)
		select {
		case o.direct = <-o.writers:
		case <-o.x.over:
			return nil, nil, errReturned
		case <-o.x.ctx.Done():
			return nil, nil, o.x.ctx.Err()
		}
	}
	return http.NewResponseController(o.direct).Hijack()
}

// sniff finds the type of an answer that names none, as net/http does for its handlers, from the first bytes of it: those
// that were kept, and those of p.
func (o *outlet) sniff(p piece) {
	const enough = 512 // all that DetectContentType looks at
	first := o.buf
	if len(first) < enough {
		first = slices.Clip(first) // append must not write into what is kept
		first = append(append(first, p.bytes[:min(len(p.bytes), enough)]...), p.text[:min(len(p.text), enough)]...)
	}
	_, named := o.header["Content-Type"]
	if len(first) > 0 && !named && o.resp.ContentType() == "" && o.resp.Header("Content-Encoding") == "" {
		o.resp.SetContentType(http.DetectContentType(first))
	}
}

// answer is the status of a middleware that has returned.
func (o *outlet) answer() int {
	o.mu.Lock() // against goroutines that it may have left behind
	defer o.mu.Unlock()
	return o.status
}

// response is the answer of a middleware that has returned.
func (o *outlet) response() *web.Response {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.fix(http.StatusOK)
	if o.x.r.Method != http.MethodHead { // a HEAD without a body keeps the Content-Length that the middleware set
		o.sniff(piece{})
		o.resp.SetBytes(o.buf)
	}
	return o.resp
}

var (
	_ http.ResponseWriter = (*outlet)(nil)
	_ http.Flusher        = (*outlet)(nil)
	_ http.Hijacker       = (*outlet)(nil)
	_ io.StringWriter     = (*outlet)(nil)
)
