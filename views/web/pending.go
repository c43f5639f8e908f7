package web

import "net/http"

// Pending reports whether the body is made when the response is sent: by a reader, a stream or a handler.
func (resp *Response) Pending() bool { return resp.kind >= bodyReader }

// Size is the length of the body; -1 if it is unknown until it is made.
func (resp *Response) Size() int64 {
	switch resp.kind {
	case bodyReader:
		return resp.rare.size
	case bodyStream, bodyHandler:
		return -1
	}
	return int64(len(resp.data))
}

// TakeBody takes the body out of the response and returns what makes it: nil, []byte, io.Reader, func(StreamWriter) error or
// http.HandlerFunc. Bytes must not be changed; a reader is the caller's to close. It is for tweens that put another body in the
// place, which is made of this one; status and headers stay.
func (resp *Response) TakeBody() (body any) {
	switch resp.kind {
	case bodyNone:
		return nil
	case bodyHandler:
		body = http.HandlerFunc(resp.rare.source.(http.Handler).ServeHTTP) // which is nothing else besides
	case bodyReader, bodyStream:
		body = resp.rare.source
	default:
		body = resp.bytes()
	}
	resp.kind, resp.data = bodyNone, "" // without closing the reader, as replaceBody would
	if resp.rare != nil {
		resp.rare.source, resp.rare.size = nil, 0
	}
	return body
}
