package traversal

import (
	"context"
	"errors"
	"fmt"
	"reflect"
)

// maxDepth limits a chain of parents: a longer one is considered a cycle.
const maxDepth = 10_000

// NodeOf returns the place of x, which is a [Node] or a resource.
//
// A bare resource must be [Located] or have a [Locate] rule, and so must its parents up to the
// root; otherwise the error is a [*NoLocationError].
//
// A Node has the place where the walk found its resource. But if the resource states its own place,
// that one counts, provided that its chain of parents ends at the root of the Node: a resource that
// was reached by an alias has one true path. If the chain ends at another root, it belongs to
// another tree, and NodeOf returns the Node unchanged. Parents that do not state their place have
// the one in the Node. A chain that breaks off is an error, never a shorter lineage.
func (t *Traverser) NodeOf(ctx context.Context, x any) (Node, error) {
	seen, _ := x.(Node)
	res := x
	if !seen.IsZero() {
		res = seen.Resource()
		if !t.locates(res) {
			return seen, nil
		}
	}
	if n, ok := res.(Node); ok && n.IsZero() {
		return Node{}, errZeroNode(x)
	}
	at, _, err := t.climb(ctx, seen, res)
	return at, err
}

// Canonical returns the one true place of n: as [Traverser.NodeOf], but the resources above n may
// state their places as well. So the lineage of /alias/doc leads through the place of the folder
// that /alias stands for, even if doc does not know its place. It is for decisions about access,
// which no alias may lead around. Without a resource that states its place it returns n, and
// allocates nothing.
func (t *Traverser) Canonical(ctx context.Context, n Node) (Node, error) {
	if n.IsZero() {
		return Node{}, errZeroNode(n)
	}
	for m, ok := n, true; ok; m, ok = m.Parent() {
		if !t.locates(m.Resource()) {
			continue
		}
		at, foreign, err := t.climb(ctx, m, m.Resource())
		switch {
		case err != nil:
			return Node{}, err
		case at != m:
			return place(at, between(n, m)), nil
		case foreign.IsZero():
			return n, nil // what is above m has been checked
		}
		m = foreign // the root of the other tree; go on above it
	}
	return n, nil
}

// between returns the entries from n up to the node below m, an ancestor of n.
func between(n, m Node) []Entry {
	var entries []Entry
	for n != m {
		entries = append(entries, Entry{n.Name(), n.Resource()})
		n, _ = n.Parent()
	}
	return entries
}

// Holds reports whether child, a listed child of n, has its place there: it does not state its
// place, or it states the very resource of n as its parent. If not, the lineage of the child is not
// that of n; n.At and Canonical return it. Holds never climbs further than to the parent.
func (t *Traverser) Holds(ctx context.Context, n Node, child Resource) (bool, error) {
	if !t.locates(child) {
		return true, nil
	}
	_, parent, err := t.location(ctx, child, Node{})
	if err != nil {
		return false, err
	}
	return parent != nil && same(parent, n.Resource()), nil
}

// climb returns the place of res as its chain of parents states it; seen is its node, or zero. If
// the chain ends at the root of another tree, climb returns seen, and as foreign the highest node
// of seen that the chain led through.
func (t *Traverser) climb(ctx context.Context, seen Node, res Resource) (n, foreign Node, err error) {
	if reason := badResource(res); reason != "" {
		return Node{}, Node{}, locationError(res, errors.New("resource "+reason))
	}

	// at is the node of res in the lineage of seen; zero once the chain has left it. While all
	// names and parents are those of seen, no nodes need to be made.
	at, last, differs := seen, seen, false
	below := make([]Entry, 0, 8) // on the stack
	for range maxDepth {
		above, higher := at.Parent()
		if !higher && !at.IsZero() { // the root of seen
			if !differs {
				return seen, Node{}, nil
			}
			return place(at, below), Node{}, nil
		}
		name, parent, err := t.location(ctx, res, at)
		switch {
		case err != nil:
			return Node{}, Node{}, err
		case parent == nil && !seen.IsZero():
			return seen, last, nil
		case parent == nil:
			return place(NewNode(res), below), Node{}, nil
		}
		below = append(below, Entry{name, res})
		up := nodeIn(seen, at, parent)
		differs = differs || at.IsZero() || name != at.Name() || up != above
		if at, res = up, parent; !at.IsZero() {
			last = at
		}
	}
	return Node{}, Node{}, locationError(res, fmt.Errorf("more than %d parents: they form a cycle", maxDepth))
}

func errZeroNode(x any) error { return locationError(x, errors.New("the zero Node has no resource")) }

// locates reports whether res states its own place.
func (t *Traverser) locates(res Resource) bool {
	if a := t.rulesFor(res); a != nil && a.locate != nil {
		return true
	}
	_, ok := res.(Located)
	return ok
}

// location returns the place that res states, or else its place in at.
func (t *Traverser) location(ctx context.Context, res Resource, at Node) (name string, parent Resource, err error) {
	if a := t.rulesFor(res); a != nil && a.locate != nil {
		name, parent, err = a.locate.locate(ctx, res)
	} else if l, ok := res.(Located); ok {
		name, parent, err = l.Location(ctx)
	} else if up, ok := at.Parent(); ok {
		return at.Name(), up.Resource(), nil
	} else {
		return "", nil, &NoLocationError{reflect.TypeOf(res)}
	}
	switch {
	case err != nil:
	case parent == nil && name != "":
		err = fmt.Errorf("name %q without a parent", name)
	case parent != nil && badResource(parent) != "":
		err = fmt.Errorf("parent %s", badResource(parent))
	case parent != nil && name == "":
		err = fmt.Errorf("empty name below a parent (%T)", parent)
	}
	if err != nil {
		return "", nil, locationError(res, err)
	}
	return name, parent, nil
}

// nodeIn returns the node of parent in the lineage of seen, or the zero Node. It tries the parent
// of at first.
func nodeIn(seen, at Node, parent Resource) Node {
	if up, ok := at.Parent(); ok && same(up.Resource(), parent) {
		return up
	}
	for n, ok := seen, !seen.IsZero(); ok; n, ok = n.Parent() {
		if same(n.Resource(), parent) {
			return n
		}
	}
	return Node{}
}

// place returns the node of the lowest of the entries, which are below n, the lowest first.
func place(n Node, entries []Entry) Node {
	for i := len(entries) - 1; i >= 0; i-- {
		n = n.At(entries[i].Name, entries[i].Resource)
	}
	return n
}
