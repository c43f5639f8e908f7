package stream

import (
	"bufio"
	"io"
	"net"
	"net/http"

	"github.com/mastaba-go/mastaba/views/web/internal/header"
)

// HandlerWriter counts what an http.Handler writes. It has the interfaces that handlers look for,
// and Unwrap for http.ResponseController.
type HandlerWriter struct {
	*Writer
	Shared bool // the handler adds its headers to others
	// Inform sends informational responses in place of W; if it is nil, W sends them.
	Inform func(status int, h http.Header)
}

var (
	_ http.Flusher  = (*HandlerWriter)(nil)
	_ http.Hijacker = (*HandlerWriter)(nil)
	_ io.ReaderFrom = (*HandlerWriter)(nil)
)

// Header returns the headers of the writer.
func (p *HandlerWriter) Header() http.Header { return p.W.Header() }

// WriteHeader sends the status; an informational one does not begin the response.
func (p *HandlerWriter) WriteHeader(status int) {
	if status >= 200 || status == http.StatusSwitchingProtocols {
		if !p.Sent.Started {
			status = header.Whole(p.W.Header(), status)
		}
		p.Begin(status)
	} else if p.Inform != nil {
		p.Inform(status, p.W.Header())
		return
	}
	p.W.WriteHeader(status)
}

// Begin records the status of a handler, which is sent next.
func (p *HandlerWriter) Begin(status int) {
	if p.Sent.Started {
		return
	}
	if p.Shared {
		header.Unify(p.W.Header())
	}
	p.Head.Correct(p.W.Header(), status)
	p.Sent.Status, p.Sent.Started = status, true
}

// Write sends b.
func (p *HandlerWriter) Write(b []byte) (int, error) {
	p.Begin(http.StatusOK)
	n, err := p.W.Write(b)
	p.Sent.Bytes += int64(n)
	return n, err
}

// WriteString is Write without copying s.
func (p *HandlerWriter) WriteString(s string) (int, error) {
	p.Begin(http.StatusOK)
	n, err := io.WriteString(p.W, s)
	p.Sent.Bytes += int64(n)
	return n, err
}

// ReadFrom lets the server copy src, with sendfile if it can.
func (p *HandlerWriter) ReadFrom(src io.Reader) (int64, error) {
	p.Begin(http.StatusOK)
	n, err := io.Copy(p.W, src)
	p.Sent.Bytes += n
	return n, err
}

// Flush sends what the server has buffered.
func (p *HandlerWriter) Flush() { _ = p.FlushError() }

// FlushError is Flush with its error.
func (p *HandlerWriter) FlushError() error {
	p.Begin(http.StatusOK)
	return http.NewResponseController(p.W).Flush()
}

// Hijack takes over the connection.
func (p *HandlerWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := http.NewResponseController(p.W).Hijack()
	if err == nil && !p.Sent.Started {
		p.Sent.Status, p.Sent.Started = http.StatusSwitchingProtocols, true
	}
	return conn, buffered, err
}

// Unwrap returns the writer that the handler writes to.
func (p *HandlerWriter) Unwrap() http.ResponseWriter { return p.W }
