package web

import (
	"encoding/json"
	"fmt"
)

// Who has the response that lies inside a request. It is claimed atomically, so
// that a view which goes on after its deadline never writes into the answer that
// was given in its place.
const (
	claimFree    = iota
	claimTouched // handed out by Response, to be filled
	claimTaken   // an answer, or out of reach
)

// Response returns the response that a renderer will fill: what a view sets on
// it (status, headers, cookies) joins the value that the view returns, and the
// next answer made by Text, JSON and their neighbours.
//
// While an error with a status is answered it begins with that status, and with
// the headers of an [HTTPError]: the page of a 405 keeps its Allow, and is no
// 200, without a line in its view.
func (r *Request) Response() *Response {
	h := r.host()
	if h.claim.CompareAndSwap(claimFree, claimTouched) {
		return h.begun(&h.first)
	}
	if h.claim.Load() == claimTouched {
		return &h.first
	}
	x := h.more()
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, own := range x.responses {
		if own.host == h {
			return own.response
		}
	}
	resp := h.begun(new(Response))
	x.responses = append(x.responses, ownResponse{h, resp})
	return resp
}

// begun gives a new response the status and headers of the error being answered.
func (r *Request) begun(resp *Response) *Response {
	if r.err == nil {
		return resp
	}
	found := findStatus(r.err)
	if found == nil {
		return resp
	}
	e := plainError(found)
	resp.SetStatus(e.status)
	if e.rare != nil {
		for _, p := range e.rare.header {
			resp.AddHeader(p.key, p.value)
		}
	}
	return resp
}

// ownResponse is what Response returns once the one inside its host is taken.
type ownResponse struct {
	host     *Request
	response *Response
}

// answer takes the response of the request as a view's answer: the touched one
// with what was set on it, or a new one.
func (r *Request) answer() *Response {
	h := r.host()
	if h.claim.CompareAndSwap(claimFree, claimTaken) {
		return h.begun(&h.first)
	}
	if h.claim.CompareAndSwap(claimTouched, claimTaken) {
		return &h.first
	}
	if resp := h.takeOwn(); resp != nil {
		return resp
	}
	return h.begun(new(Response))
}

// clean is answer without what a view set on Response.
func (r *Request) clean() *Response {
	if h := r.host(); h.claim.CompareAndSwap(claimFree, claimTaken) {
		return &h.first
	}
	return new(Response)
}

// takeOwn removes and returns what Response made beside the first one.
func (r *Request) takeOwn() *Response {
	x := r.root().extras.Load()
	if x == nil {
		return nil
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	for i, own := range x.responses {
		if own.host == r {
			x.responses = append(x.responses[:i], x.responses[i+1:]...)
			return own.response
		}
	}
	return nil
}

// forgetResponse makes the next Response start afresh.
func (r *Request) forgetResponse() {
	if !r.claim.CompareAndSwap(claimTouched, claimTaken) {
		r.takeOwn()
	}
}

// Text answers with a plain text.
func (r *Request) Text(s string) *Response {
	resp := r.answer()
	resp.SetText(s)
	return resp
}

// HTML answers with a page.
func (r *Request) HTML(s string) *Response {
	resp := r.answer()
	resp.defaultType(usualHTML)
	resp.SetText(s)
	return resp
}

// Bytes answers with b, which must not be changed from then on.
func (r *Request) Bytes(contentType string, b []byte) *Response {
	resp := r.answer()
	if contentType != "" {
		resp.SetContentType(contentType)
	}
	resp.SetBytes(b)
	return resp
}

// JSON answers with v as JSON. A value that has no JSON form is an error.
func (r *Request) JSON(v any) (*Response, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("answer with %T as JSON: %w", v, err)
	}
	resp := r.answer()
	resp.defaultType(usualJSON)
	resp.SetBytes(b)
	return resp, nil
}

// Redirect answers with a redirect to url, absolute or relative. It is an answer
// like others; return web.SeeOther(url) as an error to leave a view from deep within.
func (r *Request) Redirect(status int, url string) *Response {
	resp := r.answer()
	resp.SetStatus(status)
	resp.SetHeader("Location", escapeLocation(url))
	return resp
}

// Empty answers with a status and no body.
func (r *Request) Empty(status int) *Response {
	resp := r.answer()
	resp.SetStatus(status)
	resp.replaceBody(bodyNone)
	return resp
}

const upperhex = "0123456789ABCDEF"

// escapeLocation percent-encodes what no header may hold: spaces, control
// characters, and all beyond ASCII. A reference that needs nothing stays as it is.
func escapeLocation(url string) string {
	odd := 0
	for i := range len(url) {
		if c := url[i]; c <= ' ' || c >= 0x7f {
			odd++
		}
	}
	if odd == 0 {
		return url
	}
	b := make([]byte, 0, len(url)+2*odd)
	for i := range len(url) {
		if c := url[i]; c <= ' ' || c >= 0x7f {
			b = append(b, '%', upperhex[c>>4], upperhex[c&15])
		} else {
			b = append(b, c)
		}
	}
	return string(b)
}
