package traversal

import (
	"fmt"
	"slices"
)

// Node is a resource together with its lineage: its name, its parent, and so on up to the root. It
// is a small immutable value: copy it freely and use it from several goroutines. A Node of a walk
// points into the [Result] of the walk and keeps it alive.
//
// The zero Node has no resource; see IsZero.
type Node struct {
	walk   *Result    // of the walk that found it, or nil
	placed *placement // made by NewNode or At, or nil
	depth  int        // below the start of the walk
}

var _ fmt.Stringer = Node{}

// placement is the place of a resource that no walk found.
type placement struct {
	parent   Node // zero: a root
	name     string
	resource Resource
}

// NewNode returns the node of a root.
func NewNode(root Resource) Node {
	if root == nil {
		return Node{}
	}
	return Node{placed: &placement{resource: root}}
}

// At returns the node of a child of n, for example a listed one, without looking it up. It
// allocates once. The child of a zero Node is a root.
func (n Node) At(name string, child Resource) Node {
	if n.IsZero() || child == nil {
		return NewNode(child)
	}
	return Node{placed: &placement{parent: n, name: name, resource: child}}
}

// IsZero reports whether n has no resource.
func (n Node) IsZero() bool { return n.walk == nil && n.placed == nil }

// Resource returns the resource; nil for the zero Node.
func (n Node) Resource() Resource {
	switch {
	case n.walk != nil:
		return n.walk.resourceAt(n.depth)
	case n.placed != nil:
		return n.placed.resource
	}
	return nil
}

// Name returns the name by which the parent finds the resource; "" for a root.
func (n Node) Name() string {
	switch {
	case n.walk != nil && n.depth > 0:
		return n.walk.nameAt(n.depth - 1)
	case n.walk != nil:
		return n.walk.start().Name()
	case n.placed != nil:
		return n.placed.name
	}
	return ""
}

// Parent returns the node above, and false at a root.
func (n Node) Parent() (Node, bool) {
	switch {
	case n.walk != nil && n.depth > 0:
		return Node{walk: n.walk, depth: n.depth - 1}, true
	case n.walk != nil:
		return n.walk.start().Parent()
	case n.placed != nil && !n.placed.parent.IsZero():
		return n.placed.parent, true
	}
	return Node{}, false
}

// Root returns the topmost node of the lineage.
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

// Depth returns the number of nodes above n: 0 for a root.
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

// Names returns the names from the root down to n; none for a root. The slice may belong to the
// walk: the caller must not change it.
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

// Path returns the escaped path from the root to n, "/" for the root.
func (n Node) Path() string { return Join(n.Names()) }

// String returns the path and the type of the resource, such as "/wiki (*wiki.Root)".
func (n Node) String() string {
	if n.IsZero() {
		return "no resource"
	}
	return fmt.Sprintf("%s (%T)", n.Path(), n.Resource())
}
