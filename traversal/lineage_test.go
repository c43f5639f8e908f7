package traversal_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
)

func TestLineageInsideClosest(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	root := traversal.Map{"a": traversal.Map{"b": traversal.Map{}, "leaf": &leaf{"x"}}, "ab": traversal.Map{}}
	find := func(path string) traversal.Node {
		n, err := noRules.Find(ctx, root, path)
		require.NoError(t, err)
		return n
	}
	var names []string
	for n, err := range noRules.Lineage(ctx, find("a/b")) {
		require.NoError(t, err)
		names = append(names, n.Path())
	}
	assert.Equal(t, []string{"/a/b", "/a", "/"}, names)
	for range noRules.Lineage(ctx, find("a/b")) {
		break
	}
	for _, err := range noRules.Lineage(ctx, 1) {
		require.Error(t, err)
	}

	for _, tt := range []struct {
		a, b any
		want bool
	}{
		{find("a/b"), find("a/b"), true},
		{find("a/b"), find("a"), true},
		{find("a/b"), root, true},
		{find("a/b"), root["a"], true},
		{find("a"), find("a/b"), false},
		{find("ab"), find("a"), false},
		{find("a/b"), find("ab"), false},
		{find("a/leaf"), find("a"), true},
		{find("a"), nil, false},
		{find("a"), traversal.Node{}, false},
		{find("a"), traversal.Map{}, false},
		{find("a"), traversal.NewNode(traversal.Map{}), false},
		// Loaded anew: the same place.
		{traversal.NewNode(root).At("x", &leaf{}).At("y", 1), traversal.NewNode(root).At("x", &leaf{"anew"}), true},
		// Values that cannot be compared do not panic.
		{traversal.NewNode(root).At("x", []int{1}).At("y", struct{ f []int }{}), struct{ f []int }{}, false},
		{traversal.NewNode(root).At("x", [1]any{[]int{}}), [1]any{[]int{}}, false},
	} {
		got, err := noRules.Inside(ctx, tt.a, tt.b)
		require.NoError(t, err)
		assert.Equal(t, tt.want, got, "%v in %v", tt.a, tt.b)
	}
	_, err := noRules.Inside(ctx, 1, root)
	require.Error(t, err)

	res, n, ok, err := traversal.Closest[*leaf](ctx, nil, find("a/leaf"))
	require.NoError(t, err)
	assert.True(t, ok)
	assert.Equal(t, "x", res.name)
	assert.Equal(t, "/a/leaf", n.Path())
	_, n, ok, err = traversal.Closest[traversal.Container](ctx, nil, find("a/leaf"))
	require.NoError(t, err)
	assert.True(t, ok)
	assert.Equal(t, "/a", n.Path())
	_, n, ok, err = traversal.Closest[error](ctx, nil, find("a/leaf"))
	require.NoError(t, err)
	assert.False(t, ok)
	assert.True(t, n.IsZero())
	_, _, _, err = traversal.Closest[error](ctx, nil, 1)
	require.Error(t, err)
}
