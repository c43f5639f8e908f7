package sqltree_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/internal/testserver"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/acl"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
	"github.com/mastaba-go/mastaba/traversal/sqltree/postgres"
	"github.com/mastaba-go/mastaba/traversal/sqltree/sqlite"
)

// requireUnavailable fails unless an error becomes a 503.
func requireUnavailable(t *testing.T, err error) {
	t.Helper()
	unavailable, ok := errors.AsType[*sqltree.UnavailableError](err)
	require.True(t, ok, "want an *UnavailableError, got %v", err)
	require.Equal(t, 503, unavailable.Status())
}

// TestLockedSQLite has another process write for longer than Busy allows.
func TestLockedSQLite(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "tree.db")
	db, err := sqlite.Open(t.Context(), file, sqlite.Options{Busy: 10 * time.Millisecond})
	require.NoError(t, err)
	defer db.Close()
	tree := newTree(t, db, options())
	other, err := sqlite.Open(t.Context(), file, sqlite.Options{})
	require.NoError(t, err)
	defer other.Close()
	tx, err := other.Begin(t.Context(), false)
	require.NoError(t, err)

	page := &Page{Text: "text"}
	requireUnavailable(t, tree.Create(t.Context(), root(t, tree), "page", page))
	require.NoError(t, tx.Rollback())
	require.NoError(t, tree.Create(t.Context(), root(t, tree), "page", page), "the resource can be used again")
}

// TestStaleSnapshotIsRetryable is the error of a transaction that read, and writes after another
// has: only the whole transaction can be run again.
func TestStaleSnapshotIsRetryable(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "tree.db")
	db, err := sqlite.Open(t.Context(), file, sqlite.Options{})
	require.NoError(t, err)
	defer db.Close()
	tree := newTree(t, db, options())
	other, err := sqlite.Open(t.Context(), file, sqlite.Options{})
	require.NoError(t, err)
	defer other.Close()

	conn, err := other.Writer().Conn(t.Context())
	require.NoError(t, err)
	defer conn.Close()
	_, err = conn.ExecContext(t.Context(), "BEGIN DEFERRED")
	require.NoError(t, err)
	var n int
	require.NoError(t, conn.QueryRowContext(t.Context(), "SELECT count(*) FROM tree_node").Scan(&n))
	grow(t, tree, "folder")
	_, err = conn.ExecContext(t.Context(), "UPDATE tree_node SET ord = 1")
	require.Error(t, err)
	assert.True(t, other.Retryable(err), "%v", err)
	_, err = conn.ExecContext(t.Context(), "ROLLBACK")
	require.NoError(t, err)
}

// everyOperation runs each kind of operation, and returns the errors by name.
func everyOperation(ctx context.Context, tree *sqltree.Tree, page sqltree.Resource, parent traversal.Node) map[string]error {
	folder := parent.Resource().(sqltree.Resource)
	errs := map[string]error{}
	_, errs["Root"] = tree.Root(ctx, "/")
	_, errs["Descend"] = page.(*Page).Descend(ctx, []string{"below"})
	_, errs["Get"] = tree.Get(ctx, page.(*Page).ID())
	_, errs["Count"] = tree.Count(ctx, folder)
	_, errs["Page"] = tree.Page(ctx, parent, sqltree.PageOptions{})
	_, errs["Page filtered"] = tree.Page(ctx, parent, sqltree.PageOptions{
		Permits: func(context.Context, traversal.Node) (bool, error) { return true, nil }})
	for _, err := range folder.(*Folder).Children(ctx) {
		errs["Children"] = err
	}
	_, errs["Search"] = tree.Search(ctx, "word", sqltree.SearchOptions{})
	_, errs["Audit"] = tree.Audit(ctx, sqltree.AuditOptions{})
	errs["Create"] = tree.Create(ctx, folder, "new", &Page{})
	errs["Update"] = tree.Update(ctx, page)
	errs["SetACL"] = tree.SetACL(ctx, page, acl.List{})
	errs["Rename"] = tree.Rename(ctx, page, "renamed")
	errs["Move"] = tree.Move(ctx, page, folder, "moved")
	_, errs["Copy"] = tree.Copy(ctx, page, folder, "copy")
	errs["Delete"] = tree.Delete(ctx, page, sqltree.DeleteOptions{})
	errs["Reorder"] = tree.Reorder(ctx, folder, "page")
	errs["Undo"] = tree.Undo(ctx, 1)
	return errs
}

