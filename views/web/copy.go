package web

import (
	"context"
	"net/http"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web/internal/header"
)

// copyOf returns a copy that shares everything with r. Its own match, walk and response are unused
// unless it becomes a detour.
func (r *Request) copyOf() *Request {
	r.Keep()
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

// WithContext returns a copy of the request whose Context is ctx. The copy shares attributes,
// callbacks, identity, walk and response with r. Unless ctx derives from r.Context(), the copy is
// not cancelled with r.
func (r *Request) WithContext(ctx context.Context) *Request {
	c := r.copyOf()
	if ctx != nil {
		c.from.parent = ctx
	}
	return c
}

// Clone is WithContext with a deep copy of the http.Request: URL, headers, forms. If you
// read a multipart form in the copy, remove its files with RemoveAll of the copy's MultipartForm.
func (r *Request) Clone(ctx context.Context) *Request {
	if ctx == nil {
		ctx = r.Context()
	}
	c := r.copyOf()
	c.from.parent = ctx
	c.Request = r.Request.Clone(ctx)
	return c
}

// With returns a copy of the request with another http.Request, such as one from net/http
// middleware, whose context it gets. Another body has the limit of the present one, and an error of
// reading it is the client's, a 400, unless the error has a status.
func (r *Request) With(hr *http.Request) *Request {
	c := r.copyOf()
	if hr != nil && hr != r.Request {
		c.Request, c.from.parent = r.limitedBody().Around(r.Request, hr), nil
	}
	return c
}

// WithNode returns a copy for another resource, to call one of its views by name while r is
// handled. The copy has a response of its own; it shares the match, the attributes, the callbacks
// and the identity.
func (r *Request) WithNode(n traversal.Node, viewName string) *Request {
	c := r.copyOf()
	h := r.host()
	c.flags = flagDetour | h.flags&flagMatched
	c.match, c.err = h.match, h.err
	c.result = h.result.WithNode(n, viewName)
	return c
}

// HTTP returns the request for code that needs an *http.Request. It has Context as its context, and
// the route's pattern and markers as Pattern and PathValue. It shares URL, headers and body with r,
// and costs a few allocations. Conditional and range requests have their headers in the form that
// net/http understands, such as If-None-Match in one line, in a copy if need be (RFC 9110 5.3, 14).
// If you read a multipart form in it, remove the files as for Clone; SetHandler does so by itself.
func (r *Request) HTTP() *http.Request {
	hr := r.Request.WithContext(r.Context())
	hr.Header = header.Conditional(hr.Method, hr.Header)
	if m := r.matched(); m != nil {
		hr.Pattern = m.Pattern
		m.setPathValues(hr)
	}
	return hr
}
