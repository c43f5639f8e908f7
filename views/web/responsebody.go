package web

import (
	"io"
	"net/http"

	"github.com/mastaba-go/mastaba/views/web/internal/stream"
)

// StreamWriter is what a stream writes to. Status and headers are sent with the first byte or the
// first Flush; until then an error can still become a proper response.
type StreamWriter interface {
	io.Writer
	// Flush sends what was written so far.
	Flush() error
}

// SetText sets the body to s. The Content-Type is text/plain, unless one is set.
func (resp *Response) SetText(s string) { resp.reply.SetText(s) }

// SetBytes sets the body to b, which must not be changed afterwards. The Content-Type is
// application/octet-stream, unless one is set.
func (resp *Response) SetBytes(b []byte) { resp.reply.SetBytes(b) }

// SetJSON sets the body to v as JSON, as json.Marshal encodes it. The Content-Type is
// application/json, unless one is set. It encodes into memory that is used again after Send, so it
// allocates nothing of its own. The error is that of encoding/json; then the response stays as it
// was.
func (resp *Response) SetJSON(v any) error { return resp.reply.SetJSON(v) }

// SetWritten sets the body to what write writes, which it must not keep. It is called at once, with
// a buffer that is used again after Send, up to 64 KiB. The error is that of write; then the
// response stays as it was, so half a page is never sent. Set the Content-Type as for SetBytes.
func (resp *Response) SetWritten(write func(io.Writer) error) error {
	return resp.reply.SetWritten(write)
}

// SetReader sets the body to what reading body yields; size is its length in bytes, -1 if unknown.
// It is read when the response is sent, and then closed if it is an io.Closer, even after an error.
func (resp *Response) SetReader(body io.Reader, size int64) { resp.reply.SetReader(body, size) }

// SetStream sets the body to what fn writes. fn is called when the response is sent, after the
// tweens and their callbacks. If it fails before the first byte, there can still be an error
// response; after that the connection is aborted, so that the client notices the incomplete
// response.
func (resp *Response) SetStream(fn func(w StreamWriter) error) {
	if fn == nil {
		fn = func(StreamWriter) error { return nil }
	}
	resp.reply.SetStream(fn, func(w *stream.Writer) error { return fn(w) })
}

// SetHandler lets h respond when the response is sent: it may stream, hijack or upgrade the
// connection. The headers of the response are set before h is called; its status is not, h sends
// its own.
func (resp *Response) SetHandler(h http.Handler) { resp.reply.SetHandler(h) }

// Body returns the body; false for a reader, a stream or a handler. The caller must not change it,
// but may keep it. Send takes the body: after it there is none.
func (resp *Response) Body() (b []byte, ok bool) { return resp.reply.Body() }

// Pending reports whether the body is produced when the response is sent: by a reader, a stream or
// a handler.
func (resp *Response) Pending() bool { return resp.reply.Pending() }

// Size returns the length of the body; -1 if it is unknown.
func (resp *Response) Size() int64 { return resp.reply.Size() }

// TakeBody removes the body from the response and returns its source: nil, []byte, io.Reader,
// func(StreamWriter) error or http.HandlerFunc. Bytes must not be changed; the caller closes a
// reader. It is for tweens that put another body in its place, such as a compressed one; status and
// headers stay.
func (resp *Response) TakeBody() (body any) { return resp.reply.TakeBody() }
