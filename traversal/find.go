package traversal

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Find returns the resource at an escaped path, such as one that [Join] or
// [Traverser.ResourcePath] returns. A path that begins with a slash starts at the root of x, any
// other path at x. x is a Node or a resource. For an absolute path its place must be known, as for
// [Traverser.NodeOf]; for a relative one, a resource without a known place counts as a root.
//
// If part of the path is left over, "@@view" included, the error matches [ErrNotFound]. Other
// errors are those of [Traverser.Walk].
func (t *Traverser) Find(ctx context.Context, x any, path string) (Node, error) {
	r, err := t.Traverse(ctx, x, path)
	if err != nil {
		return Node{}, err
	}
	if r.depth < r.count {
		return Node{}, notFoundError(fmt.Sprintf("find %q: %T has no child %q", Join(r.allNames()), r.Resource(), r.nameAt(int(r.depth))))
	}
	return r.Node(), nil
}

// Traverse walks from x like [Traverser.Find], but returns all that the walk found: a view name and
// a subpath are not errors. For a relative path the Root of the result is x; its Nodes have the
// whole lineage.
func (t *Traverser) Traverse(ctx context.Context, x any, path string) (*Result, error) {
	var from Node
	var err error
	if strings.HasPrefix(path, "/") {
		from, err = t.NodeOf(ctx, x)
		from = from.Root()
	} else {
		from, err = t.startAt(ctx, x)
	}
	if err != nil {
		return nil, err
	}
	b := new(struct {
		Result
		Room
		names [4]string
		below [4]Resource
	})
	b.Use(&b.Room, b.names[:], b.below[:])
	return &b.Result, t.walkFrom(ctx, from, Path{Escaped: path}, &b.Result)
}

// startAt returns the node of x for a walk down. A resource without a known place becomes a root.
func (t *Traverser) startAt(ctx context.Context, x any) (Node, error) {
	if _, ok := x.(Node); !ok && !t.locates(x) && badResource(x) == "" {
		return NewNode(x), nil
	}
	return t.NodeOf(ctx, x)
}

// ResourcePath returns the escaped path from the root to x, followed by the elements:
// "/wiki/Front". It does not end with a slash, except for the root itself and after an empty last
// element. x is a Node or a resource, as for [Traverser.NodeOf].
func (t *Traverser) ResourcePath(ctx context.Context, x any, elements ...string) (string, error) {
	n, err := t.NodeOf(ctx, x)
	if err != nil {
		return "", err
	}
	return Join(slices.Concat(n.Names(), elements)), nil
}
