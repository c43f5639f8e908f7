package web

import (
	"io"
	"net/http"
)

// Pending reports whether the body is made when the response is sent: by a reader, a stream or a handler.
func (resp *Response) Pending() bool { return resp.kind >= bodyReader }

// TakeBody takes the body out of the response and returns what makes it: nil, []byte, io.Reader, func(StreamWriter) error or
// http.Handler. Bytes must not be changed; a reader is the caller's to close. It is for tweens that put another body in the
// place, which is made of this one; status and headers stay. size is the length of the body, -1 if unknown.
func (resp *Response) TakeBody() (body any, size int64) {
	switch resp.kind {
	case bodyNone:
		return nil, 0
	case bodyReader:
		body, size = resp.rare.source.(io.Reader), resp.rare.size
	case bodyStream:
		body, size = resp.rare.source.(func(StreamWriter) error), -1
	case bodyHandler:
		body, size = resp.rare.source.(http.Handler), -1
	default:
		body, size = resp.data, int64(len(resp.data))
	}
	resp.kind, resp.data = bodyNone, nil // without closing the reader, as replaceBody would
	if resp.rare != nil {
		resp.rare.source, resp.rare.size = nil, 0
	}
	return body, size
}
