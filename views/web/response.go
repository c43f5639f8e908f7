package web

import (
	"io"
	"net/http"
	"time"

	"github.com/mastaba-go/mastaba/views/web/internal/reply"
	"github.com/mastaba-go/mastaba/views/web/internal/stream"
)

// Response is the response to one request, as a value: nothing is sent before the tweens are done
// with it. It belongs to one request and is not safe for concurrent use; Clone it to keep one.
//
// Views usually get theirs from the request ([Request.Text], [Request.JSON] and so on), whose first
// response costs no allocation. The zero value is an empty 200.
type Response struct{ reply reply.Response }

// Respond returns an empty response with a status.
func Respond(status int) *Response {
	resp := new(Response)
	resp.SetStatus(status)
	return resp
}

// Status returns the status code; 200 by default.
func (resp *Response) Status() int { return resp.reply.Status() }

// SetStatus sets the status code. An invalid code is an error of Send.
func (resp *Response) SetStatus(code int) { resp.reply.SetStatus(code) }

// Clone returns a copy with headers of its own. The bytes of the body are shared and must not be
// changed. A reader is shared too, so only one of the two can be sent.
func (resp *Response) Clone() *Response { return &Response{*resp.reply.Clone()} }

// Close closes the reader of the body, if it is an io.Closer. Send does so itself; call Close for a
// response that is not sent.
func (resp *Response) Close() error { return resp.reply.Close() }

// Header returns the first value of a header; "" without one.
func (resp *Response) Header(name string) string { return resp.reply.Header(name) }

// HeaderValues returns a copy of all values of a header, one for each line.
func (resp *Response) HeaderValues(name string) []string { return resp.reply.HeaderValues(name) }

// Headers returns the headers as a map, which may be changed. It allocates the map; SetHeader and
// the other methods do not.
func (resp *Response) Headers() http.Header { return resp.reply.Headers() }

// SetHeader sets a header, replacing all its values. An invalid name or value, such as one with a
// line break, is an error of Send.
func (resp *Response) SetHeader(name, value string) { resp.reply.SetHeader(name, value) }

// AddHeader adds a value to a header. Content-Type has only one value, so AddHeader sets it.
func (resp *Response) AddHeader(name, value string) { resp.reply.AddHeader(name, value) }

// DelHeader removes a header with all its values.
func (resp *Response) DelHeader(name string) { resp.reply.DelHeader(name) }

// ContentType returns the Content-Type with its parameters; "" without one.
func (resp *Response) ContentType() string { return resp.reply.ContentType() }

// SetContentType sets the Content-Type, with its parameters.
func (resp *Response) SetContentType(mediaType string) { resp.reply.SetContentType(mediaType) }

// AddVary adds the names of request headers to Vary, unless it contains them.
func (resp *Response) AddVary(names ...string) { resp.reply.AddVary(names...) }

// SetLifetime lets caches keep the response for d: it sets Cache-Control to control, and Expires.
// If the status is 400 or more when the response is sent, both are left out: an error is not worth
// keeping.
func (resp *Response) SetLifetime(control string, d time.Duration) {
	resp.reply.SetLifetime(control, d)
}

// KeepPrivate forbids shared caches to keep the response, whatever Cache-Control says now or when
// an http.Handler of the response sends it. It is for what concerns one client alone, such as the
// cookie of a session.
func (resp *Response) KeepPrivate() { resp.reply.KeepPrivate() }

// SetCookie adds a cookie, in place of one with the same name, domain and path. A cookie that
// [http.Cookie.Valid] refuses is an error of Send.
func (resp *Response) SetCookie(c *http.Cookie) { resp.reply.SetCookie(c) }

// StreamWriter is what a stream writes to. Status and headers are sent with the first byte or the
// first Flush; until then an error can still become a proper response. That of a server also has
// the method SetWriteDeadline(time.Time) error of http.ResponseController, for clients that stop
// reading.
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
