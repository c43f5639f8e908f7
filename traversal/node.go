package traversal

import (
	"fmt"
	"slices"
)

// Node is a resource at the place where it was found: with its name, its parent and so on up to
// the root. It is a small value; copy it freely. It never changes and may be used by several
// goroutines. A Node of a walk points into the walk's [Result] and keeps it alive.
//
// The zero Node is no resource; IsZero tells.
type Node struct {
	walk  *Result // the memory of the walk that found it; nil for a hung one
	hung  *hung   // placed by hand: NewNode, At
	depth int     // below the start of the walk
}

var _ fmt.Stringer = Node{}

// hung is a place that no walk found.
type hung struct {
	parent   Node // zero: a root
	name     string
	resource Resource
}

// NewNode places a resource as the root of a tree.
func NewNode(root Resource) Node {
	if root == nil {
		return Node{}
	}
	return Node{hung: &hung{resource: root}}
}

// At places a child of n, for instance a listed one, without looking it up. It allocates once.
// The child of a zero Node is a root.
func (n Node) At(name string, child Resource) Node {
	if n.IsZero() || child == nil {
		return NewNode(child)
	}
	return Node{hung: &hung{parent: n, name: name, resource: child}}
}

// IsZero tells whether n is no resource at all.
func (n Node) IsZero() bool { return n.walk == nil && n.hung == nil }

// Resource is the resource itself; nil for the zero Node.
func (n Node) Resource() Resource {
	switch {
	case n.walk != nil:
		return n.walk.resourceAt(n.depth)
	case n.hung != nil:
		return n.hung.resource
	}
	return nil
}

// Name is the name by which its parent finds it; empty for a root.
func (n Node) Name() string {
	switch {
	case n.walk != nil && n.depth > 0:
		return n.walk.nameAt(n.depth - 1)
	case n.walk != nil:
		return n.walk.start().Name()
	case n.hung != nil:
		return n.hung.name
	}
	return ""
}

// Parent is the node above; false at a root.
func (n Node) Parent() (Node, bool) {
	switch {
	case n.walk != nil && n.depth > 0:
		return Node{walk: n.walk, depth: n.depth - 1}, true
	case n.walk != nil:
		return n.walk.start().Parent()
	case n.hung != nil && !n.hung.parent.IsZero():
		return n.hung.parent, true
	}
	return Node{}, false
}

// Root is the topmost node of the lineage.
func (n Node) Root() Node {
	for {
		if n.walk != nil {
			n.depth = 0 // no need to climb one by one
		}
		up, ok := n.Parent()
		if !ok {
			return n
		}
		n = up
	}
}

// Depth is the number of nodes above: 0 for a root.
func (n Node) Depth() int {
	depth := 0
	for {
		if n.walk != nil {
			depth += n.depth
			n.depth = 0
		}
		up, ok := n.Parent()
		if !ok {
			return depth
		}
		n, depth = up, depth+1
	}
}

// Names are the names from the root down to n; none for a root. They may be the walk's own memory:
// do not change them.
func (n Node) Names() []string {
	if n.walk != nil && n.walk.start().IsZero() {
		return n.walk.allNames()[:n.depth:n.depth]
	}
	var names []string
	for {
		up, ok := n.Parent()
		if !ok {
			slices.Reverse(names)
			return names
		}
		names = append(names, n.Name())
		n = up
	}
}

// Path is the escaped path of n from its root, "/" for the root.
func (n Node) Path() string { return Join(n.Names()) }

// String is the path and the type of the resource.
func (n Node) String() string {
	if n.IsZero() {
		return "no resource"
	}
	return fmt.Sprintf("%s (%T)", n.Path(), n.Resource())
}
