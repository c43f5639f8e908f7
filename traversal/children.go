package traversal

import (
	"context"
	"fmt"
	"iter"
)

// Children yields the children of x, each at its place. x is a Node or a resource; a resource
// without a known place counts as a root. An error is the last thing yielded: among others, that
// the resource cannot list its children (see [Traverser.Lists]).
func (t *Traverser) Children(ctx context.Context, x any) iter.Seq2[Node, error] {
	return func(yield func(Node, error) bool) {
		n, err := t.startAt(ctx, x)
		if err != nil {
			yield(Node{}, err)
			return
		}
		list, ok := t.listing(ctx, n.Resource())
		if !ok {
			yield(Node{}, fmt.Errorf("children of %T: not a traversal.Lister, and no traversal.Listing rule registered for it", n.Resource()))
			return
		}
		for e, err := range list {
			if err == nil {
				if reason := badResource(e.Resource); reason != "" {
					err = fmt.Errorf("child %q %s", e.Name, reason)
				}
			}
			if err != nil {
				yield(Node{}, fmt.Errorf("children of %T: %w", n.Resource(), err))
				return
			}
			if !yield(n.At(e.Name, e.Resource), nil) {
				return
			}
		}
	}
}

// Lists reports whether a resource can list its children: as a [Lister] or by a [Listing] rule.
func (t *Traverser) Lists(res Resource) bool {
	if a := t.rulesFor(res); a != nil && a.list != nil {
		return true
	}
	_, ok := res.(Lister)
	return ok
}

func (t *Traverser) listing(ctx context.Context, res Resource) (iter.Seq2[Entry, error], bool) {
	if a := t.rulesFor(res); a != nil && a.list != nil {
		return a.list.list(ctx, res), true
	}
	if l, ok := res.(Lister); ok {
		return l.Children(ctx), true
	}
	return nil, false
}
