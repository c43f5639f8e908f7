package traversal

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"reflect"
)

// maxDepth bounds a chain of locations: a longer one leads in a circle.
const maxDepth = 10_000

var methods *Traverser // knows the methods of resources alone

// NodeOf is the place of x, which is a [Node] or a resource.
//
// A bare resource must be [Located], or have a [Locate] rule; else the error is a
// [*NoLocationError]. So must its parents be, up to the root.
//
// A Node is what the walk saw. But if the resource tells its own place, that counts (a resource
// that was reached by an alias has one true path), as long as its chain of parents ends at the
// Node's root; a chain that ends elsewhere says nothing about this tree, and the Node stands.
// Parents that do not tell their place count where the Node has them. A chain that breaks off in
// between is an error, never a shorter lineage.
func NodeOf(ctx context.Context, x any) (Node, error) { return methods.NodeOf(ctx, x) }

// NodeOf is like the function of that name, with the rules of t.
func (t *Traverser) NodeOf(ctx context.Context, x any) (Node, error) {
	seen, _ := x.(Node)
	res := x
	if !seen.IsZero() {
		res = seen.Resource()
		if !t.locates(res) {
			return seen, nil
		}
	}
	if flawOf(res) != nil { // nil, a nil pointer, the zero Node
		return Node{}, &LocationError{Type: reflect.TypeOf(x), Err: errors.New("there is no resource")}
	}

	// Climb. at is the node where seen has res; zero when the chain has left seen's lineage.
	// As long as names and parents are those of seen, there is nothing to build.
	at, differs := seen, false
	var below []Entry
	for range maxDepth {
		above, higher := at.Parent()
		if !higher && !at.IsZero() { // the root of seen
			if !differs {
				return seen, nil
			}
			return hang(at, below), nil
		}
		name, parent, err := t.location(ctx, res, at)
		switch {
		case err != nil:
			return Node{}, err
		case parent == nil && !seen.IsZero():
			return seen, nil // another tree's root
		case parent == nil:
			return hang(NewNode(res), below), nil
		}
		below = append(below, Entry{name, res})
		up := placeIn(seen, at, parent)
		differs = differs || at.IsZero() || name != at.Name() || up != above
		at, res = up, parent
	}
	return Node{}, &LocationError{reflect.TypeOf(res), fmt.Errorf("more than %d parents: they lead in a circle", maxDepth)}
}

// locates tells whether res knows its own place.
func (t *Traverser) locates(res Resource) bool {
	if a := t.rulesFor(res); a != nil && a.locate != nil {
		return true
	}
	_, ok := res.(Located)
	return ok
}

// location asks res for its place, and if it knows none takes the one of at, if there is one.
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
		err = fmt.Errorf("has the name %q, but no parent", name)
	case parent != nil && flawOf(parent) != nil:
		err = fmt.Errorf("its parent is a nil %T", parent)
	case parent != nil && name == "":
		err = fmt.Errorf("has a parent (%T), but no name", parent)
	}
	if err != nil {
		return "", nil, &LocationError{reflect.TypeOf(res), err}
	}
	return name, parent, nil
}

// placeIn is the node of seen's lineage that is parent, looked for above at first.
func placeIn(seen, at Node, parent Resource) Node {
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

// hang places the entries, the lowest first, below n.
func hang(n Node, entries []Entry) Node {
	for i := len(entries) - 1; i >= 0; i-- {
		n = n.At(entries[i].Name, entries[i].Resource)
	}
	return n
}

// Lineage yields the node of x, then its parent, and so on up to the root. x is a Node or a
// resource, as for [NodeOf], whose error is yielded alone.
func Lineage(ctx context.Context, x any) iter.Seq2[Node, error] { return methods.Lineage(ctx, x) }

// Lineage is like the function of that name, with the rules of t.
func (t *Traverser) Lineage(ctx context.Context, x any) iter.Seq2[Node, error] {
	return func(yield func(Node, error) bool) {
		n, err := t.NodeOf(ctx, x)
		if err != nil {
			yield(Node{}, err)
			return
		}
		for ok := true; ok && yield(n, nil); {
			n, ok = n.Parent()
		}
	}
}

// Inside tells whether a is b or lies below it. Both are Nodes or resources; the place of a must be
// known, as for [NodeOf]. It is below b if its lineage holds the very resource b, or, where
// resources are loaded anew each time, if both are of one tree (the same root) and the path of a
// begins with the path of b.
func Inside(ctx context.Context, a, b any) (bool, error) { return methods.Inside(ctx, a, b) }

// Inside is like the function of that name, with the rules of t.
func (t *Traverser) Inside(ctx context.Context, a, b any) (bool, error) {
	inner, err := t.NodeOf(ctx, a)
	if err != nil {
		return false, err
	}
	outer, placed := b.(Node)
	what := b
	if placed {
		what = outer.Resource()
	}
	if what == nil {
		return false, nil
	}
	for n, ok := inner, true; ok; n, ok = n.Parent() {
		if same(n.Resource(), what) {
			return true, nil
		}
	}
	if placed || t.locates(what) {
		if outer, err = t.NodeOf(ctx, b); err != nil {
			return false, err
		}
		if same(inner.Root().Resource(), outer.Root().Resource()) {
			return hasPrefix(inner.Names(), outer.Names()), nil
		}
	}
	return false, nil
}

func hasPrefix(names, prefix []string) bool {
	if len(prefix) > len(names) {
		return false
	}
	for i, name := range prefix {
		if names[i] != name {
			return false
		}
	}
	return true
}

// Closest is the first resource of type T in the lineage of x, x itself included, with its node;
// false if there is none. T may be an interface. x is a Node or a resource, as for [NodeOf].
func Closest[T any](ctx context.Context, x any) (T, Node, bool, error) {
	return ClosestIn[T](ctx, methods, x)
}

// ClosestIn is [Closest] with the rules of t.
func ClosestIn[T any](ctx context.Context, t *Traverser, x any) (T, Node, bool, error) {
	var none T
	n, err := t.NodeOf(ctx, x)
	if err != nil {
		return none, Node{}, false, err
	}
	for ok := true; ok; n, ok = n.Parent() {
		if found, is := n.Resource().(T); is {
			return found, n, true, nil
		}
	}
	return none, Node{}, false, nil
}

// same tells whether two resources are one. Maps and slices, which == refuses, are one if they
// share their memory; other values that cannot be compared never are.
func same(a, b Resource) bool {
	ta, tb := reflect.TypeOf(a), reflect.TypeOf(b)
	if ta != tb || ta == nil {
		return false
	}
	va, vb := reflect.ValueOf(a), reflect.ValueOf(b)
	switch {
	case ta.Kind() == reflect.Map:
		return va.Pointer() == vb.Pointer()
	case ta.Kind() == reflect.Slice:
		return va.Len() == vb.Len() && va.Pointer() == vb.Pointer()
	case ta.Comparable() && va.Comparable() && vb.Comparable():
		return a == b
	}
	return false
}
