package tweens

import (
	"bufio"
	"bytes"
	"cmp"
	"io"
	"maps"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/mastaba-go/mastaba/views/web"
)

// compressedReader is a body that is compressed as it is read.
type compressedReader struct {
	c      *compression
	coding string
	source io.Reader
	size   int64 // of the source, -1 if unknown
	got    int64
	e      *lent
	out    bytes.Buffer
	chunk  []byte
	err    error // of the source
}

var _ io.ReadCloser = (*compressedReader)(nil)

func (b *compressedReader) Read(p []byte) (int, error) {
	if b.e == nil && b.err == nil {
		b.e = b.c.acquire(b.coding, &b.out)
		b.chunk = make([]byte, 16<<10)
	}
	for b.out.Len() == 0 {
		if b.err != nil {
			return 0, b.err
		}
		var n int
		n, b.err = b.source.Read(b.chunk)
		if b.size >= 0 && int64(n) > b.size-b.got { // what is longer is not sent, as without compression
			n, b.err = int(b.size-b.got), io.EOF
		}
		if b.got += int64(n); b.err == io.EOF {
			b.err = cmp.Or(incomplete(b.got, b.size), io.EOF)
		}
		if n > 0 { // a reader that fails at once must not begin a response
			if _, err := b.e.Write(b.chunk[:n]); err != nil {
				b.err = err
			}
		}
		if b.err == io.EOF {
			if err := b.e.Close(); err != nil {
				b.err = err
			}
		}
	}
	return b.out.Read(p)
}

// Close releases the encoder and closes the source.
func (b *compressedReader) Close() error {
	if b.e != nil {
		b.c.release(b.coding, b.e)
		b.e = nil
	}
	if b.err == nil {
		b.err = http.ErrBodyReadAfterClose
	}
	if closer, ok := b.source.(io.Closer); ok {
		return closer.Close()
	}
	return nil
}

// stream compresses what fn writes, which must have the length size; -1 means any. After an error
// or a panic the body stays incomplete.
func (c *compression) stream(w web.StreamWriter, coding string, size int64, fn func(web.StreamWriter) error) error {
	e := c.acquire(coding, w)
	defer c.release(coding, e)
	out := &compressedStream{encoder: e, w: w, size: size}
	if err := fn(out); err != nil {
		return err
	}
	if err := incomplete(out.got, size); err != nil {
		return err
	}
	return e.Close()
}

// compressedStream is the writer of a compressed stream.
type compressedStream struct {
	encoder
	w         web.StreamWriter
	size, got int64
}

var _ web.StreamWriter = (*compressedStream)(nil)

// Write compresses p. What is longer than the declared length is not sent.
func (s *compressedStream) Write(p []byte) (int, error) {
	var surplus error
	if s.size >= 0 && int64(len(p)) > s.size-s.got {
		p, surplus = p[:s.size-s.got], http.ErrContentLength
	}
	n, err := s.encoder.Write(p)
	s.got += int64(n)
	return n, cmp.Or(err, surplus)
}

// Flush sends what was written so far.
func (s *compressedStream) Flush() error {
	if err := s.encoder.Flush(); err != nil {
		return err
	}
	return s.w.Flush()
}

// SetWriteDeadline passes the deadline on.
func (s *compressedStream) SetWriteDeadline(at time.Time) error {
	if w, ok := s.w.(interface{ SetWriteDeadline(time.Time) error }); ok {
		return w.SetWriteDeadline(at)
	}
	return nil
}

// compressedHandler compresses what a handler writes.
type compressedHandler struct {
	decision
	r       *web.Request
	handler http.Handler
}

var _ http.Handler = (*compressedHandler)(nil)

func (h *compressedHandler) ServeHTTP(w http.ResponseWriter, hr *http.Request) {
	out := &compressedWriter{ResponseWriter: w, h: h, head: hr.Method == http.MethodHead}
	defer out.releaseEncoder()
	h.handler.ServeHTTP(out, hr)
	out.close()
}

// compressedWriter is the http.ResponseWriter of such a handler. It buffers what is written until
// it can decide: by the headers if they have the length, otherwise when the buffer is long enough,
// at the first Flush, or at the end.
type compressedWriter struct {
	http.ResponseWriter
	h      *compressedHandler
	head   bool
	status int         // 0: not fixed yet
	fixed  http.Header // as they were when the status was fixed; nil if they were sent then
	left   int64       // bytes that the Content-Length of the handler still allows; -1 without one
	buf    []byte
	sent   bool   // the headers are sent
	coding string // "" if the body is not compressed
	e      *lent
}

var (
	_ http.Flusher  = (*compressedWriter)(nil)
	_ http.Hijacker = (*compressedWriter)(nil)
	_ io.ReaderFrom = (*compressedWriter)(nil)
)

