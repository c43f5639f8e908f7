package sqltree_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/acl"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
)

func TestCreateAndFind(t *testing.T) {
	onEach(t, func(t *testing.T, tree *sqltree.Tree) {
		docs := grow(t, tree, "docs", "go")
		page := &Page{Text: "Hello"}
		require.NoError(t, tree.Create(t.Context(), docs, "a page", page))
		assert.Equal(t, int64(1), page.Version())
		assert.Equal(t, "a page", page.Name())

		n, err := find(t, tree, "/docs/go/a%20page")
		require.NoError(t, err)
		got := n.Resource().(*Page)
		assert.Equal(t, "Hello", got.Text)
		assert.Equal(t, page.ID(), got.ID())
		assert.Equal(t, page.Created(), got.Created())
		assert.Equal(t, "/docs/go/a%20page", n.Path())

		_, err = find(t, tree, "/docs/go/nothing/here")
		require.ErrorIs(t, err, traversal.ErrNotFound)

		err = tree.Create(t.Context(), docs, "a page", &Page{})
		require.ErrorIs(t, err, sqltree.ErrExists)
	})
}

func TestRootIsLoadedWithThePath(t *testing.T) {
	onEach(t, func(t *testing.T, tree *sqltree.Tree) {
		grow(t, tree, "docs")
		site := root(t, tree).(*Site)
		site.Title = "Handbook"
		require.NoError(t, tree.Update(t.Context(), site))
		require.NoError(t, tree.SetACL(t.Context(), site, acl.List{acl.Allow(acl.Everyone, "view")}))

		res, err := tree.Root(t.Context(), "/docs")
		require.NoError(t, err)
		assert.Empty(t, res.(*Site).Title, "not loaded yet")
		_, err = new(traversal.Traverser).Find(t.Context(), traversal.NewNode(res), "/docs")
		require.NoError(t, err)
		assert.Equal(t, "Handbook", res.(*Site).Title)
		assert.Equal(t, int64(3), res.(*Site).Version())
		list, err := res.(*Site).ACL(t.Context())
		require.NoError(t, err)
		assert.Equal(t, "allow system.Everyone view\n", list.String()+"\n")
	})
}

func TestUpdateOfAStaleResource(t *testing.T) {
	onEach(t, func(t *testing.T, tree *sqltree.Tree) {
		require.NoError(t, tree.Create(t.Context(), root(t, tree), "page", &Page{Text: "1"}))
		mine, yours := at[*Page](t, tree, "/page"), at[*Page](t, tree, "/page")
		mine.Text = "mine"
		require.NoError(t, tree.Update(t.Context(), mine))
		yours.Text = "yours"
		err := tree.Update(t.Context(), yours)
		require.ErrorIs(t, err, sqltree.ErrConflict)
		require.ErrorContains(t, err, `version 1 was loaded, the current one is 2`)
		mine.Text = "mine again"
		require.NoError(t, tree.Update(t.Context(), mine))
		assert.Equal(t, "mine again", at[*Page](t, tree, "/page").Text)
	})
}

func TestMove(t *testing.T) {
	onEach(t, func(t *testing.T, tree *sqltree.Tree) {
		grow(t, tree, "a", "b", "c")
		grow(t, tree, "x")
		a, c := at[*Folder](t, tree, "/a"), at[*Folder](t, tree, "/a/b/c")
		_, isCycle := errorAs[*sqltree.CycleError](tree.Move(t.Context(), a, c, "a"))
		assert.True(t, isCycle)
		_, isCycle = errorAs[*sqltree.CycleError](tree.Move(t.Context(), a, a, "a"))
		assert.True(t, isCycle)

		b := at[*Folder](t, tree, "/a/b")
		require.NoError(t, tree.Move(t.Context(), b, at[*Folder](t, tree, "/x"), "new"))
		assert.Equal(t, "new", b.Name())
		at[*Folder](t, tree, "/x/new/c")
		_, err := find(t, tree, "/a/b")
		require.ErrorIs(t, err, traversal.ErrNotFound)

		require.NoError(t, tree.Rename(t.Context(), b, "newer"))
		at[*Folder](t, tree, "/x/newer/c")
	})
}

func TestDelete(t *testing.T) {
	onEach(t, func(t *testing.T, tree *sqltree.Tree) {
		grow(t, tree, "a", "b", "c")
		a := at[*Folder](t, tree, "/a")
		_, notEmpty := errorAs[*sqltree.NotEmptyError](tree.Delete(t.Context(), a, sqltree.DeleteOptions{Empty: true}))
		assert.True(t, notEmpty)
		require.NoError(t, tree.Delete(t.Context(), a, sqltree.DeleteOptions{}))
		_, err := find(t, tree, "/a/b/c")
		require.ErrorIs(t, err, traversal.ErrNotFound)
		require.ErrorIs(t, tree.Delete(t.Context(), a, sqltree.DeleteOptions{}), sqltree.ErrConflict)
		require.ErrorIs(t, tree.Create(t.Context(), a, "b", &Page{}), sqltree.ErrConflict, "the parent is gone")
	})
}

func TestUnknownKind(t *testing.T) {
	t.Parallel()
	for name, open := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t)
			tree := newTree(t, db, options())
			require.NoError(t, tree.Create(t.Context(), root(t, tree), "page", &Page{Text: "kept"}))
			older := newTree(t, db, sqltree.Options{Root: sqltree.Kind[*Site]("site")})
			unknown := at[*sqltree.Unknown](t, older, "/page")
			assert.Equal(t, "page", unknown.Kind())
			assert.JSONEq(t, `{"text": "kept"}`, string(unknown.Data))
			require.NoError(t, older.Update(t.Context(), unknown))
			require.NoError(t, older.Rename(t.Context(), unknown, "other"))
			assert.Equal(t, "kept", at[*Page](t, tree, "/other").Text)
			require.ErrorContains(t, older.Create(t.Context(), root(t, older), "p", &Page{}), "sqltree.Kind[*sqltree_test.Page]")
		})
	}
}

func TestChildrenInPages(t *testing.T) {
	onEach(t, func(t *testing.T, tree *sqltree.Tree) {
		site := root(t, tree)
		for i := range 450 {
			require.NoError(t, tree.Create(t.Context(), site, string(rune('a'+i/100))+string(rune(0x100+i%100)), &Page{}))
		}
		last, count := "", 0
		for e, err := range site.(*Site).Children(t.Context()) {
			require.NoError(t, err)
			assert.Greater(t, e.Name, last)
			last = e.Name
			count++
		}
		assert.Equal(t, 450, count)
	})
}

func errorAs[E error](err error) (e E, ok bool) {
	e, ok = err.(E)
	return e, ok
}
