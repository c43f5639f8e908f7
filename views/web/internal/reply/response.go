// Package reply holds a response to one request as a value: its status, its headers and its body,
// and sends it. Package web documents what each method does.
package reply

import (
	"io"
	"net/http"

	"github.com/mastaba-go/mastaba/views/web/internal/header"
	"github.com/mastaba-go/mastaba/views/web/internal/payload"
)

// Response is a response. The zero value is an empty 200. It is small, since a request contains
// one. It is not safe for concurrent use.
type Response struct {
	status       int32
	kind         kind
	common       Type // the Content-Type, if many responses have it
	errorHeaders bool // has errorHeaders, which are not yet in extras
	text         string
	bytes        *payload.Bytes
	extras       *extras
}

// extras is what simple responses do without.
type extras struct {
	headers  header.Set // other than a common Content-Type
	source   any        // of a reader, a stream or a handler
	stream   Stream     // of a stream: calls source
	size     int64      // of a reader; -1 if unknown
	err      error      // the first thing that makes the response invalid
	lifetime string     // the Cache-Control of SetLifetime
	private  bool       // see KeepPrivate
}

// more returns the extras, allocating them if necessary.
func (resp *Response) more() *extras {
	if resp.extras == nil {
		resp.extras = new(extras)
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
		x := *resp.extras
		x.headers = resp.extras.headers.Clone()
		c.extras = &x
	}
	return &c
}

// Close closes the reader of the body, if it is an io.Closer. Send does so itself; call Close for a
// response that is not sent.
func (resp *Response) Close() error {
	if resp.kind != fromReader {
		return nil
	}
	if c, ok := resp.extras.source.(io.Closer); ok {
		resp.extras.source = http.NoBody
		return c.Close()
	}
	return nil
}

// Fail keeps the first error, for Check to return.
func (resp *Response) Fail(err error) {
	if x := resp.more(); x.err == nil {
		x.err = err
	}
}