// Unwrap is for http.ResponseController.
func (w *compressedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *compressedWriter) WriteHeader(status int) {
	switch {
	case w.status != 0:
		return
	case status < 200 && status != http.StatusSwitchingProtocols:
		w.ResponseWriter.WriteHeader(status) // informational
		return
	}
	w.status, w.left = status, -1
	h := writerHeaders(w.Header())
	length, err := strconv.ParseInt(h.get("Content-Length"), 10, 64)
	if err == nil && length >= 0 {
		w.left = length
	}
	if h.get("Content-Type") != "" && err == nil {
		w.decide(length)
	} else if status < 200 || status == http.StatusNoContent || status == http.StatusNotModified {
		w.decide(0)
	}
	if !w.sent {
		w.fixed = w.Header().Clone()
	}
}

func (w *compressedWriter) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	if w.left >= 0 && !w.head {
		if int64(len(p)) > w.left { // net/http sees neither the buffer nor the plain bytes
			n, err := w.Write(p[:w.left])
			return n, cmp.Or(err, http.ErrContentLength)
		}
		w.left -= int64(len(p))
	}
	if !w.sent {
		w.buf = append(w.buf, p...)
		if int64(len(w.buf)) >= w.h.minSize {
			if err := w.sendBuffer(int64(len(w.buf))); err != nil {
				return 0, err
			}
		}
		return len(p), nil
	}
	return w.pass(p)
}

// ReadFrom keeps the server's fast path for what is not compressed.
func (w *compressedWriter) ReadFrom(src io.Reader) (int64, error) {
	if w.sent && w.coding == "" {
		return io.Copy(w.ResponseWriter, src)
	}
	return io.Copy(struct{ io.Writer }{w}, src)
}

// Flush sends what was written so far.
func (w *compressedWriter) Flush() { _ = w.FlushError() }

// FlushError is Flush with its error.
func (w *compressedWriter) FlushError() error {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	if !w.sent {
		if err := w.sendBuffer(-1); err != nil {
			return err
		}
	}
	if w.e != nil {
		if err := w.e.Flush(); err != nil {
			return err
		}
	}
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// Hijack takes over the connection.
func (w *compressedWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return http.NewResponseController(w.ResponseWriter).Hijack()
}

// pass passes p on, after decide.
func (w *compressedWriter) pass(p []byte) (int, error) {
	switch {
	case w.coding == "":
		return w.ResponseWriter.Write(p)
	case w.head:
		return len(p), nil
	case w.e == nil:
		w.e = w.h.acquire(w.coding, w.ResponseWriter)
	}
	return w.e.Write(p)
}

// sendBuffer decides for a body of a size, -1 if unknown, and sends the buffer.
func (w *compressedWriter) sendBuffer(size int64) error {
	defer w.restoreHeaders()()
	h := w.Header()
	if _, typed := h["Content-Type"]; len(w.buf) > 0 && !typed && h.Get("Content-Encoding") == "" {
		h.Set("Content-Type", http.DetectContentType(w.buf)) // the server would detect it from compressed bytes
	}
	w.decide(size)
	buf := w.buf
	w.buf = nil
	if len(buf) == 0 {
		return nil
	}
	_, err := w.pass(buf)
	return err
}

// restoreHeaders undoes what the handler did to the headers after it had fixed the status, since
// net/http ignores that. The function that it returns adds again what was new: trailers.
func (w *compressedWriter) restoreHeaders() (again func()) {
	h := w.Header()
	late := maps.Clone(h)
	clear(h)
	maps.Copy(h, w.fixed)
	maps.DeleteFunc(late, func(name string, _ []string) bool { _, early := w.fixed[name]; return early })
	w.fixed = nil
	return func() { maps.Copy(h, late) }
}

// decide sends the headers. A size of -1 means unknown.
func (w *compressedWriter) decide(size int64) {
	h := writerHeaders(w.Header())
	if w.status == http.StatusNotModified {
		w.h.setNotModified(h)
	} else if (size < 0 || size >= w.h.minSize) && w.h.eligible(w.status, h) {
		if w.coding = w.h.choose(w.h.r, h); w.coding != "" {
			setEncoding(h, w.coding)
		}
	} else {
		w.h.varyPart(w.status, h)
	}
	w.sent = true
	w.ResponseWriter.WriteHeader(w.status)
}

// close ends the body after the handler has returned.
func (w *compressedWriter) close() {
	if w.status != 0 && !w.sent {
		_ = w.sendBuffer(int64(len(w.buf)))
	}
	if w.coding != "" && w.left > 0 && !w.head {
		panic(http.ErrAbortHandler) // the body is incomplete: net/http cuts the connection, too
	}
	if w.e != nil {
		_ = w.e.Close() // an error of the connection, which the server sees as well
	}
}

// releaseEncoder runs after a panic, too.
func (w *compressedWriter) releaseEncoder() {
	if w.e != nil {
		w.h.release(w.coding, w.e)
		w.e = nil
	}
}
