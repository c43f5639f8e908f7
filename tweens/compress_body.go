package tweens

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/mastaba-go/mastaba/views/web"
)

// compressedReader is a body that is compressed as it is read.
type compressedReader struct {
	c      *compression
	coding string
	source io.Reader
	e      encoder
	out    bytes.Buffer
	chunk  []byte
	err    error // of the source, once there was one
}

var _ io.ReadCloser = (*compressedReader)(nil)

func (b *compressedReader) Read(p []byte) (int, error) {
	if b.e == nil && b.err == nil {
		b.e = b.c.borrow(b.coding, &b.out)
		b.chunk = make([]byte, 16<<10)
	}
	for b.out.Len() == 0 {
		if b.err != nil {
			return 0, b.err
		}
		var n int
		n, b.err = b.source.Read(b.chunk)
		if n > 0 { // or a reader that fails at once would have begun an answer
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

// Close gives the encoder back, and closes the source.
func (b *compressedReader) Close() error {
	if b.e != nil {
		b.c.giveBack(b.coding, b.e)
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

// stream compresses what fn writes. What ends in an error, or a panic, stays torn.
func (c *compression) stream(w web.StreamWriter, coding string, fn func(web.StreamWriter) error) error {
	e := c.borrow(coding, w)
	defer c.giveBack(coding, e)
	if err := fn(compressedStream{e, w}); err != nil {
		return err
	}
	return e.Close()
}

// compressedStream is what a stream writes to.
type compressedStream struct {
	encoder
	w web.StreamWriter
}

var _ web.StreamWriter = compressedStream{}

// Flush sends what was written so far.
func (s compressedStream) Flush() error {
	if err := s.encoder.Flush(); err != nil {
		return err
	}
	return s.w.Flush()
}

// compressedHandler compresses what a handler writes.
type compressedHandler struct {
	c       *compression
	r       *web.Request
	handler http.Handler
	has     []string
}

var _ http.Handler = (*compressedHandler)(nil)

func (h *compressedHandler) ServeHTTP(w http.ResponseWriter, hr *http.Request) {
	out := &compressedWriter{ResponseWriter: w, compressedHandler: h, head: hr.Method == http.MethodHead}
	defer out.release()
	h.handler.ServeHTTP(out, hr)
	out.close()
}

// compressedWriter is the http.ResponseWriter of such a handler. It keeps what is written until it is clear what it is: by its
// headers, if they tell its length; else when there is enough of it, at the first Flush, or at the end.
type compressedWriter struct {
	http.ResponseWriter
	*compressedHandler
	head   bool
	status int // 0: not fixed yet
	kept   []byte
	sent   bool // the headers are
	coding string
	e      encoder
}

var (
	_ http.Flusher  = (*compressedWriter)(nil)
	_ http.Hijacker = (*compressedWriter)(nil)
	_ io.ReaderFrom = (*compressedWriter)(nil)
)

// Unwrap is for http.ResponseController.
func (w *compressedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *compressedWriter) WriteHeader(status int) {
	if status < 200 && status != http.StatusSwitchingProtocols {
		w.ResponseWriter.WriteHeader(status) // tells of something while the client waits
		return
	}
	if w.status != 0 {
		return
	}
	w.status = status
	h := plainHeaders(w.Header())
	length, err := strconv.ParseInt(h.get("Content-Length"), 10, 64)
	if h.get("Content-Type") != "" && err == nil {
		w.decide(length)
	} else if status < 200 || status == http.StatusNoContent || status == http.StatusNotModified {
		w.decide(0)
	}
}

func (w *compressedWriter) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	if !w.sent {
		w.kept = append(w.kept, p...)
		if int64(len(w.kept)) >= w.c.minSize {
			if err := w.sendKept(int64(len(w.kept))); err != nil {
				return 0, err
			}
		}
		return len(p), nil
	}
	return w.pass(p)
}

// ReadFrom keeps the quick ways of the server for what is not compressed.
func (w *compressedWriter) ReadFrom(src io.Reader) (int64, error) {
	if w.sent && w.coding == "" {
		return io.Copy(w.ResponseWriter, src)
	}
	return io.Copy(struct{ io.Writer }{w}, src)
}

// Flush sends what was written so far.
func (w *compressedWriter) Flush() { _ = w.FlushError() }

// FlushError is Flush, and tells whether it went.
func (w *compressedWriter) FlushError() error {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	if !w.sent {
		if err := w.sendKept(-1); err != nil {
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

// Hijack takes the connection over, as if nothing were in between.
func (w *compressedWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return http.NewResponseController(w.ResponseWriter).Hijack()
}

// pass hands p on, once it is decided in which form.
func (w *compressedWriter) pass(p []byte) (int, error) {
	switch {
	case w.coding == "":
		return w.ResponseWriter.Write(p)
	case w.head:
		return len(p), nil
	case w.e == nil:
		w.e = w.c.borrow(w.coding, w.ResponseWriter)
	}
	return w.e.Write(p)
}

// sendKept decides for a body of which size bytes are known, -1 for one that may have any length, and sends what was kept.
func (w *compressedWriter) sendKept(size int64) error {
	if h := w.Header(); len(w.kept) > 0 && h["Content-Type"] == nil && h.Get("Content-Encoding") == "" {
		h.Set("Content-Type", http.DetectContentType(w.kept)) // the server would find that of what it is given
	}
	w.decide(size)
	kept := w.kept
	w.kept = nil
	if len(kept) == 0 {
		return nil
	}
	_, err := w.pass(kept)
	return err
}

// decide sends the headers. A size of -1 stands for any.
func (w *compressedWriter) decide(size int64) {
	h := plainHeaders(w.Header())
	if w.status == http.StatusNotModified {
		unchanged(h, w.has)
	} else if (size < 0 || size >= w.c.minSize) && w.c.candidate(w.status, h) {
		if w.coding = w.c.coding(w.r, h); w.coding != "" {
			mark(h, w.coding)
		}
	}
	w.sent = true
	w.ResponseWriter.WriteHeader(w.status)
}

// close ends the body of a handler that has returned.
func (w *compressedWriter) close() {
	if w.status != 0 && !w.sent {
		_ = w.sendKept(int64(len(w.kept)))
	}
	if w.e != nil {
		_ = w.e.Close() // the connection is torn, or the server would have noticed it
	}
}

// release gives the encoder back, also after a panic.
func (w *compressedWriter) release() {
	if w.e != nil {
		w.c.giveBack(w.coding, w.e)
		w.e = nil
	}
}

// plainHeaders are those of an http.ResponseWriter.
type plainHeaders http.Header

var _ headers = plainHeaders(nil)

func (h plainHeaders) get(name string) string { return http.Header(h).Get(name) }
func (h plainHeaders) set(name, value string) { http.Header(h).Set(name, value) }
func (h plainHeaders) del(name string)        { http.Header(h).Del(name) }

func (h plainHeaders) vary() {
	names := strings.Split(strings.Join(h["Vary"], ","), ",")
	if !slices.ContainsFunc(names, func(name string) bool {
		name = strings.TrimSpace(name)
		return name == "*" || strings.EqualFold(name, "Accept-Encoding")
	}) {
		http.Header(h).Add("Vary", "Accept-Encoding")
	}
}
