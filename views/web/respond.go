package web

import (
	"fmt"
	"net/http"

	"github.com/mastaba-go/mastaba/views/web/internal/payload"
	"github.com/mastaba-go/mastaba/views/web/internal/reply"
	"github.com/mastaba-go/mastaba/views/web/internal/statuserr"
	"github.com/mastaba-go/mastaba/views/web/internal/urls"
)

// The state of the response that is stored in a request. It changes atomically, so that a view that
// is still running after its deadline never writes into the response that was sent in its place.
const (
	responseFree  = iota
	responseOpen  // returned by Response, to be filled
	responseTaken // returned by the view, or abandoned
)

// Response returns the response that a renderer will fill: what a view sets on it (status, headers,
// cookies) becomes part of the next response that [Request.Text], [Request.JSON] or a renderer
// makes.
//
// In an error view it starts with the status of the error, 500 for an error without one, and with
// the headers of an [HTTPError]. So the page for a 405 is a 405 and keeps its Allow header, without
// a line of code.
func (r *Request) Response() *Response {
	h := r.host()
	if h.state.CompareAndSwap(responseFree, responseOpen) {
		return h.startWithError(&h.first)
	}
	if h.state.Load() == responseOpen {
		return &h.first
	}
	return h.more().responses.GetOr(h, func() *Response { return h.startWithError(new(Response)) })
}

// startWithError gives a new response the status and headers of the error that is being handled.
func (r *Request) startWithError(resp *Response) *Response {
	if r.err == nil {
		return resp
	}
	found := statuserr.Find(r.err)
	if found == nil {
		resp.SetStatus(http.StatusInternalServerError)
		return resp
	}
	e := toHTTPError(found)
	resp.SetStatus(e.Status())
	if e.extras != nil {
		for _, p := range e.extras.header {
			resp.AddHeader(p.key, p.value)
		}
	}
	return resp
}

// takeResponse returns a response for a view to return: the open one, with what was set on it, or a
// new one.
func (r *Request) takeResponse() *Response {
	if r.from == nil && r.err == nil && r.state.CompareAndSwap(responseFree, responseTaken) {
		return &r.first // nearly always
	}
	return r.takeAny()
}

func (r *Request) takeAny() *Response {
	h := r.host()
	if h.state.CompareAndSwap(responseFree, responseTaken) {
		return h.startWithError(&h.first)
	}
	if h.state.CompareAndSwap(responseOpen, responseTaken) {
		return &h.first
	}
	if resp := h.takeOwn(); resp != nil {
		return resp
	}
	return h.startWithError(new(Response))
}

// cleanResponse returns a new response, without what a view set on Response.
func (r *Request) cleanResponse() *Response {
	if h := r.host(); h.state.CompareAndSwap(responseFree, responseTaken) {
		return &h.first
	}
	return new(Response)
}

// takeOwn removes and returns the response that Response made for r apart from the stored one.
func (r *Request) takeOwn() *Response {
	x := r.root().extras.Load()
	if x == nil {
		return nil
	}
	resp, _ := x.responses.Take(r)
	return resp
}

// forgetResponse discards what was set on Response.
func (r *Request) forgetResponse() {
	if r.state.Load() == responseFree && r.root().extras.Load() == nil { // nearly always
		return
	}
	if !r.state.CompareAndSwap(responseOpen, responseTaken) {
		r.takeOwn()
	}
}

// Text returns a plain-text response.
func (r *Request) Text(s string) *Response {
	resp := r.takeResponse()
	resp.SetText(s)
	return resp
}

// HTML returns an HTML response.
func (r *Request) HTML(s string) *Response {
	resp := r.takeResponse()
	resp.reply.DefaultType(reply.HTML)
	resp.SetText(s)
	return resp
}

// Bytes returns a response with the body b, which must not be changed afterwards. A contentType of
// "" keeps the one that was set.
func (r *Request) Bytes(contentType string, b []byte) *Response {
	resp := r.takeResponse()
	if contentType != "" {
		resp.SetContentType(contentType)
	}
	resp.SetBytes(b)
	return resp
}

// JSON returns a response with v as JSON. A value that cannot be marshalled is an error.
func (r *Request) JSON(v any) (*Response, error) {
	b, err := payload.JSON(v)
	if err != nil {
		return nil, fmt.Errorf("marshal %T as JSON: %w", v, err)
	}
	resp := r.takeResponse()
	resp.reply.SetEncoded(b)
	return resp, nil
}

// Redirect returns a redirect to url, absolute or relative. To redirect from a function that the
// view calls, return an error such as web.SeeOther(url) instead.
func (r *Request) Redirect(status int, url string) *Response {
	resp := r.takeResponse()
	resp.SetStatus(status)
	resp.SetHeader("Location", urls.Location(url))
	return resp
}

// Empty returns a response with a status and no body.
func (r *Request) Empty(status int) *Response {
	resp := r.takeResponse()
	resp.SetStatus(status)
	resp.reply.Empty()
	return resp
}
