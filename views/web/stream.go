package web

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"strconv"
	"sync"

	"github.com/mastaba-go/mastaba/views/web/internal/header"
)

// sendSource sends a response whose body is a reader, a stream or a handler.
func (resp *Response) sendSource(w http.ResponseWriter, r *Request) (sent Sent, err error) {
	out := &streamWriter{w: w, resp: resp}
	var before http.Header // of the writer, if a handler can change it
	defer func() {
		if e := recovered(recover()); e != nil {
			err = e
		}
		sent = out.sent
		if err != nil && !sent.Started && resp.kind == bodyHandler {
			restore(w.Header(), before)
		}
	}()
	if resp.kind == bodyHandler {
		if h := w.Header(); len(h) > 0 {
			before = h.Clone()
		}
		resp.writeHeaders(w.Header())
		lent := &handlerWriter{out, len(w.Header()) > 0}
		resp.extras.source.(http.Handler).ServeHTTP(lent, r.HTTP())
		lent.begin(http.StatusOK) // net/http sends it when the handler returns
		return out.sent, nil
	}
	switch {
	case bodyless(resp.Status()), r.Method == http.MethodHead:
		out.start()
	case resp.kind == bodyReader:
		err = resp.sendReader(out)
	default:
		err = resp.extras.source.(func(StreamWriter) error)(out)
	}
	counted := resp.kind == bodyReader && resp.extras.size >= 0
	if err == nil && !counted && r.Method != http.MethodHead && !bodyless(resp.Status()) {
		err = resp.complete(out.sent.Bytes)
	}
	if err == nil {
		out.start()
	}
	return out.sent, err
}

// restore makes h what it was before a handler that failed: what it had set belongs to its own
// response, not to that of its error.
func restore(h, before http.Header) {
	clear(h)
	maps.Copy(h, before)
}

var chunks = sync.Pool{New: func() any { return new([4096]byte) }}

// sendReader reads the first bytes before it sends anything, so that an error of a reader that
// fails at once can still get a response. The rest is copied by the server, with sendfile if it
// can.
func (resp *Response) sendReader(out *streamWriter) error {
	body, size := resp.extras.source.(io.Reader), resp.extras.size
	if size == 0 {
		return nil
	}
	chunk := chunks.Get().(*[4096]byte)
	defer chunks.Put(chunk)
	first := chunk[:]
	if size > 0 && size < int64(len(first)) {
		first = first[:size]
	}
	n, err := io.ReadAtLeast(body, first, 1)
	if err == io.EOF && size < 0 {
		return nil
	}
	if err != nil {
		return short(err, 0, size)
	}
	if _, err := out.Write(first[:n]); err != nil {
		return err
	}
	if size < 0 {
		copied, err := io.Copy(out.w, body)
		out.sent.Bytes += copied
		return err
	}
	copied, err := io.CopyN(out.w, body, size-int64(n))
	out.sent.Bytes += copied
	return short(err, out.sent.Bytes, size)
}

// complete returns an error if the body is shorter than the length that the response declares.
func (resp *Response) complete(got int64) error {
	declared := resp.Header("Content-Length")
	if declared == "" {
		return nil
	}
	size, err := strconv.ParseInt(declared, 10, 64)
	if err != nil || size <= got {
		return nil
	}
	return short(io.EOF, got, size)
}

func short(err error, got, size int64) error {
	if err == io.EOF {
		return fmt.Errorf("send response: body ended after %d of %d bytes: %w", got, size, io.ErrUnexpectedEOF)
	}
	return err
}

// streamWriter sends status and headers with the first byte of the body.
type streamWriter struct {
	w    http.ResponseWriter
	resp *Response
	sent Sent
}

var _ StreamWriter = (*streamWriter)(nil)

func (o *streamWriter) start() {
	if o.sent.Started {
		return
	}
	status, h := o.resp.Status(), o.w.Header()
	o.resp.writeHeaders(h)
	o.resp.correct(h, status)
	if bodyless(status) {
		strip(h, status)
	} else {
		size := int64(-1)
		if o.resp.kind == bodyReader {
			size = o.resp.extras.size
		}
		o.resp.needType(h, int(size))
		if size >= 0 {
			h["Content-Length"] = []string{strconv.FormatInt(size, 10)}
		}
	}
	o.w.WriteHeader(status)
	o.sent = Sent{Status: status, Started: true}
}

// Write sends p, after status and headers.
func (o *streamWriter) Write(p []byte) (int, error) {
	o.start()
	n, err := o.w.Write(p)
	o.sent.Bytes += int64(n)
	return n, err
}

// WriteString is Write without copying s.
func (o *streamWriter) WriteString(s string) (int, error) {
	o.start()
	n, err := io.WriteString(o.w, s)
	o.sent.Bytes += int64(n)
	return n, err
}

// Flush sends status and headers, and what the server has buffered.
func (o *streamWriter) Flush() error {
	o.start()
	err := http.NewResponseController(o.w).Flush()
	if errors.Is(err, http.ErrNotSupported) {
		return nil // nothing is buffered
	}
	return err
}

// handlerWriter counts what an http.Handler writes. It has the interfaces that handlers look for,
// and Unwrap for http.ResponseController.
type handlerWriter struct {
	*streamWriter
	shared bool // the handler adds its headers to others
}

var (
	_ http.Flusher  = (*handlerWriter)(nil)
	_ http.Hijacker = (*handlerWriter)(nil)
	_ io.ReaderFrom = (*handlerWriter)(nil)
)

func (p *handlerWriter) Header() http.Header { return p.w.Header() }

func (p *handlerWriter) WriteHeader(status int) {
	if status >= 200 || status == http.StatusSwitchingProtocols {
		p.begin(status)
	}
	p.w.WriteHeader(status)
}

// begin records the status of a handler, which is sent next.
func (p *handlerWriter) begin(status int) {
	if p.sent.Started {
		return
	}
	p.unify()
	p.resp.correct(p.w.Header(), status)
	p.sent.Status, p.sent.Started = status, true
}

func (p *handlerWriter) unify() {
	if p.shared {
		header.Unify(p.w.Header())
	}
}

func (p *handlerWriter) Write(b []byte) (int, error) {
	p.begin(http.StatusOK)
	n, err := p.w.Write(b)
	p.sent.Bytes += int64(n)
	return n, err
}

func (p *handlerWriter) WriteString(s string) (int, error) {
	p.begin(http.StatusOK)
	n, err := io.WriteString(p.w, s)
	p.sent.Bytes += int64(n)
	return n, err
}

func (p *handlerWriter) ReadFrom(src io.Reader) (int64, error) {
	p.begin(http.StatusOK)
	n, err := io.Copy(p.w, src)
	p.sent.Bytes += n
	return n, err
}

func (p *handlerWriter) Flush() { _ = p.FlushError() }

func (p *handlerWriter) FlushError() error {
	p.begin(http.StatusOK)
	return http.NewResponseController(p.w).Flush()
}

func (p *handlerWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := http.NewResponseController(p.w).Hijack()
	if err == nil && !p.sent.Started {
		p.sent.Status, p.sent.Started = http.StatusSwitchingProtocols, true
	}
	return conn, buffered, err
}

func (p *handlerWriter) Unwrap() http.ResponseWriter { return p.w }
