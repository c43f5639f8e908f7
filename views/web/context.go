package web

import (
	"context"
	"time"

	"github.com/mastaba-go/mastaba/traversal/async"
)

// requestContext is a Request seen as a context: the same memory under another
// type, so that handing it out costs nothing.
type requestContext Request

var _ context.Context = (*requestContext)(nil)

type requestKey struct{}

// Context returns the context of this request. It ends when the client goes
// away or the server gives the request up, and it carries the Request:
// FromContext finds it. It costs no allocation.
func (r *Request) Context() context.Context { return (*requestContext)(r) }

// FromContext returns the request that ctx, or a context that it derives from,
// belongs to. The context of a copy yields the copy.
func FromContext(ctx context.Context) (*Request, bool) {
	if ctx == nil {
		return nil, false
	}
	r, ok := ctx.Value(requestKey{}).(*Request)
	return r, ok
}

// below returns the context underneath: what WithContext gave, or net/http's.
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

// String names the context the way the standard library's contexts do.
func (c *requestContext) String() string {
	return "web.Request(" + c.Method + " " + c.URL.Path + ")"
}
