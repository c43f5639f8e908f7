package sqltree_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/acl"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
)

func TestGet(t *testing.T) {
	onEach(t, func(t *testing.T, tree *sqltree.Tree) {
		c := grow(t, tree, "a", "b", "c")
		n, err := tree.Node(t.Context(), c)
		require.NoError(t, err)
		assert.Equal(t, "/a/b/c", n.Path())
		assert.IsType(t, &Site{}, n.Root().Resource())
		_, err = tree.Get(t.Context(), uuid.New())
		require.ErrorIs(t, err, traversal.ErrNotFound)
		count, err := tree.Count(t.Context(), root(t, tree))
		require.NoError(t, err)
		assert.Equal(t, 1, count)
	})
}

func walk(t *testing.T, tree *sqltree.Tree, from sqltree.Resource) (paths []string) {
	t.Helper()
	n, err := tree.Node(t.Context(), from)
	require.NoError(t, err)
	for n, err := range tree.Walk(t.Context(), n) {
		require.NoError(t, err)
		paths = append(paths, n.Path())
	}
	return paths
}

func TestWalk(t *testing.T) {
	onEach(t, func(t *testing.T, tree *sqltree.Tree) {
		grow(t, tree, "b", "2")
		grow(t, tree, "a", "1", "x")
		grow(t, tree, "a", "0")
		want := []string{"/a", "/a/0", "/a/1", "/a/1/x", "/b", "/b/2"}
		assert.Equal(t, want, walk(t, tree, root(t, tree)))
		n := 0
		for range tree.Walk(t.Context(), traversal.NewNode(root(t, tree))) {
			if n++; n == 3 {
				break
			}
		}
		assert.Equal(t, 3, n)
	})
}

func TestCopy(t *testing.T) {
	onEach(t, func(t *testing.T, tree *sqltree.Tree) {
		inner := grow(t, tree, "a", "b")
		require.NoError(t, tree.Create(t.Context(), inner, "page", &Page{Text: "needle"}))
		require.NoError(t, tree.SetACL(t.Context(), inner, acl.List{acl.DenyAll}))
		a := at[*Folder](t, tree, "/a")
		copied, err := tree.Copy(t.Context(), a, root(t, tree), "z")
		require.NoError(t, err)
		assert.Equal(t, "z", copied.(*Folder).Name())
		assert.Equal(t, []string{"/a", "/a/b", "/a/b/page", "/z", "/z/b", "/z/b/page"}, walk(t, tree, root(t, tree)))
		page := at[*Page](t, tree, "/z/b/page")
		assert.Equal(t, "needle", page.Text)
		assert.Equal(t, int64(1), page.Version())
		assert.NotEqual(t, at[*Page](t, tree, "/a/b/page").ID(), page.ID())
		assert.True(t, at[*Folder](t, tree, "/z/b").HasACL())
		assert.ElementsMatch(t, []string{"/a/b/page", "/z/b/page"}, search(t, tree, "needle", sqltree.SearchOptions{}))

		_, err = tree.Copy(t.Context(), a, at[*Folder](t, tree, "/a/b"), "inside")
		_, isCycle := errors.AsType[*sqltree.CycleError](err)
		assert.True(t, isCycle)
		_, err = tree.Copy(t.Context(), a, root(t, tree), "z")
		require.ErrorIs(t, err, sqltree.ErrExists)

		require.NoError(t, tree.Undo(t.Context(), newest(t, tree).Seq))
		assert.Equal(t, []string{"/a", "/a/b", "/a/b/page"}, walk(t, tree, root(t, tree)))
	})
}

func TestReorder(t *testing.T) {
	onEach(t, func(t *testing.T, tree *sqltree.Tree) {
		for _, name := range []string{"a", "b", "c", "d"} {
			grow(t, tree, name)
		}
		site := root(t, tree)
		require.NoError(t, tree.Reorder(t.Context(), site, "c", "d"))
		assert.Equal(t, []string{"/c", "/d", "/a", "/b"}, walk(t, tree, site))
		grow(t, tree, "0")
		require.NoError(t, tree.Reorder(t.Context(), site, "b"))
		assert.Equal(t, []string{"/b", "/0", "/a", "/c", "/d"}, walk(t, tree, site))
		require.ErrorIs(t, tree.Reorder(t.Context(), site, "a", "missing"), traversal.ErrNotFound)
		require.Error(t, tree.Reorder(t.Context(), site, "a", "a"))
		assert.Equal(t, []string{"/b", "/0", "/a", "/c", "/d"}, walk(t, tree, site), "nothing was changed")
		require.NoError(t, tree.Reorder(t.Context(), site))
		assert.Equal(t, []string{"/0", "/a", "/b", "/c", "/d"}, walk(t, tree, site))
	})
}

func TestDepthIsBounded(t *testing.T) {
	t.Parallel()
	for name, open := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := options()
			o.MaxDepth = 3
			tree := newTree(t, open(t), o)
			deep := grow(t, tree, "a", "b", "c")
			_, limited := errors.AsType[*sqltree.LimitError](tree.Create(t.Context(), deep, "d", &Page{}))
			assert.True(t, limited, "create")
			grow(t, tree, "x", "y")
			_, limited = errors.AsType[*sqltree.LimitError](tree.Move(t.Context(), at[*Folder](t, tree, "/x"), at[*Folder](t, tree, "/a/b"), "x"))
			assert.True(t, limited, "move")
			_, err := tree.Copy(t.Context(), at[*Folder](t, tree, "/x"), at[*Folder](t, tree, "/a/b"), "x")
			_, limited = errors.AsType[*sqltree.LimitError](err)
			assert.True(t, limited, "copy")
			require.NoError(t, tree.Move(t.Context(), at[*Folder](t, tree, "/x"), at[*Folder](t, tree, "/a"), "x"))
			_, err = find(t, tree, "/a/b/c/d/e/f/g/h")
			require.ErrorIs(t, err, traversal.ErrNotFound)
		})
	}
}

// TestListed has more than one page of lists.
func TestListed(t *testing.T) {
	onEach(t, func(t *testing.T, tree *sqltree.Tree) {
		docs := grow(t, tree, "docs")
		want := map[string]bool{"docs": true}
		require.NoError(t, tree.SetACL(t.Context(), docs, acl.List{acl.DenyAll}))
		for i := range 250 {
			name := "n" + strconv.Itoa(i)
			page := &Page{}
			require.NoError(t, tree.Create(t.Context(), docs, name, page))
			if i%5 != 0 {
				want["docs/"+name] = true
				require.NoError(t, tree.SetACL(t.Context(), page, acl.List{acl.DenyAll}))
			}
		}
		found := map[string]bool{}
		for n, err := range tree.Listed(t.Context()) {
			require.NoError(t, err)
			found[strings.Join(n.Names(), "/")] = true
		}
		assert.Equal(t, want, found)
		for range tree.Listed(t.Context()) {
			break
		}
	})
}
