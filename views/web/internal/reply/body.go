package reply

import (
	"io"
	"net/http"

	"github.com/mastaba-go/mastaba/views/web/internal/payload"
	"github.com/mastaba-go/mastaba/views/web/internal/stream"
)

// kind is what a body consists of.
type kind uint8

const (
	empty kind = iota
	inText
	inBytes
	fromReader // this and the following are produced while they are sent
	fromStream
	fromHandler
)

// Stream writes a body.
type Stream func(w *stream.Writer) error

// SetText sets the body to s. The Content-Type is text/plain, unless one is set.
func (resp *Response) SetText(s string) {
	if resp.kind == empty && resp.extras == nil { // nearly always
		resp.kind, resp.text = inText, s
		if resp.common == none {
			resp.common = Text
		}
		return
	}
	resp.replaceBody(inText)
	resp.text = s
	resp.DefaultType(Text)
}

// SetBytes sets the body to b, which must not be changed afterwards. The Content-Type is
// application/octet-stream, unless one is set.
func (resp *Response) SetBytes(b []byte) {
	resp.replaceBody(inBytes)
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
	resp.SetEncoded(b)
	return nil
}

// SetEncoded sets the body to JSON that is encoded already.
func (resp *Response) SetEncoded(b *payload.Bytes) {
	resp.replaceBody(inBytes)
	resp.bytes = b
	resp.DefaultType(JSON)
}

// SetWritten sets the body to what write writes now, into memory that is used again after Send. The
// error is that of write; then the response stays as it was.
func (resp *Response) SetWritten(write func(io.Writer) error) error {
	b, err := payload.Written(write)
	if err != nil {
		return err
	}
	resp.replaceBody(inBytes)
	resp.bytes = b
	return nil
}

// SetReader sets the body to what reading body yields; size is its length in bytes, -1 if unknown.
// It is read when the response is sent, and then closed if it is an io.Closer, even after an error.
func (resp *Response) SetReader(body io.Reader, size int64) {
	resp.replaceBody(fromReader)
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
func (resp *Response) SetStream(source any, send Stream) {
	resp.replaceBody(fromStream)
	x := resp.more()
	x.source, x.stream = source, send
}

// SetHandler lets h respond when the response is sent: it may stream, hijack or upgrade the
// connection. The headers of the response are set before h is called; its status is not, h sends
// its own.
func (resp *Response) SetHandler(h http.Handler) {
	resp.replaceBody(fromHandler)
	if h == nil {
		h = http.NotFoundHandler()
	}
	resp.more().source = h
}

// Body returns the body; false for a reader, a stream or a handler. The caller must not change it,
// but may keep it. Send takes the body: after it there is none.
func (resp *Response) Body() (b []byte, ok bool) {
	switch resp.kind {
	case empty:
		return nil, true
	case inText:
		return []byte(resp.text), true
	case inBytes:
		return resp.bytes.Keep(), true
	}
	return nil, false
}

// Empty removes the body, closing its reader.
func (resp *Response) Empty() { resp.replaceBody(empty) }

// replaceBody is Empty, for a body of another kind.
func (resp *Response) replaceBody(kind kind) {
	if resp.kind == empty && resp.extras == nil {
		resp.kind = kind
		return
	}
	if resp.extras != nil {
		_ = resp.Close() // an error does not matter: it will not be read
		resp.extras.source, resp.extras.size = nil, 0
	}
	resp.bytes.Release()
	resp.kind, resp.text, resp.bytes = kind, "", nil
}

// DefaultType sets the Content-Type unless there is one.
func (resp *Response) DefaultType(t Type) {
	switch {
	case resp.common != none:
	case resp.extras == nil || !resp.extras.headers.IsMap():
		resp.common = t
	case resp.ContentType() == "":
		resp.SetContentType(types[t][0])
	}
}

// Pending reports whether the body is produced when the response is sent: by a reader, a stream or
// a handler.
func (resp *Response) Pending() bool { return resp.kind >= fromReader }

// Size returns the length of the body; -1 if it is unknown.
func (resp *Response) Size() int64 {
	switch resp.kind {
	case fromReader:
		return resp.extras.size
	case fromStream, fromHandler:
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
	case empty:
		return nil
	case fromHandler:
		body = http.HandlerFunc(resp.extras.source.(http.Handler).ServeHTTP) // a type without other methods
	case fromReader, fromStream:
		body = resp.extras.source
	case inText:
		body = []byte(resp.text)
	default:
		body = resp.bytes.Keep()
	}
	resp.kind, resp.text, resp.bytes = empty, "", nil // not replaceBody, which closes the reader
	if resp.extras != nil {
		resp.extras.source, resp.extras.size = nil, 0
	}
	return body
}
