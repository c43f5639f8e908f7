package web

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
)

// sendRare sends what is not in memory: readers, streams, handlers.
func (resp *Response) sendRare(w http.ResponseWriter, r *Request) (sent Sent, err error) {
	out := &outgoing{w: w, resp: resp}
	defer func() {
		if e := recovered(recover()); e != nil {
			err = e
		}
		sent = out.sent
	}()
	if resp.kind == bodyHandler {
		resp.writeHeaders(w.Header())
		resp.rare.source.(http.Handler).ServeHTTP(&passage{out}, r.HTTP())
		if !out.sent.Started { // net/http sends it when the handler returns
			out.sent = Sent{Status: http.StatusOK, Started: true}
		}
		return out.sent, nil
	}
	switch {
	case bodyless(resp.Status()), r.Method == http.MethodHead:
		out.start()
	case resp.kind == bodyReader:
		err = resp.sendReader(out)
	default:
		err = resp.rare.source.(func(StreamWriter) error)(out)
	}
	if err == nil {
		out.start()
	}
	return out.sent, err
}

var chunks = sync.Pool{New: func() any { return new([4096]byte) }}

// sendReader reads the first bytes before anything is sent, so that a reader
// which fails at once still gets a proper answer; the rest goes the quickest way
// the server knows.
func (resp *Response) sendReader(out *outgoing) error {
	body, size := resp.rare.source.(io.Reader), resp.rare.size
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

func short(err error, got, size int64) error {
	if err == io.EOF {
		return fmt.Errorf("send response: the body ended after %d of %d bytes: %w", got, size, io.ErrUnexpectedEOF)
	}
	return err
}

// outgoing sends the head of the message with the first byte of its body.
type outgoing struct {
	w    http.ResponseWriter
	resp *Response
	sent Sent
}

var _ StreamWriter = (*outgoing)(nil)

func (o *outgoing) start() {
	if o.sent.Started {
		return
	}
	status, h := o.resp.Status(), o.w.Header()
	o.resp.writeHeaders(h)
	if bodyless(status) {
		strip(h, status)
	} else {
		size := int64(-1)
		if o.resp.kind == bodyReader {
			size = o.resp.rare.size
		}
		o.resp.needType(h, int(size))
		if size >= 0 {
			h["Content-Length"] = []string{strconv.FormatInt(size, 10)}
		}
	}
	o.w.WriteHeader(status)
	o.sent = Sent{Status: status, Started: true}
}

// Write sends p, after the head if it is the first.
func (o *outgoing) Write(p []byte) (int, error) {
	o.start()
	n, err := o.w.Write(p)
	o.sent.Bytes += int64(n)
	return n, err
}

// WriteString is Write without a copy.
func (o *outgoing) WriteString(s string) (int, error) {
	o.start()
	n, err := io.WriteString(o.w, s)
	o.sent.Bytes += int64(n)
	return n, err
}

// Flush sends the head if need be, and what the server holds back.
func (o *outgoing) Flush() error {
	o.start()
	err := http.NewResponseController(o.w).Flush()
	if errors.Is(err, http.ErrNotSupported) {
		return nil // nothing is held back that could be sent earlier
	}
	return err
}

// passage lets an http.Handler through to the connection, and counts. It has the
// interfaces that handlers look for, and Unwrap for http.ResponseController.
type passage struct{ *outgoing }

var (
	_ http.Flusher  = (*passage)(nil)
	_ http.Hijacker = (*passage)(nil)
	_ io.ReaderFrom = (*passage)(nil)
)

func (p *passage) Header() http.Header { return p.w.Header() }

func (p *passage) WriteHeader(status int) {
	if !p.sent.Started && (status >= 200 || status == http.StatusSwitchingProtocols) {
		p.sent.Status, p.sent.Started = status, true
	}
	p.w.WriteHeader(status)
}

func (p *passage) implicit() {
	if !p.sent.Started {
		p.sent.Status, p.sent.Started = http.StatusOK, true
	}
}

func (p *passage) Write(b []byte) (int, error) {
	p.implicit()
	n, err := p.w.Write(b)
	p.sent.Bytes += int64(n)
	return n, err
}

func (p *passage) WriteString(s string) (int, error) {
	p.implicit()
	n, err := io.WriteString(p.w, s)
	p.sent.Bytes += int64(n)
	return n, err
}

func (p *passage) ReadFrom(src io.Reader) (int64, error) {
	p.implicit()
	n, err := io.Copy(p.w, src)
	p.sent.Bytes += n
	return n, err
}

func (p *passage) Flush() { _ = p.FlushError() }

func (p *passage) FlushError() error {
	p.implicit()
	return http.NewResponseController(p.w).Flush()
}

func (p *passage) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := http.NewResponseController(p.w).Hijack()
	if err == nil && !p.sent.Started {
		p.sent.Status, p.sent.Started = http.StatusSwitchingProtocols, true
	}
	return conn, buffered, err
}

func (p *passage) Unwrap() http.ResponseWriter { return p.w }
