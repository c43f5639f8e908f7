package traversal_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
)

func TestNode(t *testing.T) {
	t.Parallel()
	root := site()
	r, err := walk(t, root, traversal.Path{Escaped: "/a/b"})
	require.NoError(t, err)
	walked := r.Node()
	a := root.children["a"].(*folder)
	placed := traversal.NewNode(root).At("a", a).At("b", a.children["b"])
	mixed, err := noRules.Find(t.Context(), traversal.NewNode(root).At("a", a), "b")
	require.NoError(t, err)
	far, err := noRules.Find(t.Context(), walked, "/a/b")
	require.NoError(t, err)
	for name, n := range map[string]traversal.Node{"walked": walked, "placed": placed, "mixed": mixed, "found": far} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.False(t, n.IsZero())
			assert.Equal(t, "b", n.Name())
			assert.Same(t, a.children["b"], n.Resource())
			assert.Equal(t, []string{"a", "b"}, n.Names())
			assert.Equal(t, 2, n.Depth())
			assert.Equal(t, "/a/b", n.Path())
			assert.Equal(t, "/a/b (*traversal_test.folder)", n.String())
			assert.Same(t, root, n.Root().Resource())
			assert.Zero(t, n.Root().Depth())
			assert.Empty(t, n.Root().Name())
			assert.Empty(t, n.Root().Names())
			_, up := n.Root().Parent()
			assert.False(t, up)

			parent, up := n.Parent()
			assert.True(t, up)
			assert.Equal(t, "a", parent.Name())
			assert.Same(t, a, parent.Resource())
			top, up := parent.Parent()
			assert.True(t, up)
			assert.Same(t, root, top.Resource())

			below := n.At("x y", 1).At("z", 2)
			assert.Equal(t, "/a/b/x%20y/z", below.Path())
			assert.Equal(t, 4, below.Depth())
			assert.Same(t, root, below.Root().Resource())
		})
	}
}

func TestZeroNode(t *testing.T) {
	t.Parallel()
	var n traversal.Node
	assert.True(t, n.IsZero())
	assert.True(t, traversal.NewNode(nil).IsZero())
	assert.True(t, traversal.NewNode(1).At("x", nil).IsZero())
	assert.Nil(t, n.Resource())
	assert.Empty(t, n.Name())
	assert.Empty(t, n.Names())
	assert.Zero(t, n.Depth())
	assert.True(t, n.Root().IsZero())
	_, up := n.Parent()
	assert.False(t, up)
	assert.Equal(t, "no resource", n.String())
	assert.Equal(t, "/", n.At("x", 1).Path(), "a root")
}
