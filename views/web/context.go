package web

import (
	"context"
	"time"

	"github.com/mastaba-go/mastaba/traversal/async"
)

// requestContext is a Request as a context: the same memory under another type, so that Context
// allocates nothing.
type requestContext Request

var _ context.Context = (*requestContext)(nil)

type requestKey struct{}

// Context returns the context of this request. It ends when the client disconnects or the server
// cancels the request. [FromContext] finds the request in it. It does not allocate. It keeps the
// request: see [Request.Keep].
func (r *Request) Context() context.Context {
	r.Keep()
	return (*requestContext)(r)
}

// FromContext returns the request whose context is ctx, or a context from which ctx derives. For
// the context of a copy it returns the copy.
func FromContext(ctx context.Context) (*Request, bool) {
	if ctx == nil {
		return nil, false
	}
	r, ok := ctx.Value(requestKey{}).(*Request)
	return r, ok
}

// below returns the parent context: that of WithContext, or net/http's.
func (c *requestContext) below() context.Context {
	if c.from != nil && c.from.parent != nil {
		return c.from.parent
	}
	return c.Request.Context()
}

func (c *requestContext) Deadline() (time.Time, bool) { return c.below().Deadline() }

func (c *requestContext) Done() <-chan struct{} { return c.below().Done() }

func (c *requestContext) Err() error { return c.below().Err() }

func (c *requestContext) Value(key any) any {
	if key == (requestKey{}) {
		return (*Request)(c)
	}
	if async.IsScopeKey(key) {
		return c.scope()
	}
	return c.below().Value(key)
}

// AfterFunc makes contexts derived from this one wait without a goroutine; package context looks
// for it.
func (c *requestContext) AfterFunc(f func()) (stop func() bool) {
	return context.AfterFunc(c.below(), f)
}

// String names the context, as those of the standard library do.
func (c *requestContext) String() string {
	return "web.Request(" + c.Method + " " + c.URL.Path + ")"
}

// scope returns what [async.Go] finds in the context: the scope of the request, which is created on
// first use; or, for a copy with another parent context, the scope in that one.
func (c *requestContext) scope() *async.Scope {
	r := (*Request)(c)
	for o := r.origin(); o != nil && r.from.parent == nil && r.Request == o.Request; o = r.origin() {
		r = o
	}
	if r.from != nil {
		if s, ok := async.ScopeFrom((*requestContext)(r).below()); ok {
			return s
		}
	}
	root := r.root()
	return root.slot.Scope(root.Request.Context(), root.app.Goroutines)
}

// hasScope reports whether the scope was used; then the request may end a while after its response.
func (r *Request) hasScope() bool { return r.root().slot.Peek() != nil }
