package sqltree_test

import (
	"context"
	"database/sql"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
	"github.com/mastaba-go/mastaba/traversal/traversaltest"
)

func TestContracts(t *testing.T) {
	onEach(t, func(t *testing.T, tree *sqltree.Tree) {
		grow(t, tree, "a", "b", "c")
		grow(t, tree, "a", "with space", "ü")
		grow(t, tree, "a/b", "100%")
		require.NoError(t, traversaltest.Check(t.Context(), root(t, tree), traversaltest.Options{
			Paths:   []string{"/a/b/c", "/a/with%20space/%C3%BC", "/a%2Fb/100%25"},
			Missing: []string{"/a/x", "/a/b/c/d"},
			Same:    func(a, b traversal.Resource) bool { return a.(sqltree.Resource) != nil && idOf(a) == idOf(b) },
		}))
	})
}

func idOf(res traversal.Resource) uuid.UUID { return res.(interface{ ID() uuid.UUID }).ID() }

// TestPlansOfSQLite: each step of a path uses both columns of the index, and so do pages.
func TestPlansOfSQLite(t *testing.T) {
	t.Parallel()
	db := databases["sqlite"](t)
	newTree(t, db, options())
	d := db.Dialect()
	plan := func(statement string, args ...any) string {
		rows, err := db.Reader().QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+statement, args...)
		require.NoError(t, err)
		defer func() { require.NoError(t, rows.Close()) }()
		var text strings.Builder
		for rows.Next() {
			var id, parent, unused int
			var detail string
			require.NoError(t, rows.Scan(&id, &parent, &unused, &detail))
			text.WriteString(detail + "\n")
		}
		require.NoError(t, rows.Err())
		return text.String()
	}
	id := d.ID(uuid.New())
	assert.Contains(t, plan(d.Descend(), id, d.Names([]string{"a", "b"})), "(parent=? AND name=?)")
	for _, statement := range sqltree.PageStatements(d) {
		text := plan(statement, []any{id, 10, 0, "a", true, d.Names(nil)}[:strings.Count(statement, "?")]...)
		assert.Contains(t, text, "tree_node_order (parent=?", statement)
		assert.NotContains(t, text, "USE TEMP B-TREE", statement)
	}
	search := plan(d.Search(), d.Match([]sqltree.Term{{Words: []string{"word"}}}), d.IDs([]uuid.UUID{uuid.New()}), true, 10, 10, 0)
	assert.True(t, strings.HasPrefix(search, "SCAN w VIRTUAL TABLE INDEX"), "the match drives the query: %s", search)
}

// TestPlansOfPostgreSQL: after ten executions on one connection, the lookup of paths has a generic
// plan, and no statement reads a whole folder.
func TestPlansOfPostgreSQL(t *testing.T) {
	t.Parallel()
	db := openPostgres(t)
	tree := newTree(t, db, options())
	ctx := t.Context()
	rootID := idOf(root(t, tree)).String()
	_, err := db.Writer().ExecContext(ctx, `INSERT INTO tree_node (id, parent, name, kind, data, version, created, modified, ord)
		SELECT gen_random_uuid(), $1::uuid, 'n' || i, 'page', '{"text": ""}', 1, 0, 0, 0 FROM generate_series(1, 20000) i`, rootID)
	require.NoError(t, err)
	_, err = db.Writer().ExecContext(ctx, "ANALYZE tree_node")
	require.NoError(t, err)
	conn, err := db.Reader().Conn(ctx)
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()

	d := db.Dialect()
	statements := map[string][]any{d.Descend(): {rootID, d.Names([]string{"n777", "edit"})}}
	pages := sqltree.PageStatements(d)
	statements[pages[0]] = []any{rootID, 50}
	statements[pages[1]] = []any{rootID, 50, 0, "n9"}
	statements[pages[2]] = []any{rootID, 50, true, d.Names([]string{"allow anna view"})}
	statements[pages[3]] = []any{rootID, 50, 0, "n9", true, d.Names([]string{"allow anna view"})}
	for statement, args := range statements {
		for range 10 {
			rows, err := conn.QueryContext(ctx, statement, args...)
			require.NoError(t, err)
			require.NoError(t, rows.Close())
		}
		assert.NotContains(t, explained(ctx, t, conn, statement, args), "Seq Scan on tree_node", statement)
	}
	var generic int
	require.NoError(t, conn.QueryRowContext(ctx, `SELECT generic_plans FROM pg_prepared_statements WHERE statement = $1`, d.Descend()).Scan(&generic))
	assert.GreaterOrEqual(t, generic, 5)
}

// explained returns the plan that a statement has after many executions: the generic one.
func explained(ctx context.Context, t *testing.T, conn *sql.Conn, statement string, args []any) string {
	t.Helper()
	_, err := conn.ExecContext(ctx, "SET plan_cache_mode = force_generic_plan")
	require.NoError(t, err)
	defer func() {
		_, err := conn.ExecContext(ctx, "RESET plan_cache_mode")
		require.NoError(t, err)
	}()
	rows, err := conn.QueryContext(ctx, "EXPLAIN "+statement, args...)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	var text strings.Builder
	for rows.Next() {
		var line string
		require.NoError(t, rows.Scan(&line))
		text.WriteString(line + "\n")
	}
	require.NoError(t, rows.Err())
	return text.String()
}
