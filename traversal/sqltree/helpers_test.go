package sqltree_test

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/internal/testserver"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
	"github.com/mastaba-go/mastaba/traversal/sqltree/postgres"
	"github.com/mastaba-go/mastaba/traversal/sqltree/sqlite"
)

type Site struct {
	sqltree.Item
	Title string `json:"title,omitempty"`
}

type Folder struct {
	sqltree.Item
}

type Page struct {
	sqltree.Item
	Text string `json:"text"`
}

func options() sqltree.Options {
	return sqltree.Options{
		Root:  sqltree.Kind[*Site]("site"),
		Kinds: []sqltree.KindSpec{sqltree.Kind[*Folder]("folder"), sqltree.Kind[*Page]("page")},
	}
}

// databases are the databases that each test of the tree runs on.
var databases = map[string]func(t testing.TB) *sqltree.Database{
	"sqlite": func(t testing.TB) *sqltree.Database {
		db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "tree.db"), sqlite.Options{})
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		return db
	},
	"postgres": openPostgres,
}

// openPostgres returns a database in a schema of its own.
func openPostgres(t testing.TB) *sqltree.Database { return openPostgresPool(t, 4) }

func openPostgresPool(t testing.TB, connections int) *sqltree.Database {
	t.Helper()
	db, err := postgres.Open(t.Context(), postgresSchema(t), postgres.Options{Connections: connections})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// postgresSchema returns the URL of a schema of its own.
func postgresSchema(t testing.TB) string {
	t.Helper()
	address := cmp.Or(os.Getenv("POSTGRES_URL"), "postgres://postgres@127.0.0.1:5432/postgres?sslmode=disable")
	ctx := context.WithoutCancel(t.Context())
	admin, err := postgres.Open(ctx, address, postgres.Options{Connections: 1})
	if err != nil {
		testserver.Missing(t, "no PostgreSQL (set POSTGRES_URL for another): %v", err)
	}
	schema := "sqltree_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	_, err = admin.Writer().ExecContext(ctx, "CREATE SCHEMA "+schema)
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := admin.Writer().ExecContext(ctx, "DROP SCHEMA "+schema+" CASCADE")
		require.NoError(t, errors.Join(err, admin.Close()))
	})
	u, err := url.Parse(address)
	require.NoError(t, err)
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	return u.String()
}

// onEach runs a test with an empty tree on each database.
func onEach(t *testing.T, test func(t *testing.T, tree *sqltree.Tree)) {
	t.Helper()
	t.Parallel()
	for name, open := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, newTree(t, open(t), options()))
		})
	}
}

func newTree(t testing.TB, db *sqltree.Database, o sqltree.Options) *sqltree.Tree {
	t.Helper()
	tree, err := sqltree.New(t.Context(), db, o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, tree.Close(context.WithoutCancel(t.Context()))) })
	return tree
}

func root(t testing.TB, tree *sqltree.Tree) sqltree.Resource {
	t.Helper()
	res, err := tree.Root(t.Context(), "/")
	require.NoError(t, err)
	return res
}

// find walks along a path from a fresh root.
func find(t testing.TB, tree *sqltree.Tree, path string) (traversal.Node, error) {
	t.Helper()
	res, err := tree.Root(t.Context(), path)
	require.NoError(t, err)
	return new(traversal.Traverser).Find(t.Context(), traversal.NewNode(res), path)
}

// at returns the resource at a path, which must be an R.
func at[R sqltree.Resource](t testing.TB, tree *sqltree.Tree, path string) R {
	t.Helper()
	n, err := find(t, tree, path)
	require.NoError(t, err)
	res, ok := n.Resource().(R)
	require.True(t, ok, "%s is a %T", path, n.Resource())
	return res
}

// grow creates folders along a path, and returns the last one.
func grow(t testing.TB, tree *sqltree.Tree, names ...string) sqltree.Resource {
	t.Helper()
	parent := root(t, tree)
	for i, name := range names {
		n, err := find(t, tree, traversal.Join(names[:i+1]))
		if err == nil {
			parent = n.Resource().(sqltree.Resource)
			continue
		}
		folder := &Folder{}
		require.NoError(t, tree.Create(t.Context(), parent, name, folder))
		parent = folder
	}
	return parent
}
