package traversal

import (
	"context"
	"iter"
	"reflect"
	"slices"
)

// Lineage yields the node of x, then its parent, and so on up to the root: breadcrumbs, reversed. x
// is a Node or a resource, as for [Traverser.NodeOf], whose error is yielded alone.
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

// Closest returns the first resource of type T in the lineage of x, x itself included, with its
// node, or false. T may be an interface. x is a Node or a resource, as for
// [Traverser.NodeOf]. It is a function because methods have no type parameters: t is the Traverser
// of the application, or nil.
func Closest[T any](ctx context.Context, t *Traverser, x any) (T, Node, bool, error) {
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

// Inside reports whether a is b or lies below it. Both are Nodes or resources; the place of a must
// be known, as for [Traverser.NodeOf]. a is inside b if the lineage of a holds the very resource b.
// Resources may also be loaded anew each time: so a is inside b as well if both have the same root,
// and the path of a begins with the path of b.
func (t *Traverser) Inside(ctx context.Context, a, b any) (bool, error) {
	inner, err := t.NodeOf(ctx, a)
	if err != nil {
		return false, err
	}
	outer, placed := b.(Node)
	res := b
	if placed {
		res = outer.Resource()
	}
	if res == nil {
		return false, nil
	}
	for n, ok := inner, true; ok; n, ok = n.Parent() {
		if same(n.Resource(), res) {
			return true, nil
		}
	}
	if placed || t.locates(res) {
		if outer, err = t.NodeOf(ctx, b); err != nil {
			return false, err
		}
		if same(inner.Root().Resource(), outer.Root().Resource()) {
			names, prefix := inner.Names(), outer.Names()
			return len(names) >= len(prefix) && slices.Equal(names[:len(prefix)], prefix), nil
		}
	}
	return false, nil
}

// same reports whether two resources are the same value. Maps and slices, which == does not
// compare, are the same if they share their memory; other values that cannot be compared never are.
func same(a, b Resource) bool {
	ta, tb := reflect.TypeOf(a), reflect.TypeOf(b)
	switch {
	case ta != tb || ta == nil:
		return false
	case ta.Kind() == reflect.Pointer:
		return a == b
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
