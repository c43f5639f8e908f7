package sqltree_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/acl"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
)

// unit is a unit of work that the test commits.
type unit struct {
	db     *sqltree.Database
	mu     sync.Mutex
	tx     *sql.Tx // guarded by mu, like all below
	failed error
	hooks  []func(context.Context)
}

type unitKey struct{}

func (u *unit) Tx(ctx context.Context) (_ *sql.Tx, err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.tx == nil {
		u.tx, err = u.db.Begin(context.WithoutCancel(ctx), false)
	}
	return u.tx, err
}

func (u *unit) Begun() (*sql.Tx, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.tx, u.tx != nil
}

func (u *unit) AfterCommit(fn func(ctx context.Context)) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.hooks = append(u.hooks, fn)
}

func (u *unit) Fail(err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.failed = errors.Join(u.failed, err)
}

// commit requires that nothing has failed.
func (u *unit) commit(t *testing.T) {
	t.Helper()
	require.NoError(t, u.failed)
	require.NoError(t, u.tx.Commit())
	for _, hook := range u.hooks {
		hook(t.Context())
	}
}

// onEachWithUnits is onEach for a tree whose operations may join a unit. begin begins one.
func onEachWithUnits(t *testing.T, test func(t *testing.T, tree *sqltree.Tree, begin func(ctx context.Context) (context.Context, *unit))) {
	t.Helper()
	t.Parallel()
	for name, open := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := options()
			o.MaxDepth = 5
			o.Unit = func(ctx context.Context) (sqltree.Unit, bool) {
				u, ok := ctx.Value(unitKey{}).(*unit)
				return u, ok
			}
			db := open(t)
			tree := newTree(t, db, o)
			test(t, tree, func(ctx context.Context) (context.Context, *unit) {
				u := &unit{db: db}
				return context.WithValue(ctx, unitKey{}, u), u
			})
		})
	}
}

// TestRefusalsLeaveTheUnit: an operation that is refused changes nothing, and the unit goes on.
func TestRefusalsLeaveTheUnit(t *testing.T) {
	onEachWithUnits(t, func(t *testing.T, tree *sqltree.Tree, begin func(ctx context.Context) (context.Context, *unit)) {
		folder, other := grow(t, tree, "folder"), grow(t, tree, "other")
		grow(t, tree, "folder", "a", "b", "c")
		grow(t, tree, "other", "a")
		stale := at[*Folder](t, tree, "/folder/a")
		require.NoError(t, tree.Update(t.Context(), at[*Folder](t, tree, "/folder/a")))
		gone := grow(t, tree, "gone")
		require.NoError(t, tree.Delete(t.Context(), gone, sqltree.DeleteOptions{}))
		entries, err := tree.Audit(t.Context(), sqltree.AuditOptions{Node: idOf(gone)})
		require.NoError(t, err)
		require.NoError(t, tree.Create(t.Context(), root(t, tree), "gone", &Folder{}))
		require.NoError(t, tree.Reorder(t.Context(), folder, "a"))

		ctx, u := begin(t.Context())
		require.NoError(t, tree.Create(ctx, folder, "first", &Page{Text: "first"}))
		a, fresh := func() *Folder { return at[*Folder](t, tree, "/folder/a") }, &Page{}
		for what, tt := range map[string]struct {
			do   func() error
			want any
		}{
			"create":        {func() error { return tree.Create(ctx, folder, "a", fresh) }, new(*sqltree.ExistsError)},
			"create below":  {func() error { return tree.Create(ctx, gone, "a", fresh) }, new(*sqltree.ConflictError)},
			"rename":        {func() error { return tree.Rename(ctx, a(), "first") }, new(*sqltree.ExistsError)},
			"move":          {func() error { return tree.Move(ctx, a(), other, "a") }, new(*sqltree.ExistsError)},
			"move inside":   {func() error { return tree.Move(ctx, a(), at[*Folder](t, tree, "/folder/a/b"), "x") }, new(*sqltree.CycleError)},
			"copy":          {func() error { _, err := tree.Copy(ctx, a(), other, "a"); return err }, new(*sqltree.ExistsError)},
			"too deep":      {func() error { _, err := tree.Copy(ctx, folder, a(), "x"); return err }, new(*sqltree.CycleError)},
			"update":        {func() error { return tree.Update(ctx, stale) }, new(*sqltree.ConflictError)},
			"set ACL":       {func() error { return tree.SetACL(ctx, stale, acl.List{acl.DenyAll}) }, new(*sqltree.ConflictError)},
			"delete full":   {func() error { return tree.Delete(ctx, a(), sqltree.DeleteOptions{Empty: true}) }, new(*sqltree.NotEmptyError)},
			"delete stale":  {func() error { return tree.Delete(ctx, stale, sqltree.DeleteOptions{Unchanged: true}) }, new(*sqltree.ConflictError)},
			"delete gone":   {func() error { return tree.Delete(ctx, gone, sqltree.DeleteOptions{}) }, new(*sqltree.ConflictError)},
			"undo":          {func() error { return tree.Undo(ctx, entries[0].Seq) }, new(*sqltree.ExistsError)},
			"undo nothing":  {func() error { return tree.Undo(ctx, 1<<40) }, nil},
			"reorder":       {func() error { return tree.Reorder(ctx, folder, "first", "missing") }, nil},
			"data with NUL": {func() error { return tree.Create(ctx, folder, "nul", &Page{Text: "\x00"}) }, new(*sqltree.DataError)},
		} {
			err := tt.do()
			if tt.want == nil {
				require.ErrorIs(t, err, traversal.ErrNotFound, what)
			} else {
				require.ErrorAs(t, err, tt.want, what)
			}
			require.NoError(t, u.failed, what)
		}
		require.NoError(t, tree.Create(ctx, folder, "last", fresh))
		u.commit(t)
		assert.Equal(t, "first", at[*Page](t, tree, "/folder/first").Text)
		assert.Equal(t, []string{"a", "first", "last"}, names(t, at[*Folder](t, tree, "/folder")), "the order is the old one")
		invariants(t, tree)
	})
}

