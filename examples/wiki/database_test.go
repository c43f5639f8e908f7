package main

import (
	"cmp"
	"context"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/internal/testserver"
)

// onPostgres is the test that runs the others once more.
const onPostgres = "TestOnPostgres"

// TestOnPostgres runs tests of the wiki on PostgreSQL. By themselves they run on SQLite.
func TestOnPostgres(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]func(*testing.T){
		"Accounts": TestAccounts, "Editing": TestEditing, "TwoEditors": TestTwoEditors, "SavesAtOnce": TestSavesAtOnce,
		"History": TestHistory, "Moves": TestMoves, "WhoSeesWhat": TestWhoSeesWhat, "Restart": TestRestart,
		"Invites": TestInvites, "NamesOfUsers": TestNamesOfUsers, "Passwords": TestPasswords, "Disabling": TestDisabling, "Groups": TestGroups,
		"Sharing": TestSharing, "SharingAbove": TestSharingAbove, "Managing": TestManaging,
		"TwoAdministratorsAtOnce": TestTwoAdministratorsAtOnce, "StrangeInput": TestStrangeInput, "OlderDatabase": TestOlderDatabase, "ChangesAndUndo": TestChangesAndUndo,
	} {
		t.Run(name, test)
	}
}

// newDatabase returns the address of an empty database: a file, or below TestOnPostgres a schema of
// PostgreSQL that is removed at the end of the test.
func newDatabase(t *testing.T) addresses {
	t.Helper()
	if strings.HasPrefix(t.Name(), onPostgres+"/") {
		return addresses{Database: newSchema(t)}
	}
	return addresses{File: filepath.Join(t.TempDir(), "wiki.db")}
}

func newSchema(t testing.TB) string {
	t.Helper()
	address := cmp.Or(os.Getenv("POSTGRES_URL"), "postgres://postgres@127.0.0.1:5432/postgres?sslmode=disable")
	ctx := context.WithoutCancel(t.Context())
	admin, err := open(ctx, addresses{Database: address})
	if err != nil {
		testserver.Missing(t, "no PostgreSQL (set POSTGRES_URL for another): %v", err)
	}
	schema := "wiki_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	_, err = admin.Writer().ExecContext(ctx, "CREATE SCHEMA "+schema)
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := admin.Writer().ExecContext(ctx, "DROP SCHEMA "+schema+" CASCADE")
		assert.NoError(t, err)
		assert.NoError(t, admin.Close())
	})
	u, err := url.Parse(address)
	require.NoError(t, err)
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	return u.String()
}
