package traversal_test

import (
	"context"
	"fmt"
	"iter"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
)

func replace(s string, oldnew ...string) string { return strings.NewReplacer(oldnew...).Replace(s) }

func TestRulesWinOverMethods(t *testing.T) {
	t.Parallel()
	byRule := traversal.Lookup(func(_ context.Context, f *folder, name string) (traversal.Resource, error) {
		return &leaf{"rule " + name}, nil
	})
	r, err := walk(t, site(), traversal.Path{Escaped: "/a"}, byRule)
	require.NoError(t, err)
	assert.Equal(t, &leaf{"rule a"}, r.Resource())

	// A lookup also silences Descend.
	r, err = walk(t, &answering{err: context.Canceled}, traversal.Path{Escaped: "/a"},
		traversal.Lookup(func(_ context.Context, _ *answering, name string) (traversal.Resource, error) { return name, nil }))
	require.NoError(t, err)
	assert.Equal(t, "a", r.Resource())

	// A path lookup goes before a lookup; both before methods.
	r, err = walk(t, site(), traversal.Path{Escaped: "/x/y"}, byRule,
		traversal.LookupPath(func(_ context.Context, _ *folder, names []string) ([]traversal.Resource, error) {
			return []traversal.Resource{1, 2}, nil
		}))
	require.NoError(t, err)
	assert.Equal(t, 2, r.Resource())

	// Rules that tell nothing about children leave the methods alone.
	r, err = walk(t, site(), traversal.Path{Escaped: "/a/b"},
		traversal.Locate(func(context.Context, *folder) (string, traversal.Resource, error) { return "", nil, nil }))
	require.NoError(t, err)
	assert.Equal(t, "/a/b", r.Node().Path())
}

func TestRuleForForeignType(t *testing.T) {
	t.Parallel()
	day := traversal.Lookup(func(_ context.Context, parent time.Month, name string) (traversal.Resource, error) {
		d, err := time.Parse("2", name)
		if err != nil {
			return nil, traversal.ErrNotFound
		}
		return time.Date(2024, parent, d.Day(), 0, 0, 0, 0, time.UTC), nil
	})
	assert.Equal(t, "lookup for time.Month", day.String())
	assert.Equal(t, reflect.TypeFor[time.Month](), day.Type())
	r, err := walk(t, traversal.Map{"march": time.March}, traversal.Path{Escaped: "/march/17"}, day)
	require.NoError(t, err)
	assert.Equal(t, 17, r.Resource().(time.Time).Day())
	r, err = walk(t, traversal.Map{"march": time.March}, traversal.Path{Escaped: "/march/edit"}, day)
	require.NoError(t, err)
	assert.Equal(t, "edit", r.ViewName())
}

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
		"lookup for fmt.Stringer: an interface type cannot have one, give the type that lies in the tree",
		"path lookup for *traversal_test.leaf: the function is nil",
		"async lookup for *traversal_test.leaf: the function is nil",
		"locate for *traversal_test.leaf: the function is nil",
		"listing for interface {}: an interface type cannot have one, give the type that lies in the tree",
		"lookup for traversal.Node: a Node is a place, not a resource; give the resource's type",
		"empty rule: make one by Lookup, LookupAsync, LookupPath, Locate or Listing",
		"lookup for *traversal_test.leaf is given twice: leave one of them",
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

	got, err := steps(traversal.Map{"a": &answering{got: []traversal.Resource{0}}}, "/a/b/c/d/e")
	require.NoError(t, err)
	assert.Equal(t, []string{
		"traversal.Map child a -> *traversal_test.answering <nil>",
		"*traversal_test.answering descend b -> int <nil>",
		"int lookup c -> string <nil>",
		"string none d -> <nil> <nil>",
	}, got)

	got, err = steps(&answering{got: []traversal.Resource{1.5, 2.5}, err: traversal.ErrNotFound}, "/a/b/c/@@d")
	require.NoError(t, err)
	assert.Equal(t, []string{
		"*traversal_test.answering descend a -> float64 <nil>",
		"float64 descend b -> float64 <nil>",
		"float64 descend c -> <nil> no such resource",
	}, got)

	got, err = steps(1, "/a/b")
	require.Error(t, err)
	assert.Equal(t, []string{"int lookup a -> <nil> returned neither a resource nor an error: return ErrNotFound if there is none"}, got)

	got, err = steps(&answering{err: context.Canceled}, "/a/b")
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, []string{"*traversal_test.answering descend a -> <nil> context canceled"}, got)
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