// names returns the names of the children of a node.
func names(t *testing.T, res traversal.Lister) []string {
	t.Helper()
	var all []string
	for e, err := range res.Children(t.Context()) {
		require.NoError(t, err)
		all = append(all, e.Name)
	}
	return all
}

// TestFailuresEndTheUnit: after any other error of an operation the unit must not be committed.
func TestFailuresEndTheUnit(t *testing.T) {
	onEachWithUnits(t, func(t *testing.T, tree *sqltree.Tree, begin func(ctx context.Context) (context.Context, *unit)) {
		folder := grow(t, tree, "folder")
		ctx, u := begin(t.Context())
		require.NoError(t, tree.Create(ctx, folder, "a", &Page{}))
		ended, cancel := context.WithCancel(ctx)
		cancel()
		err := tree.Create(ended, folder, "b", &Page{})
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorIs(t, u.failed, context.Canceled)
		_ = u.tx.Rollback()
		_, err = find(t, tree, "/folder/a")
		require.ErrorIs(t, err, traversal.ErrNotFound)
	})
}

// TestConcurrentOperationsOfOneUnit: they run one after the other, and a refused one rolls back
// nothing of another.
func TestConcurrentOperationsOfOneUnit(t *testing.T) {
	onEachWithUnits(t, func(t *testing.T, tree *sqltree.Tree, begin func(ctx context.Context) (context.Context, *unit)) {
		folder := grow(t, tree, "folder")
		grow(t, tree, "folder", "taken")
		ctx, u := begin(t.Context())
		var all sync.WaitGroup
		for i := range 10 {
			all.Go(func() { assert.NoError(t, tree.Create(ctx, folder, fmt.Sprint("page", i), &Page{})) })
			all.Go(func() { assert.ErrorIs(t, tree.Create(ctx, folder, "taken", &Page{}), sqltree.ErrExists) })
		}
		all.Wait()
		u.commit(t)
		n, err := tree.Count(t.Context(), folder)
		require.NoError(t, err)
		assert.Equal(t, 11, n)
	})
}

