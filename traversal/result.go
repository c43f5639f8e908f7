package traversal

import "strings"

// Result is what a walk found. It is made to be part of a larger value, such as a request. A walk
// along a path without names allocates nothing. Any other needs room for its names and resources:
// [Result.Use] provides it, otherwise a walk of up to 32 levels allocates once. Each name with
// escapes is allocated too.
//
// A Result belongs to one walk. After the walk it no longer changes, and several goroutines may
// read it; its Nodes point into it. A copy that is made after the walk is a Result of its own, but
// Nodes taken from the original still point to the original. Do not walk into a Result whose Nodes
// are in use: they would change.
//
// The zero Result means that nothing was traversed.
type Result struct {
	root  Resource // where the walk began
	room  *room    // nil if nothing needed it
	count uint32   // of names
	depth uint32   // of names that were walked
}

// IsZero reports whether nothing was traversed.
func (r *Result) IsZero() bool { return r.root == nil }

// Stand makes a zero Result that of a walk without names, and reports whether it did: it does not
// if res cannot be a resource, which [Traverser.Walk] explains. A known resource is not checked.
func (r *Result) Stand(res Resource, known bool) bool {
	if r.root != nil || !known && badResource(res) != "" {
		return false
	}
	r.root = res
	return true
}

// Root returns the resource where the walk began; nil for the zero Result.
func (r *Result) Root() Resource { return r.root }

// Node returns where the walk ended: the resource that a view is looked up for.
func (r *Result) Node() Node {
	switch {
	case r.instead() != nil:
		return r.room.rare.instead.node
	case r.IsZero():
		return Node{}
	}
	return Node{walk: r, depth: int(r.depth)}
}

// Resource returns the resource where the walk ended.
func (r *Result) Resource() Resource {
	if r.instead() != nil {
		return r.room.rare.instead.node.Resource()
	}
	return r.resourceAt(int(r.depth))
}

// ViewName returns the first name that is not a resource, without its "@@"; "" if the walk used up
// its path.
func (r *Result) ViewName() string {
	if r.instead() != nil {
		return r.room.rare.instead.viewName
	}
	if r.depth == r.count {
		return ""
	}
	return strings.TrimPrefix(r.nameAt(int(r.depth)), viewPrefix)
}

// Stands reports whether the walk had no names, and its node is not that of [Result.WithNode]: Root
// is the Resource, and the view name is "".
func (r *Result) Stands() bool { return r.count == 0 && (r.room == nil || r.room.rare == nil) }

// Target returns the Resource and the ViewName, and whether there is a Rest.
func (r *Result) Target() (res Resource, viewName string, rest bool) {
	if r.count == 0 && r.instead() == nil {
		return r.root, "", false
	}
	return r.Resource(), r.ViewName(), len(r.Rest()) > 0
}

// Subpath returns the names after the view name; or [Path].Subpath, if the walk used up its path.
// The caller must not change it.
func (r *Result) Subpath() []string {
	switch {
	case r.depth < r.count:
		return r.allNames()[r.depth+1 : r.count : r.count]
	case r.rare() != nil:
		return r.rare().subpath
	}
	return nil
}

// Rest returns the names that the walk left over after the view name. Unlike Subpath, it is empty
// if the walk used up its path, and for [Result.WithNode]. The caller must not change it.
func (r *Result) Rest() []string {
	if r.depth == r.count || r.instead() != nil {
		return nil
	}
	return r.Subpath()
}

// Replaced reports whether the node and the view name are those of [Result.WithNode].
func (r *Result) Replaced() bool { return r.instead() != nil }

// Traversed returns the names that were walked, including those of the virtual root. The caller
// must not change it.
func (r *Result) Traversed() []string { return r.allNames()[:r.depth:r.depth] }

// VirtualRoot returns the node of the virtual root; the node where the walk began if there is no
// virtual root, or no resource at its path.
func (r *Result) VirtualRoot() Node {
	switch {
	case r.IsZero():
		return Node{}
	case r.virtual() <= r.depth:
		return Node{walk: r, depth: int(r.virtual())}
	}
	return Node{walk: r}
}

// VirtualRootPath returns the names of the virtual root, whether or not it exists. The caller must
// not change it.
func (r *Result) VirtualRootPath() []string {
	n := r.virtual()
	return r.allNames()[:n:n]
}

// WithNode returns a copy with another node and view name, for rendering one view inside another.
// The rest stays what the walk found.
func (r *Result) WithNode(n Node, viewName string) Result {
	c := *r
	var own room
	var rest rare
	if r.room != nil {
		own = *r.room
	}
	if own.rare != nil {
		rest = *own.rare
	}
	rest.instead = &nodeAndView{n, viewName}
	own.rare = &rest
	c.room = &own
	return c
}
