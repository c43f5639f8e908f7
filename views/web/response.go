package web

import (
	"github.com/mastaba-go/mastaba/views/web/internal/reply"
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
