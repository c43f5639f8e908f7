package frameworktest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/traversaltest"
)

func TestTreeKeepsItsContract(t *testing.T) {
	t.Parallel()
	tree := frameworktest.Tree{"a/b/c": &page{}, "a": &page{}, "d/e": &page{}, "f": traversal.Map{"g": &page{}}}
	require.NoError(t, traversaltest.Check(t.Context(), tree, traversaltest.Options{}))
	var tr traversal.Traverser
	node, err := tr.Find(t.Context(), traversal.NewNode(tree), "/a/b/c")
	require.NoError(t, err)
	assert.IsType(t, &page{}, node.Resource())
	_, err = tr.Find(t.Context(), traversal.NewNode(tree), "/f/g")
	require.NoError(t, err, "a child of the resource's own")
}

// A client that escapes a slash asks for one name, which no path of a Tree is.
func TestTreeHasNoNamesWithASlash(t *testing.T) {
	t.Parallel()
	tree := frameworktest.Tree{"a/b": 1}
	found, err := tree.Descend(t.Context(), []string{"a/b"})
	assert.Empty(t, found)
	assert.ErrorIs(t, err, traversal.ErrNotFound)
	found, err = tree.Descend(t.Context(), []string{"a", "b/c"})
	assert.Len(t, found, 1)
	assert.NoError(t, err)
}
