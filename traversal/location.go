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
		return Node{}, locationError(x, errors.New("the zero Node has no resource"))
	}
	if reason := badResource(res); reason != "" {
		return Node{}, locationError(x, errors.New("resource "+reason))
	}

	// Climb. at is the node of res in the lineage of seen; zero once the chain has left it. While
	// all names and parents are those of seen, no nodes need to be made.
	at, differs := seen, false
	var below []Entry
	for range maxDepth {
		above, higher := at.Parent()
		if !higher && !at.IsZero() { // the root of seen
			if !differs {
				return seen, nil
			}
			return place(at, below), nil
		}
		name, parent, err := t.location(ctx, res, at)
		switch {
		case err != nil:
			return Node{}, err
		case parent == nil && !seen.IsZero():
			return seen, nil // the root of another tree
		case parent == nil:
			return place(NewNode(res), below), nil
		}
		below = append(below, Entry{name, res})
		up := nodeIn(seen, at, parent)
		differs = differs || at.IsZero() || name != at.Name() || up != above
		at, res = up, parent
	}
	return Node{}, locationError(res, fmt.Errorf("more than %d parents: they form a cycle", maxDepth))
}

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
