package traversal_test

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
)

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	look := func(context.Context, *leaf, string) (traversal.Resource, error) { return nil, nil }
	_, err := traversal.New([]traversal.Rule{
		traversal.Lookup[fmt.Stringer](func(context.Context, fmt.Stringer, string) (traversal.Resource, error) { return nil, nil }),
		traversal.LookupPath[*leaf](nil),
		traversal.LookupAsync[*leaf](nil),
		traversal.Locate[*leaf](nil),
		traversal.Listing[any](func(context.Context, any) iter.Seq2[traversal.Entry, error] { return nil }),
		traversal.Lookup(func(context.Context, traversal.Node, string) (traversal.Resource, error) { return nil, nil }),
		{},
		traversal.Lookup(look), traversal.Lookup(look),
	}, []traversal.Hook{nil})
	require.EqualError(t, err, strings.Join([]string{
		"lookup for fmt.Stringer: a rule cannot be for an interface; use the type of the resources in the tree",
		"path lookup for *traversal_test.leaf: the function is nil",
		"async lookup for *traversal_test.leaf: the function is nil",
		"locate for *traversal_test.leaf: the function is nil",
		"listing for interface {}: a rule cannot be for an interface; use the type of the resources in the tree",
		"lookup for traversal.Node: a Node is not a resource; use the type of its resource",
		"empty rule: make rules with Lookup, LookupAsync, LookupPath, Locate or Listing",
		"lookup for *traversal_test.leaf given twice: remove one",
		"step hook 0 is nil",
	}, "\n"))
}

func TestHooks(t *testing.T) {
	t.Parallel()
	var log []string
	hook := func(_ context.Context, s traversal.Step) {
		assert.GreaterOrEqual(t, s.Elapsed, time.Duration(0))
		log = append(log, fmt.Sprintf("%T %s %s -> %T %v", s.Parent, s.Capability, s.Name, s.Child, s.Err))
	}
	tr, err := traversal.New([]traversal.Rule{
		traversal.Lookup(func(_ context.Context, n int, name string) (traversal.Resource, error) {
			return []traversal.Resource{"leaf", nil}[n], nil
		}),
	}, []traversal.Hook{hook})
	require.NoError(t, err)
	steps := func(root traversal.Resource, path string) ([]string, error) {
		log = nil
		var r traversal.Result
		err := tr.Walk(t.Context(), root, traversal.Path{Escaped: path}, &r)
		return log, err
	}

	got, err := steps(traversal.Map{"a": &pathStub{found: []traversal.Resource{0}}}, "/a/b/c/d/e")
	require.NoError(t, err)
	assert.Equal(t, []string{
		"traversal.Map child a -> *traversal_test.pathStub <nil>",
		"*traversal_test.pathStub descend b -> int <nil>",
		"int lookup c -> string <nil>",
		"string none d -> <nil> <nil>",
	}, got)

	got, err = steps(&pathStub{found: []traversal.Resource{1.5, 2.5}, err: traversal.ErrNotFound}, "/a/b/c/@@d")
	require.NoError(t, err)
	assert.Equal(t, []string{
		"*traversal_test.pathStub descend a -> float64 <nil>",
		"float64 descend b -> float64 <nil>",
		"float64 descend c -> <nil> no such resource",
	}, got)

	got, err = steps(1, "/a/b")
	require.Error(t, err)
	assert.Equal(t, []string{"int lookup a -> <nil> returned resource is nil; return ErrNotFound if there is no such child"}, got)

	got, err = steps(&pathStub{err: context.Canceled}, "/a/b")
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, []string{"*traversal_test.pathStub descend a -> <nil> context canceled"}, got)
}

func TestObservedReplacesTheHooks(t *testing.T) {
	t.Parallel()
	own, observed := 0, 0
	tr, err := traversal.New([]traversal.Rule{
		traversal.Lookup(func(context.Context, int, string) (traversal.Resource, error) { return "leaf", nil }),
	}, []traversal.Hook{func(context.Context, traversal.Step) { own++ }})
	require.NoError(t, err)
	count := func(context.Context, traversal.Step) { observed++ }
	var r traversal.Result
	require.NoError(t, tr.Observed(count).Walk(t.Context(), 1, traversal.Path{Escaped: "/a"}, &r))
	assert.Equal(t, "leaf", r.Resource(), "the rules stay")
	assert.Equal(t, []int{0, 1}, []int{own, observed})
	require.NoError(t, tr.Walk(t.Context(), 1, traversal.Path{Escaped: "/a"}, &r))
	assert.Equal(t, []int{1, 1}, []int{own, observed})

	var none *traversal.Traverser
	require.NoError(t, none.Observed(count).Walk(t.Context(), traversal.Map{"a": 1}, traversal.Path{Escaped: "/a"}, &r))
	assert.Equal(t, 2, observed)
}
