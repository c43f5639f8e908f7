package traversal

import "strings"

// inline is how many names and resources fit into a Result without an allocation: the root, four
// levels below it, and a view name.
const inline = 5

// Result is what a walk found. It is made to lie inside a larger value, such as a request: a walk
// of up to four levels over a path without escapes allocates nothing, one of up to 32 levels
// allocates once.
//
// A Result belongs to one walk. When that has ended it never changes and may be read by several
// goroutines; its Nodes point into it. A copy is a Result of its own, and Nodes of the original
// go on pointing to the original. Do not walk into one whose Nodes are in use: they would change.
//
// The zero Result says that there was no traversal.
type Result struct {
	names [inline]string   // of the virtual root, then of the path; unless in more
	chain [inline]Resource // the start of the walk first; unless in more
	more  *more
	count uint32 // of names
	depth uint32 // of names that were walked: chain holds one more
}

// more is what does not fit into a Result. Its slices have their full length from the beginning;
// Result.count and Result.depth say how much is filled.
type more struct {
	names   []string
	virtual uint32 // of names of the virtual root
	chain   []Resource
	subpath []string // from outside, when the walk used up its path
	start   Node     // a walk that did not start at a root: where it did
	moved   *moved
}

// moved is the node and view name of a Result that looks elsewhere.
type moved struct {
	node     Node
	viewName string
}

// IsZero tells whether there was no traversal.
func (r *Result) IsZero() bool { return r.chain[0] == nil }

// Root is the resource where the walk began; nil without a traversal.
func (r *Result) Root() Resource { return r.chain[0] }

// Node is where the walk ended: the resource that a view is looked up for.
func (r *Result) Node() Node {
	switch {
	case r.more != nil && r.more.moved != nil:
		return r.more.moved.node
	case r.IsZero():
		return Node{}
	}
	return Node{walk: r, depth: int(r.depth)}
}

// Resource is the resource where the walk ended.
func (r *Result) Resource() Resource {
	if r.more != nil && r.more.moved != nil {
		return r.more.moved.node.Resource()
	}
	return r.resourceAt(int(r.depth))
}

// ViewName is the first name that is not a resource, without its "@@"; empty if there is none.
func (r *Result) ViewName() string {
	if r.more != nil && r.more.moved != nil {
		return r.more.moved.viewName
	}
	if r.depth == r.count {
		return ""
	}
	return strings.TrimPrefix(r.nameAt(int(r.depth)), selector)
}

// Subpath are the names after the view name; or those that [Path] gave, if the walk used up its
// path. Do not change them.
func (r *Result) Subpath() []string {
	switch {
	case r.depth < r.count:
		return r.allNames()[r.depth+1 : r.count : r.count]
	case r.more != nil:
		return r.more.subpath
	}
	return nil
}

// Traversed are the names that were walked, those of the virtual root among them. Do not change
// them.
func (r *Result) Traversed() []string { return r.allNames()[:r.depth:r.depth] }

// VirtualRoot is the node at the virtual root's path, or where the walk began if there is no such
// resource or no virtual root.
func (r *Result) VirtualRoot() Node {
	switch {
	case r.IsZero():
		return Node{}
	case r.virtual() <= r.depth:
		return Node{walk: r, depth: int(r.virtual())}
	}
	return Node{walk: r}
}

// VirtualRootPath are the names of the virtual root, whether it exists or not. Do not change them.
func (r *Result) VirtualRootPath() []string {
	n := r.virtual()
	return r.allNames()[:n:n]
}

// Moved is a copy that looks at another node by another view name, for rendering one view inside
// another. Everything else stays what the walk found.
func (r *Result) Moved(n Node, viewName string) Result {
	c := *r
	var m more
	if r.more != nil {
		m = *r.more
	}
	m.moved = &moved{n, viewName}
	c.more = &m
	return c
}
