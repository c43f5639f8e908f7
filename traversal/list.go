package traversal

import (
	"context"
	"fmt"
	"iter"
)

// Children yields the children of x, each at its place. x is a Node or a resource; a resource of
// which nothing tells the place counts as a root. A resource that cannot tell its children gives
// ErrNoListing; an error is the last thing yielded.
func Children(ctx context.Context, x any) iter.Seq2[Node, error] { return methods.Children(ctx, x) }

// Children is like the function of that name, with the rules of t.
func (t *Traverser) Children(ctx context.Context, x any) iter.Seq2[Node, error] {
	return func(yield func(Node, error) bool) {
		n, err := t.startAt(ctx, x)
		if err != nil {
			yield(Node{}, err)
			return
		}
		list, ok := t.listing(ctx, n.Resource())
		if !ok {
			yield(Node{}, fmt.Errorf("children of %T: %w", n.Resource(), ErrNoListing))
			return
		}
		for e, err := range list {
			if err == nil {
				err = flawOf(e.Resource)
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

// Lists tells whether a resource can tell its children.
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
