package web

import (
	"context"
	"net/http"

	"github.com/mastaba-go/mastaba/traversal"
)

// copyOf makes a copy that shares everything with r. The memory for a match, a
// walk and a response lies idle in it unless it becomes a detour.
func (r *Request) copyOf() *Request {
	c := new(struct {
		Request
		derivation
	})
	c.Request.Request, c.app, c.from = r.Request, r.app, &c.derivation
	c.from.origin = r
	if r.from != nil {
		c.from.parent = r.from.parent
	}
	return &c.Request
}

// WithContext returns a copy of the request whose Context is ctx. The copy
// shares attributes, callbacks, identity, walk and response with r. A ctx that
// does not derive from r.Context() cuts the request off from its cancellation.
func (r *Request) WithContext(ctx context.Context) *Request {
	c := r.copyOf()
	if ctx != nil {
		c.from.parent = ctx
	}
	return c
}

// Clone is WithContext with a deep copy of the http.Request: URL, headers, forms.
func (r *Request) Clone(ctx context.Context) *Request {
	if ctx == nil {
		ctx = r.Context()
	}
	c := r.copyOf()
	c.from.parent = ctx
	c.Request = r.Request.Clone(ctx)
	return c
}

// With returns a copy of the request around another http.Request: what a piece
// of net/http middleware made of it. The copy takes its context from hr.
func (r *Request) With(hr *http.Request) *Request {
	c := r.copyOf()
	if hr != nil && hr != r.Request {
		c.Request, c.from.parent = hr, nil
	}
	return c
}

// WithNode returns a copy that looks at another resource, to call one of its
// views by name while r is being answered. The copy has a response of its own;
// it shares the match and all attributes, callbacks and the identity.
func (r *Request) WithNode(n traversal.Node, viewName string) *Request {
	c := r.copyOf()
	h := r.host()
	c.flags = flagDetour | h.flags&flagMatched
	c.match, c.err = h.match, h.err
	c.result = h.result.WithNode(n, viewName)
	return c
}

// HTTP returns the request for code that knows net/http only: with Context, and
// with the pattern and the markers of the route as Pattern and PathValue. It
// shares URL, headers and body with r, and costs an allocation or a few.
func (r *Request) HTTP() *http.Request {
	hr := r.Request.WithContext(r.Context())
	if m := r.Match(); m != nil {
		hr.Pattern = m.Pattern
		for _, p := range m.Params() {
			hr.SetPathValue(p.Name, p.text())
		}
	}
	return hr
}
