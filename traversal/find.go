package traversal

import (
	"context"
	"reflect"
	"slices"
	"strings"
)

// Find is the resource at an escaped path, which [Join] or [ResourcePath] made: from the root of x
// if the path begins with a slash, else from x. x is a Node or a resource; its place must be
// known, as for [NodeOf], if the path is absolute. A resource of which nothing tells the place
// counts as a root for relative paths.
//
// If anything of the path is left over, also "@@view", the error is a [*NotFoundError], which is
// ErrNotFound. Other errors are as in [Traverser.Walk].
func Find(ctx context.Context, x any, path string) (Node, error) { return methods.Find(ctx, x, path) }

// Find is like the function of that name, with the rules of t.
func (t *Traverser) Find(ctx context.Context, x any, path string) (Node, error) {
	r, err := t.Traverse(ctx, x, path)
	if err != nil {
		return Node{}, err
	}
	return r.whole()
}

// FindNames is [Find] for names below x that are split already.
func FindNames(ctx context.Context, x any, names ...string) (Node, error) {
	return methods.FindNames(ctx, x, names...)
}

// FindNames is like the function of that name, with the rules of t.
func (t *Traverser) FindNames(ctx context.Context, x any, names ...string) (Node, error) {
	from, err := t.startAt(ctx, x)
	if err != nil {
		return Node{}, err
	}
	if names == nil {
		names = []string{}
	}
	r := new(Result)
	if err := t.walkFrom(ctx, from, Path{Names: names}, r); err != nil {
		return Node{}, err
	}
	return r.whole()
}

// whole is where the walk ended, if it used up its path.
func (r *Result) whole() (Node, error) {
	if r.depth < r.count {
		return Node{}, &NotFoundError{
			Path: Join(r.allNames()),
			Name: r.nameAt(int(r.depth)),
			Type: reflect.TypeOf(r.Resource()),
		}
	}
	return r.Node(), nil
}

// Traverse walks from x like [Find], but tells all that a walk finds: a view name and a subpath
// are no error. With a relative path the Root of the result is x; its Nodes have the whole lineage.
func Traverse(ctx context.Context, x any, path string) (*Result, error) {
	return methods.Traverse(ctx, x, path)
}

// Traverse is like the function of that name, with the rules of t.
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
	r := new(Result)
	return r, t.walkFrom(ctx, from, Path{Escaped: path}, r)
}

// startAt is the place of x for a walk down: without a known place it is a root.
func (t *Traverser) startAt(ctx context.Context, x any) (Node, error) {
	if _, ok := x.(Node); !ok && !t.locates(x) && flawOf(x) == nil {
		return NewNode(x), nil
	}
	return t.NodeOf(ctx, x)
}

// ResourcePath is the escaped path from the root to x, with the elements after it: "/wiki/Front".
// There is no slash at the end, except for the root itself and after an empty last element. x is a
// Node or a resource, as for [NodeOf].
func ResourcePath(ctx context.Context, x any, elements ...string) (string, error) {
	return methods.ResourcePath(ctx, x, elements...)
}

// ResourcePath is like the function of that name, with the rules of t.
func (t *Traverser) ResourcePath(ctx context.Context, x any, elements ...string) (string, error) {
	names, err := t.ResourceNames(ctx, x, elements...)
	if err != nil {
		return "", err
	}
	return Join(names), nil
}

// ResourceNames is [ResourcePath] before joining and escaping. The slice is the caller's.
func ResourceNames(ctx context.Context, x any, elements ...string) ([]string, error) {
	return methods.ResourceNames(ctx, x, elements...)
}

// ResourceNames is like the function of that name, with the rules of t.
func (t *Traverser) ResourceNames(ctx context.Context, x any, elements ...string) ([]string, error) {
	n, err := t.NodeOf(ctx, x)
	if err != nil {
		return nil, err
	}
	return slices.Concat(n.Names(), elements), nil
}
