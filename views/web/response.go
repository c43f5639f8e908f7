package web

import (
	"io"
	"net/http"
)

// Response is the answer to one request, as a value: nothing of it reaches the
// client until the tweens are done with it. It belongs to one request and is
// not safe for concurrent use; Clone it to keep one.
//
// Views mostly get theirs from the request (Request.Text, Request.JSON, …),
// whose first response costs no allocation. The zero value is an empty 200.
type Response struct {
	status  int32
	kind    bodyKind
	usual   usualType // the Content-Type, if many answers have it
	guarded bool      // has the headers of guards, not yet among the fields
	data    string    // of bodyText; of bodyBytes, the slice's own memory
	rare    *rareResponse
}

// rareResponse is what the plainest responses do without.
type rareResponse struct {
	contentType string      // of otherType
	fields      []field     // the other headers; at first in room
	header      http.Header // once somebody asked for one; there are no fields and no contentType then
	source      any         // of bodyReader, bodyStream, bodyHandler
	size        int64       // of bodyReader; -1: unknown
	mistake     error       // the first thing that cannot be sent
	room        [3]field
}

// Respond makes an empty response with a status.
func Respond(status int) *Response { return &Response{status: int32(status)} }

func (resp *Response) beyond() *rareResponse {
	if resp.rare == nil {
		resp.rare = new(rareResponse)
	}
	return resp.rare
}

// Status returns the status code; 200 unless set.
func (resp *Response) Status() int {
	if resp.status == 0 {
		return http.StatusOK
	}
	return int(resp.status)
}

// SetStatus sets the status code. One that cannot be sent is an error of Send.
func (resp *Response) SetStatus(code int) { resp.status = int32(code) }

// Clone returns a copy with headers of its own. Bytes of the body are shared and
// must not be changed; a reader is shared too, so only one of both can be sent.
func (resp *Response) Clone() *Response {
	c := *resp
	if resp.rare != nil {
		rare := *resp.rare
		rare.fields = append([]field(nil), rare.fields...)
		rare.header = rare.header.Clone()
		c.rare = &rare
	}
	return &c
}

// Close closes the reader of the body, if it has one that wants it. Send does
// so itself; who throws a response away calls Close.
func (resp *Response) Close() error {
	if resp.kind != bodyReader {
		return nil
	}
	if c, ok := resp.rare.source.(io.Closer); ok {
		resp.rare.source = http.NoBody
		return c.Close()
	}
	return nil
}

// refuse keeps the first mistake for Send to return.
func (resp *Response) refuse(err error) {
	if rare := resp.beyond(); rare.mistake == nil {
		rare.mistake = err
	}
}
