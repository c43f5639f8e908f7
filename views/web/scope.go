package web

import (
	"github.com/mastaba-go/mastaba/traversal/async"
)

// scope is what [async.Go] and its neighbours find in the context of a request: the scope of the request, which is made
// when somebody asks for it; or, for a copy with a context of its own, the scope that this one carries.
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

// scoped reports whether anything of the request asked for its scope: then its end may take a while after the response.
func (r *Request) scoped() bool { return r.root().slot.Peek() != nil }
