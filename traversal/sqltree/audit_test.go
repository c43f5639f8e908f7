package sqltree_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/acl"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
)

func newest(t *testing.T, tree *sqltree.Tree) sqltree.Entry {
	t.Helper()
	entries, err := tree.Audit(t.Context(), sqltree.AuditOptions{Limit: 1})
	require.NoError(t, err)
	require.Len(t, entries, 1)
	return entries[0]
}

func TestAudit(t *testing.T) {
	onEach(t, func(t *testing.T, tree *sqltree.Tree) {
		ctx := sqltree.WithActor(t.Context(), "user:anna")
		docs := grow(t, tree, "docs").(*Folder)
		page := &Page{Text: "1"}
		require.NoError(t, tree.Create(ctx, docs, "page", page))
		page.Text = "2"
		require.NoError(t, tree.Update(ctx, page))
		require.NoError(t, tree.Rename(ctx, page, "front"))
		require.ErrorIs(t, tree.Create(ctx, docs, "front", &Page{}), sqltree.ErrExists)

		entries, err := tree.Audit(t.Context(), sqltree.AuditOptions{Node: page.ID()})
		require.NoError(t, err)
		require.Len(t, entries, 3, "what failed is not logged")
		for i, want := range []sqltree.Op{sqltree.Renamed, sqltree.Updated, sqltree.Created} {
			assert.Equal(t, want, entries[i].Op)
			assert.Equal(t, "user:anna", entries[i].Actor)
			assert.Equal(t, int64(3-i), entries[i].Version)
			assert.Equal(t, docs.ID(), entries[i].Parent)
		}
		assert.Equal(t, []string{"page", "page", ""}, []string{entries[0].WasName, entries[1].WasName, entries[2].WasName})
		assert.Equal(t, []uuid.UUID{docs.ID(), docs.ID(), uuid.Nil}, []uuid.UUID{entries[0].WasParent, entries[1].WasParent, entries[2].WasParent})
		assert.Equal(t, page.Modified(), entries[0].Time)
		next, err := tree.Audit(t.Context(), sqltree.AuditOptions{Before: entries[2].Seq})
		require.NoError(t, err)
		require.Len(t, next, 1)
		assert.Equal(t, "docs", next[0].Name)
	})
}

func TestAuditIsBounded(t *testing.T) {
	t.Parallel()
	for name, open := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := options()
			o.Audit = 3
			tree := newTree(t, open(t), o)
			grow(t, tree, "a", "b", "c", "d", "e")
			entries, err := tree.Audit(t.Context(), sqltree.AuditOptions{})
			require.NoError(t, err)
			require.Len(t, entries, 3)
			assert.Equal(t, "e", entries[0].Name)
		})
	}
}

func TestUndo(t *testing.T) {
	onEach(t, func(t *testing.T, tree *sqltree.Tree) {
		ctx := t.Context()
		undo := func() error { return tree.Undo(ctx, newest(t, tree).Seq) }
		docs, other := grow(t, tree, "docs"), grow(t, tree, "other")
		page := &Page{Text: "needle"}
		require.NoError(t, tree.Create(ctx, docs, "page", page))

		page.Text = "changed"
		require.NoError(t, tree.Update(ctx, page))
		require.NoError(t, undo())
		assert.Equal(t, "needle", at[*Page](t, tree, "/docs/page").Text)
		assert.Equal(t, []string{"/docs/page"}, search(t, tree, "needle", sqltree.SearchOptions{}))
		require.NoError(t, undo(), "undo the undo")
		assert.Equal(t, "changed", at[*Page](t, tree, "/docs/page").Text)

		page = at[*Page](t, tree, "/docs/page")
		require.NoError(t, tree.Move(ctx, page, other, "moved"))
		require.NoError(t, undo())
		page = at[*Page](t, tree, "/docs/page")
		require.NoError(t, tree.Rename(ctx, page, "front"))
		require.NoError(t, undo())
		page = at[*Page](t, tree, "/docs/page")

		require.NoError(t, tree.SetACL(ctx, page, acl.List{acl.DenyAll}))
		require.NoError(t, undo())
		page = at[*Page](t, tree, "/docs/page")
		assert.False(t, page.HasACL())

		require.NoError(t, tree.Create(ctx, other, "new", &Page{}))
		require.NoError(t, undo())
		_, err := find(t, tree, "/other/new")
		require.ErrorIs(t, err, traversal.ErrNotFound)

		require.NoError(t, tree.Delete(ctx, docs, sqltree.DeleteOptions{}))
		assert.Empty(t, search(t, tree, "changed", sqltree.SearchOptions{}))
		require.NoError(t, undo())
		restored := at[*Page](t, tree, "/docs/page")
		assert.Equal(t, "changed", restored.Text)
		assert.Equal(t, page.ID(), restored.ID())
		assert.Greater(t, restored.Version(), page.Version())
		assert.Equal(t, []string{"/docs/page"}, search(t, tree, "changed", sqltree.SearchOptions{}))
		require.NoError(t, undo())
		_, err = find(t, tree, "/docs")
		require.ErrorIs(t, err, traversal.ErrNotFound)
	})
}

