package web

import "github.com/mastaba-go/mastaba/traversal"

// Result returns the result of traversal, zero before that. It points into the request: the router
// writes it, other code may only read it.
func (r *Request) Result() *traversal.Result {
	r.Keep()
	return r.walk()
}

// walk is Result for what keeps no part of it.
func (r *Request) walk() *traversal.Result { return &r.host().result }

// Traverser returns the application's traverser, which uses its registered lookups:
// r.Traverser().Lineage(ctx, r.Node()), for example. A nil traverser is valid.
func (r *Request) Traverser() *traversal.Traverser { return r.app.Traverser }

// Node returns the resource with its lineage; zero before traversal.
func (r *Request) Node() traversal.Node { return r.Result().Node() }

// Resource returns the resource that traversal found, nil before that.
func (r *Request) Resource() traversal.Resource { return r.walk().Resource() }

// Root returns the root of the tree, nil before traversal.
func (r *Request) Root() traversal.Resource { return r.walk().Root() }

// ViewName returns the name of the requested view; "" is the default view.
func (r *Request) ViewName() string { return r.walk().ViewName() }

// Subpath returns the decoded path segments after the view name. The caller must not change it.
func (r *Request) Subpath() []string { return r.Result().Subpath() }

// Traversed returns the path segments that led to the resource. The caller must not change it.
func (r *Request) Traversed() []string { return r.Result().Traversed() }

// VirtualRoot returns the node that a trusted proxy publishes as the root; without one, the root
// itself.
func (r *Request) VirtualRoot() traversal.Node { return r.Result().VirtualRoot() }

// VirtualRootPath returns the path segments of the virtual root. The caller must not change it.
func (r *Request) VirtualRootPath() []string { return r.Result().VirtualRootPath() }