// TestUnitWithOneConnection: nothing that a unit does needs a second connection.
func TestUnitWithOneConnection(t *testing.T) {
	onEachWithUnits(t, func(t *testing.T, tree *sqltree.Tree, begin func(ctx context.Context) (context.Context, *unit)) {
		grow(t, tree, "folder", "a", "b")
		tree.Database().Reader().SetMaxOpenConns(1)
		ctx, u := begin(t.Context())
		_, err := u.Tx(ctx)
		require.NoError(t, err)
		res, err := tree.Root(ctx, "/folder")
		require.NoError(t, err)
		n, err := new(traversal.Traverser).Find(ctx, traversal.NewNode(res), "/folder")
		require.NoError(t, err)
		folder := n.Resource().(*Folder)
		page := &Page{Text: "text"}
		require.NoError(t, tree.Create(ctx, folder, "page", page))
		page.Text = "other"
		require.NoError(t, tree.Update(ctx, page))
		require.NoError(t, tree.SetACL(ctx, page, acl.List{acl.DenyAll}))
		require.NoError(t, tree.Rename(ctx, page, "renamed"))
		_, err = tree.Copy(ctx, page, res.(sqltree.Resource), "copy")
		require.NoError(t, err)
		require.NoError(t, tree.Move(ctx, page, res.(sqltree.Resource), "moved"))
		require.NoError(t, tree.Reorder(ctx, folder, "a"))
		for range tree.Walk(ctx, n) {
		}
		for _, err := range tree.Listed(ctx) {
			require.NoError(t, err)
		}
		_, err = tree.Page(ctx, n, sqltree.PageOptions{Permits: func(context.Context, traversal.Node) (bool, error) { return true, nil }})
		require.NoError(t, err)
		_, err = tree.Search(ctx, "other", sqltree.SearchOptions{})
		require.NoError(t, err)
		_, err = tree.Get(ctx, page.ID())
		require.NoError(t, err)
		_, err = tree.Kept(ctx, uuid.New())
		require.NoError(t, err)
		entries, err := tree.Audit(ctx, sqltree.AuditOptions{Node: page.ID()})
		require.NoError(t, err)
		require.NoError(t, tree.Undo(ctx, entries[0].Seq))
		require.NoError(t, tree.Delete(ctx, page, sqltree.DeleteOptions{}))
		u.commit(t)
		invariants(t, tree)
	})
}

// TestCancelledOperations: every operation returns the error of a context that has ended.
func TestCancelledOperations(t *testing.T) {
	onEach(t, func(t *testing.T, tree *sqltree.Tree) {
		folder := grow(t, tree, "folder").(*Folder)
		grow(t, tree, "folder", "a")
		n, err := tree.Node(t.Context(), folder)
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		first := func(seq func(yield func(traversal.Node, error) bool)) (found error) {
			for _, err := range seq {
				return err
			}
			return nil
		}
		for what, do := range map[string]func() error{
			"root":    func() error { _, err := tree.Root(ctx, "/"); return err },
			"descend": func() error { _, err := folder.Descend(ctx, []string{"a"}); return err },
			"children": func() error {
				for _, err := range folder.Children(ctx) {
					return err
				}
				return nil
			},
			"walk":    func() error { return first(tree.Walk(ctx, n)) },
			"listed":  func() error { return first(tree.Listed(ctx)) },
			"page":    func() error { _, err := tree.Page(ctx, n, sqltree.PageOptions{}); return err },
			"search":  func() error { _, err := tree.Search(ctx, "a", sqltree.SearchOptions{}); return err },
			"get":     func() error { _, err := tree.Get(ctx, folder.ID()); return err },
			"count":   func() error { _, err := tree.Count(ctx, folder); return err },
			"kept":    func() error { _, err := tree.Kept(ctx, folder.ID()); return err },
			"audit":   func() error { _, err := tree.Audit(ctx, sqltree.AuditOptions{}); return err },
			"create":  func() error { return tree.Create(ctx, folder, "b", &Page{}) },
			"update":  func() error { return tree.Update(ctx, folder) },
			"acl":     func() error { return tree.SetACL(ctx, folder, acl.List{acl.DenyAll}) },
			"rename":  func() error { return tree.Rename(ctx, folder, "b") },
			"move":    func() error { return tree.Move(ctx, folder, root(t, tree), "b") },
			"copy":    func() error { _, err := tree.Copy(ctx, folder, root(t, tree), "b"); return err },
			"reorder": func() error { return tree.Reorder(ctx, folder, "a") },
			"delete":  func() error { return tree.Delete(ctx, folder, sqltree.DeleteOptions{}) },
			"undo":    func() error { return tree.Undo(ctx, 1) },
		} {
			require.ErrorIs(t, do(), context.Canceled, what)
		}
		require.NoError(t, tree.Update(t.Context(), folder), "nothing was changed")
	})
}