func TestUndoIsRefused(t *testing.T) {
	onEach(t, func(t *testing.T, tree *sqltree.Tree) {
		ctx := t.Context()
		page := &Page{Text: "1"}
		require.NoError(t, tree.Create(ctx, root(t, tree), "page", page))
		page.Text = "2"
		require.NoError(t, tree.Update(ctx, page))
		first := newest(t, tree)
		page.Text = "3"
		require.NoError(t, tree.Update(ctx, page))
		require.ErrorIs(t, tree.Undo(ctx, first.Seq), sqltree.ErrConflict)

		second := newest(t, tree)
		require.NoError(t, tree.Undo(ctx, second.Seq))
		_, refused := errors.AsType[*sqltree.UndoError](tree.Undo(ctx, second.Seq))
		assert.True(t, refused, "twice")
		require.ErrorIs(t, tree.Undo(ctx, 1<<40), traversal.ErrNotFound)

		folder := grow(t, tree, "folder")
		created := newest(t, tree)
		grow(t, tree, "folder", "child")
		_, notEmpty := errors.AsType[*sqltree.NotEmptyError](tree.Undo(ctx, created.Seq))
		assert.True(t, notEmpty)

		require.NoError(t, tree.Rename(ctx, folder, "renamed"))
		renamed := newest(t, tree)
		grow(t, tree, "folder")
		require.ErrorIs(t, tree.Undo(ctx, renamed.Seq), sqltree.ErrExists)
	})
}

func TestEvents(t *testing.T) {
	onEach(t, func(t *testing.T, tree *sqltree.Tree) {
		ctx := sqltree.WithActor(t.Context(), "user:anna")
		docs := grow(t, tree, "docs")
		sub, err := tree.Subscribe()
		require.NoError(t, err)
		defer sub.Close()
		page := &Page{}
		require.NoError(t, tree.Create(ctx, docs, "page", page))
		require.ErrorIs(t, tree.Create(ctx, docs, "page", &Page{}), sqltree.ErrExists)
		require.NoError(t, tree.Move(ctx, page, root(t, tree), "front"))

		e, err := sub.Next(ctx)
		require.NoError(t, err)
		assert.Equal(t, sqltree.Event{Op: sqltree.Created, ID: page.ID(), Parent: docs.(*Folder).ID(), Name: "page", Kind: "page",
			Version: 1, Actor: "user:anna", Time: page.Created()}, e)
		e, err = sub.Next(ctx)
		require.NoError(t, err)
		assert.Equal(t, sqltree.Moved, e.Op)
		assert.Equal(t, "front", e.Name)
		assert.Equal(t, "page", e.WasName)
		assert.Equal(t, docs.(*Folder).ID(), e.WasParent)
	})
}

func TestKept(t *testing.T) {
	onEach(t, func(t *testing.T, tree *sqltree.Tree) {
		ctx := t.Context()
		docs := grow(t, tree, "docs")
		page := &Page{}
		require.NoError(t, tree.Create(ctx, docs, "page", page))
		kept := func() bool {
			kept, err := tree.Kept(ctx, page.ID())
			require.NoError(t, err)
			return kept
		}
		assert.True(t, kept(), "it is in the tree")
		require.NoError(t, tree.Delete(ctx, docs, sqltree.DeleteOptions{}))
		assert.True(t, kept(), "it was below what was deleted")
		require.NoError(t, tree.Undo(ctx, newest(t, tree).Seq))
		assert.True(t, kept())
		for range 2 { // the undo of the undo is a delete
			require.NoError(t, tree.Undo(ctx, newest(t, tree).Seq))
		}
		require.NoError(t, tree.Undo(ctx, newest(t, tree).Seq))
		assert.True(t, kept())
		never, err := tree.Kept(ctx, uuid.Must(uuid.NewV7()))
		require.NoError(t, err)
		assert.False(t, never)
	})
}

func TestKeptAsLongAsTheAuditLog(t *testing.T) {
	t.Parallel()
	for name, open := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := options()
			o.Audit = 3
			tree := newTree(t, open(t), o)
			page := grow(t, tree, "page")
			id := page.(*Folder).ID()
			require.NoError(t, tree.Delete(t.Context(), page, sqltree.DeleteOptions{}))
			for i, more := range []string{"a", "b", "c"} {
				kept, err := tree.Kept(t.Context(), id)
				require.NoError(t, err)
				assert.True(t, kept, i)
				grow(t, tree, more)
			}
			kept, err := tree.Kept(t.Context(), id)
			require.NoError(t, err)
			assert.False(t, kept)
		})
	}
}
