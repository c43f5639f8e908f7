package sqltree_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal/sqltree/sqlite"
)

// TestFullDisk writes until the disk of a SQLite database is full. It is skipped where this process
// may not mount a small file system.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=4m"); err != nil {
		t.Skipf("mount a small tmpfs: %v", err)
	}
	t.Cleanup(func() { require.NoError(t, syscall.Unmount(dir, 0)) })
	ballast := filepath.Join(dir, "ballast")
	require.NoError(t, os.WriteFile(ballast, make([]byte, 1<<20), 0o600))
	db, err := sqlite.Open(t.Context(), filepath.Join(dir, "tree.db"), sqlite.Options{})
	require.NoError(t, err)
	defer db.Close()
	tree := newTree(t, db, options())
	text := strings.Repeat("some words ", 1000)
	var stored []string
	var full error
	for i := 0; full == nil && i < 1000; i++ {
		name := fmt.Sprintf("page%d", i)
		if full = tree.Create(t.Context(), root(t, tree), name, &Page{Text: text}); full == nil {
			stored = append(stored, name)
		}
	}
	requireUnavailable(t, full)
	require.NotEmpty(t, stored)
	requireUnavailable(t, tree.Create(t.Context(), root(t, tree), "again", &Page{Text: text}))

	check := func() {
		for _, name := range stored {
			require.Equal(t, text, at[*Page](t, tree, "/"+name).Text)
		}
		n, err := tree.Count(t.Context(), root(t, tree))
		require.NoError(t, err)
		require.Len(t, stored, n, "nothing else was stored")
		requireSound(t, tree)
	}
	check()
	require.NoError(t, os.Remove(ballast))
	require.NoError(t, tree.Create(t.Context(), root(t, tree), "after", &Page{Text: text}), "there is room again")
	stored = append(stored, "after")
	check()
}
