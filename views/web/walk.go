package web

import "github.com/mastaba-go/mastaba/traversal"

// Result returns where traversal led, zero before it ended. It points into the
// request: the router lets the walk write there, everybody else only reads.
func (r *Request) Result() *traversal.Result { return &r.host().result }

// Traverser returns the application's traverser, which knows its registered
// lookups: r.Traverser().Lineage(ctx, r.Node()), and so on. It is never nil to use.
func (r *Request) Traverser() *traversal.Traverser { return r.app.Traverser }

// Node returns the resource with its lineage; zero before traversal.
func (r *Request) Node() traversal.Node {
	return r.Result().Node()
}

// Resource returns the resource that the request is about; nil before traversal.
func (r *Request) Resource() traversal.Resource { return r.Result().Resource() }

// Root returns the resource at which the walk began; nil before traversal.
func (r *Request) Root() traversal.Resource { return r.Result().Root() }

// ViewName returns the name of the view that was asked for; "" is the default view.
func (r *Request) ViewName() string {
	return r.Result().ViewName()
}

// Subpath returns the decoded names behind the view name. The caller must not change it.
func (r *Request) Subpath() []string { return r.Result().Subpath() }

// Traversed returns the names that the walk used up. The caller must not change it.
func (r *Request) Traversed() []string { return r.Result().Traversed() }

// VirtualRoot returns the node that a trusted proxy made the root; the root
// itself without one.
func (r *Request) VirtualRoot() traversal.Node { return r.Result().VirtualRoot() }

// VirtualRootPath returns the names that lead to the virtual root. The caller must not change it.
func (r *Request) VirtualRootPath() []string { return r.Result().VirtualRootPath() }
