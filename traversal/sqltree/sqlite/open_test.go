package sqlite_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal/sqltree/sqlite"
)

func TestSettings(t *testing.T) {
	t.Parallel()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "with space?and #.db"), sqlite.Options{})
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	for pragma, want := range map[string]string{"journal_mode": "wal", "foreign_keys": "1", "busy_timeout": "5000", "synchronous": "1", "query_only": "1"} {
		var got string
		require.NoError(t, db.Reader().QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got))
		assert.Equal(t, want, got, pragma)
	}
}

// TestWritersWait: a second writer waits for the first, and gives up after Busy with an error that
// may be tried again.
func TestWritersWait(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "tree.db")
	one, err := sqlite.Open(t.Context(), file, sqlite.Options{})
	require.NoError(t, err)
	defer func() { require.NoError(t, one.Close()) }()
	two, err := sqlite.Open(t.Context(), file, sqlite.Options{Busy: 20 * time.Millisecond})
	require.NoError(t, err)
	defer func() { require.NoError(t, two.Close()) }()
	tx, err := one.Begin(t.Context(), false)
	require.NoError(t, err)
	_, err = two.Begin(t.Context(), false)
	require.Error(t, err)
	assert.True(t, two.Retryable(err), "%v", err)
	require.NoError(t, tx.Rollback())
	tx, err = two.Begin(t.Context(), false)
	require.NoError(t, err)
	require.NoError(t, tx.Commit())
}

func TestWrongFile(t *testing.T) {
	t.Parallel()
	_, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "missing", "tree.db"), sqlite.Options{})
	require.ErrorContains(t, err, "open SQLite database")
	_, err = sqlite.Open(t.Context(), "", sqlite.Options{})
	require.ErrorContains(t, err, "want a file")
}
