package web

import (
	"io"
	"net/http"

	"github.com/mastaba-go/mastaba/views/web/internal/payload"
)

type bodyKind uint8

const (
	bodyNone bodyKind = iota
	bodyText
	bodyBytes
	bodyReader
	bodyStream
	bodyHandler
)

// The Content-Types of common responses.
const (
	typeText    = "text/plain; charset=utf-8"
	typeHTML    = "text/html; charset=utf-8"
	typeJSON    = "application/json"
	typeProblem = "application/problem+json"
	typeBinary  = "application/octet-stream"
)

// StreamWriter is what a stream writes to. Status and headers are sent with the first byte or the
// first Flush; until then an error can still become a proper response.
type StreamWriter interface {
	io.Writer
	// Flush sends what was written so far.
	Flush() error
}

// SetText sets the body to s. The Content-Type is text/plain, unless one is set.
func (resp *Response) SetText(s string) {
	resp.replaceBody(bodyText)
	resp.text = s
	resp.defaultType(commonText)
}

// SetBytes sets the body to b, which must not be changed afterwards. The Content-Type is
// application/octet-stream, unless one is set.
func (resp *Response) SetBytes(b []byte) {
	resp.replaceBody(bodyBytes)
	resp.bytes = payload.Of(b)
}

// SetJSON sets the body to v as JSON, as json.Marshal encodes it. The Content-Type is
// application/json, unless one is set. It encodes into memory that is used again after Send, so it
// allocates nothing of its own. The error is that of encoding/json; then the response stays as it
// was.
func (resp *Response) SetJSON(v any) error {
	b, err := payload.JSON(v)
	if err != nil {
		return err
	}
	resp.setJSON(b)
	return nil
}

func (resp *Response) setJSON(b *payload.Bytes) {
	resp.replaceBody(bodyBytes)
	resp.bytes = b
	resp.defaultType(commonJSON)
}

// SetReader sets the body to what reading body yields; size is its length in bytes, -1 if unknown.
// It is read when the response is sent, and then closed if it is an io.Closer, even after an error.
func (resp *Response) SetReader(body io.Reader, size int64) {
	resp.replaceBody(bodyReader)
	if body == nil {
		body, size = http.NoBody, 0
	}
	x := resp.more()
	x.source, x.size = body, max(size, -1)
}

// SetStream sets the body to what fn writes. fn is called when the response is sent, after the
// tweens and their callbacks. If it fails before the first byte, there can still be an error
// response; after that the connection is aborted, so that the client notices the incomplete
// response.
func (resp *Response) SetStream(fn func(w StreamWriter) error) {
	resp.replaceBody(bodyStream)
	if fn == nil {
		fn = func(StreamWriter) error { return nil }
	}
	resp.more().source = fn
}

// SetHandler lets h respond when the response is sent: it may stream, hijack or upgrade the
// connection. The headers of the response are set before h is called; its status is not, h sends
// its own.
func (resp *Response) SetHandler(h http.Handler) {
	resp.replaceBody(bodyHandler)
	if h == nil {
		h = http.NotFoundHandler()
	}
	resp.more().source = h
}

// Body returns the body; false for a reader, a stream or a handler. The caller must not change it,
// but may keep it. Send takes the body: after it there is none.
func (resp *Response) Body() (b []byte, ok bool) {
	switch resp.kind {
	case bodyNone:
		return nil, true
	case bodyText:
		return []byte(resp.text), true
	case bodyBytes:
		return resp.bytes.Keep(), true
	}
	return nil, false
}

// replaceBody removes the body, closing its reader.
func (resp *Response) replaceBody(kind bodyKind) {
	if resp.extras != nil {
		_ = resp.Close() // an error does not matter: it will not be read
		resp.extras.source, resp.extras.size = nil, 0
	}
	resp.bytes.Release()
	resp.kind, resp.text, resp.bytes = kind, "", nil
}

// defaultType sets the Content-Type unless there is one.
func (resp *Response) defaultType(t commonType) {
	switch {
	case resp.common != noType:
	case resp.extras == nil || !resp.extras.headers.IsMap():
		resp.common = t
	case resp.ContentType() == "":
		resp.SetContentType(commonTypes[t][0])
	}
}

// Pending reports whether the body is produced when the response is sent: by a reader, a stream or
// a handler.
func (resp *Response) Pending() bool { return resp.kind >= bodyReader }

// Size returns the length of the body; -1 if it is unknown.
func (resp *Response) Size() int64 {
	switch resp.kind {
	case bodyReader:
		return resp.extras.size
	case bodyStream, bodyHandler:
		return -1
	}
	return int64(len(resp.text) + resp.bytes.Len())
}

// TakeBody removes the body from the response and returns its source: nil, []byte, io.Reader,
// func(StreamWriter) error or http.HandlerFunc. Bytes must not be changed; the caller closes a
// reader. It is for tweens that put another body in its place, such as a compressed one; status and
// headers stay.
func (resp *Response) TakeBody() (body any) {
	switch resp.kind {
	case bodyNone:
		return nil
	case bodyHandler:
		body = http.HandlerFunc(resp.extras.source.(http.Handler).ServeHTTP) // a type without other methods
	case bodyReader, bodyStream:
		body = resp.extras.source
	case bodyText:
		body = []byte(resp.text)
	default:
		body = resp.bytes.Keep()
	}
	resp.kind, resp.text, resp.bytes = bodyNone, "", nil // not replaceBody, which closes the reader
	if resp.extras != nil {
		resp.extras.source, resp.extras.size = nil, 0
	}
	return body
}