// TestPostgresIsAway stops the server: every operation is a 503, and works again when the server is
// back.
func TestPostgresIsAway(t *testing.T) {
	t.Parallel()
	server := testserver.Postgres(t)
	tree := newTree(t, openServer(t, server), options())
	folder := grow(t, tree, "folder")
	page := &Page{}
	require.NoError(t, tree.Create(t.Context(), folder, "page", page))
	parent, err := tree.Node(t.Context(), folder)
	require.NoError(t, err)

	server.Stop(syscall.SIGINT)
	for name, err := range everyOperation(t.Context(), tree, page, parent) {
		t.Run(name, func(t *testing.T) { requireUnavailable(t, err) })
	}
	server.Start()
	page.Text = "changed"
	require.NoError(t, eventually(t, func() error { return tree.Update(t.Context(), page) }))
	require.EqualValues(t, 2, at[*Page](t, tree, "/folder/page").Version())
	invariants(t, tree)
}

func openServer(t *testing.T, server *testserver.Server) *sqltree.Database {
	t.Helper()
	db, err := postgres.Open(t.Context(), "postgres://postgres@"+server.Addr+"/postgres?sslmode=disable", postgres.Options{Connections: 4})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// eventually repeats an operation as long as it is unavailable: each connection of the pool that
// the server has closed may fail once.
func eventually(t *testing.T, operation func() error) error {
	t.Helper()
	var err error
	for range 100 {
		err = operation()
		if _, ok := errors.AsType[*sqltree.UnavailableError](err); !ok {
			return err
		}
	}
	return err
}

// TestPostgresStopsUnderLoad stops and starts the server while many read and write. Each operation
// gives the right answer or a 503, and all go on afterwards.
func TestPostgresStopsUnderLoad(t *testing.T) {
	t.Parallel()
	server := testserver.Postgres(t)
	tree := newTree(t, openServer(t, server), options())
	grow(t, tree, "a", "b")
	counter := &Page{Text: "stays"}
	require.NoError(t, tree.Create(t.Context(), at[*Folder](t, tree, "/a/b"), "page", counter))

	const workers, enough = 6, 20
	var back atomic.Bool // the server was started again
	var failed [workers]chan struct{}
	var all sync.WaitGroup
	for w := range workers {
		failed[w] = make(chan struct{}, 1)
		all.Go(func() {
			defer close(failed[w])
			for done := 0; done < enough; {
				again := back.Load()
				err := useOnce(t.Context(), tree, w%2 == 0)
				_, unavailable := errors.AsType[*sqltree.UnavailableError](err)
				switch {
				case unavailable:
					select {
					case failed[w] <- struct{}{}:
					default:
					}
				case err != nil:
					t.Errorf("neither an answer nor a 503: %v", err)
					return
				case again:
					done++
				}
			}
		})
	}
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT} {
		server.Stop(signal)
		for w := range workers { // each meets the server's absence: one failure may be an old one
			<-failed[w]
			<-failed[w]
		}
		server.Start()
	}
	back.Store(true)
	all.Wait()
	invariants(t, tree)
}

// useOnce reads a page, or changes the text of its parent.
func useOnce(ctx context.Context, tree *sqltree.Tree, write bool) error {
	res, err := tree.Root(ctx, "/a/b/page")
	if err != nil {
		return err
	}
	n, err := new(traversal.Traverser).Find(ctx, traversal.NewNode(res), "/a/b/page")
	if err != nil {
		return err
	}
	page := n.Resource().(*Page)
	if page.Text != "stays" {
		return errors.New("another text: " + page.Text)
	}
	if !write {
		return nil
	}
	if err := tree.Update(ctx, page); !errors.Is(err, sqltree.ErrConflict) {
		return err
	}
	return nil
}
