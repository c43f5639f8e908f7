package web

import (
	"io"
	"net/http"

	"github.com/mastaba-go/mastaba/views/web/internal/header"
	"github.com/mastaba-go/mastaba/views/web/internal/payload"
)

// Response is the response to one request, as a value: nothing is sent before the tweens are done
// with it. It belongs to one request and is not safe for concurrent use; Clone it to keep one.
//
// Views usually get theirs from the request ([Request.Text], [Request.JSON] and so on), whose first
// response costs no allocation. The zero value is an empty 200.
type Response struct {
	status       int32
	kind         bodyKind
	common       commonType // the Content-Type, if many responses have it
	errorHeaders bool       // has errorHeaders, which are not yet in extras
	text         string     // of bodyText
	bytes        *payload.Bytes
	extras       *responseExtras
}

// responseExtras is what simple responses do without.
type responseExtras struct {
	headers  header.Set // other than a common Content-Type
	source   any        // of bodyReader, bodyStream, bodyHandler
	size     int64      // of bodyReader; -1 if unknown
	err      error      // the first thing that makes the response invalid
	lifetime string     // the Cache-Control of SetLifetime
}

// Respond returns an empty response with a status.
func Respond(status int) *Response { return &Response{status: int32(status)} }

// more returns the extras, allocating them if necessary.
func (resp *Response) more() *responseExtras {
	if resp.extras == nil {
		resp.extras = new(responseExtras)
	}
	return resp.extras
}

// Status returns the status code; 200 by default.
func (resp *Response) Status() int {
	if resp.status == 0 {
		return http.StatusOK
	}
	return int(resp.status)
}

// SetStatus sets the status code. An invalid code is an error of Send.
func (resp *Response) SetStatus(code int) { resp.status = int32(code) }

// Clone returns a copy with headers of its own. The bytes of the body are shared and must not be
// changed. A reader is shared too, so only one of the two can be sent.
func (resp *Response) Clone() *Response {
	resp.bytes.Keep() // both have it
	c := *resp
	if resp.extras != nil {
		extras := *resp.extras
		extras.headers = resp.extras.headers.Clone()
		c.extras = &extras
	}
	return &c
}

// Close closes the reader of the body, if it is an io.Closer. Send does so itself; call Close for a
// response that is not sent.
func (resp *Response) Close() error {
	if resp.kind != bodyReader {
		return nil
	}
	if c, ok := resp.extras.source.(io.Closer); ok {
		resp.extras.source = http.NoBody
		return c.Close()
	}
	return nil
}

// fail keeps the first error, for Send to return.
func (resp *Response) fail(err error) {
	if x := resp.more(); x.err == nil {
		x.err = err
	}
}
