package web

import (
	"io"
	"net/http"
	"unsafe"
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

// Shared Content-Types of the usual answers.
const (
	typeText    = "text/plain; charset=utf-8"
	typeHTML    = "text/html; charset=utf-8"
	typeJSON    = "application/json"
	typeProblem = "application/problem+json"
	typeBinary  = "application/octet-stream"
)

// StreamWriter is what a stream writes to. The status and the headers leave with
// the first byte or the first Flush; until then an error can still become a
// proper answer.
type StreamWriter interface {
	io.Writer
	// Flush sends what was written so far to the client.
	Flush() error
}

// SetText makes s the body, as text/plain unless a Content-Type is set.
func (resp *Response) SetText(s string) {
	resp.replaceBody(bodyText)
	resp.data = s
	resp.defaultType(usualText)
}

// SetBytes makes b the body, which must not be changed from then on. Without a
// Content-Type it is sent as application/octet-stream.
func (resp *Response) SetBytes(b []byte) {
	resp.replaceBody(bodyBytes)
	resp.data = unsafe.String(unsafe.SliceData(b), len(b)) // nobody changes it
}

// SetReader makes what body yields the body; size is its length in bytes, -1 if
// unknown. It is read when the response is sent, and closed then if it is an
// io.Closer, whatever happens.
func (resp *Response) SetReader(body io.Reader, size int64) {
	resp.replaceBody(bodyReader)
	if body == nil {
		body, size = http.NoBody, 0
	}
	rare := resp.beyond()
	rare.source, rare.size = body, max(size, -1)
}

// SetStream makes what fn writes the body. It is called when the response is
// sent, after the tweens and their callbacks. An error before the first byte can
// still be answered; after it the connection breaks, so that the client does not
// take the torn answer for a whole one.
func (resp *Response) SetStream(fn func(w StreamWriter) error) {
	resp.replaceBody(bodyStream)
	if fn == nil {
		fn = func(StreamWriter) error { return nil }
	}
	resp.beyond().source = fn
}

// SetHandler hands the connection over to h when the response is sent: it may
// stream, hijack, upgrade. The status of the response is not sent, h sends its
// own; the headers of the response are set before h is called.
func (resp *Response) SetHandler(h http.Handler) {
	resp.replaceBody(bodyHandler)
	if h == nil {
		h = http.NotFoundHandler()
	}
	resp.beyond().source = h
}

// Body returns the body if it is known already, which that of a reader, a stream
// or a handler is not. The caller must not change it.
func (resp *Response) Body() (b []byte, ok bool) {
	switch resp.kind {
	case bodyNone:
		return nil, true
	case bodyText:
		return []byte(resp.data), true // a string's own memory must not be written to
	case bodyBytes:
		return resp.bytes(), true
	}
	return nil, false
}

// bytes is the memory of the body. It is only ever read.
func (resp *Response) bytes() []byte {
	return unsafe.Slice(unsafe.StringData(resp.data), len(resp.data))
}

// replaceBody forgets the body so far, closing its reader.
func (resp *Response) replaceBody(kind bodyKind) {
	if resp.rare != nil {
		_ = resp.Close() // nobody wants to read it any more
		resp.rare.source, resp.rare.size = nil, 0
	}
	resp.kind, resp.data = kind, ""
}

func (resp *Response) defaultType(t usualType) {
	if resp.asked() != nil {
		if resp.ContentType() == "" {
			resp.SetContentType(usualTypes[t][0])
		}
	} else if resp.usual == noType {
		resp.usual = t
	}
}
