package sqltree_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/internal/testserver"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
	"github.com/mastaba-go/mastaba/traversal/sqltree/postgres"
	"github.com/mastaba-go/mastaba/traversal/sqltree/sqlite"
)

// writerOf is set in a process that writes until it is killed: the database that it opens.
const writerOf = "SQLTREE_TEST_WRITER"

func TestMain(m *testing.M) {
	address := os.Getenv(writerOf)
	if address == "" {
		os.Exit(m.Run())
	}
	ctx := context.Background()
	db, err := openAddress(ctx, address)
	if err == nil {
		var tree *sqltree.Tree
		if tree, err = sqltree.New(ctx, db, options()); err == nil {
			err = writeSteps(ctx, tree, os.Getenv("SQLTREE_TEST_ROUND"), os.Stdout)
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// openAddress opens a PostgreSQL URL, or else a SQLite file.
func openAddress(ctx context.Context, address string) (*sqltree.Database, error) {
	if strings.HasPrefix(address, "postgres://") {
		return postgres.Open(ctx, address, postgres.Options{Connections: 2})
	}
	return sqlite.Open(ctx, address, sqlite.Options{})
}

// kills returns how often a test kills: a few times, or as MASTABA_KILLS says.
func kills(t *testing.T) int {
	t.Helper()
	text := os.Getenv("MASTABA_KILLS")
	if text == "" {
		return 3
	}
	n, err := strconv.Atoi(text)
	require.NoError(t, err)
	return n
}

// The steps of writer number i, below the folder of its round, in a cycle of four. Each is one
// transaction of several rows: the nodes, their words, and the audit log.
//
//	4k    creates page<k> with the text "first <k>"
//	4k+1  updates it to "second <k>"
//	4k+2  copies the template, a folder of copied pages, to copy<k>
//	4k+3  deletes copy<k-1>
const copied = 20

// writeSteps runs steps until one fails. It writes one line to acknowledged for each step that was
// committed.
func writeSteps(ctx context.Context, tree *sqltree.Tree, round string, acknowledged io.Writer) error {
	folder, template, err := plantRound(ctx, tree, round)
	if err != nil {
		return err
	}
	var page *Page
	var older, newest sqltree.Resource
	for i := 0; ; i++ {
		k := i / 4
		switch i % 4 {
		case 0:
			page = &Page{Text: fmt.Sprintf("first %d", k)}
			err = tree.Create(ctx, folder, fmt.Sprintf("page%d", k), page)
		case 1:
			page.Text = fmt.Sprintf("second %d", k)
			err = tree.Update(ctx, page)
		case 2:
			older = newest
			newest, err = tree.Copy(ctx, template, folder, fmt.Sprintf("copy%d", k))
		case 3:
			if older != nil {
				err = tree.Delete(ctx, older, sqltree.DeleteOptions{})
			}
		}
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintln(acknowledged, i); err != nil {
			return err
		}
	}
}

// plantRound creates the folder of a round and its template.
func plantRound(ctx context.Context, tree *sqltree.Tree, round string) (folder, template *Folder, err error) {
	res, err := tree.Root(ctx, "/")
	if err != nil {
		return nil, nil, err
	}
	folder, template = &Folder{}, &Folder{}
	err = errors.Join(tree.Create(ctx, res, round, folder), tree.Create(ctx, folder, "template", template))
	for i := range copied {
		err = errors.Join(err, tree.Create(ctx, template, fmt.Sprintf("page%d", i), &Page{Text: "copied"}))
	}
	return folder, template, err
}

// requireSteps fails unless the folder of a round is what it was after some number of steps, not
// fewer than were acknowledged, and at most one more, which was on its way.
func requireSteps(t *testing.T, tree *sqltree.Tree, round string, acknowledged int) {
	t.Helper()
	res, err := tree.Root(t.Context(), "/")
	require.NoError(t, err)
	folder, err := new(traversal.Traverser).Find(t.Context(), traversal.NewNode(res), "/"+round)
	require.NoError(t, err)
	found := map[string]string{}
	for n, err := range tree.Walk(t.Context(), folder) {
		require.NoError(t, err)
		text := ""
		if page, ok := n.Resource().(*Page); ok {
			text = page.Text
			requireLogged(t, tree, n, page)
		}
		found[strings.TrimPrefix(n.Path(), folder.Path()+"/")] = text
	}
	if want := afterSteps(acknowledged); !equal(want, found) {
		require.Equal(t, afterSteps(acknowledged+1), found, "%d steps were acknowledged", acknowledged)
	}
	requireSound(t, tree)
}

func equal(a, b map[string]string) bool { return fmt.Sprint(a) == fmt.Sprint(b) }

// requireLogged fails unless the audit log has the newest change of a page that was created, rather
// than copied.
func requireLogged(t *testing.T, tree *sqltree.Tree, n traversal.Node, page *Page) {
	t.Helper()
	if page.Text == "copied" && strings.Contains(n.Path(), "/copy") {
		return
	}
	entries, err := tree.Audit(t.Context(), sqltree.AuditOptions{Node: page.ID(), Limit: 1})
	require.NoError(t, err)
	require.NotEmpty(t, entries, "%s is not in the audit log", n.Path())
	require.Equal(t, page.Version(), entries[0].Version, n.Path())
}

// afterSteps returns the texts of all nodes below the folder of a round by their paths.
func afterSteps(steps int) map[string]string {
	want := map[string]string{}
	folder := func(name string) {
		want[name] = ""
		for i := range copied {
			want[fmt.Sprintf("%s/page%d", name, i)] = "copied"
		}
	}
	folder("template")
	for i := range steps {
		k := i / 4
		switch i % 4 {
		case 0:
			want[fmt.Sprintf("page%d", k)] = fmt.Sprintf("first %d", k)
		case 1:
			want[fmt.Sprintf("page%d", k)] = fmt.Sprintf("second %d", k)
		case 2:
			folder(fmt.Sprintf("copy%d", k))
		case 3:
			for name := range want {
				if old := fmt.Sprintf("copy%d", k-1); name == old || strings.HasPrefix(name, old+"/") {
					delete(want, name)
				}
			}
		}
	}
	return want
}

// requireSound fails if a database does not hold a tree, or is damaged. No other connection may
// have written since that of the tree read the index of words: FTS5 would report damage that is not
// there.
func requireSound(t *testing.T, tree *sqltree.Tree) {
	t.Helper()
	invariants(t, tree)
	db := tree.Database()
	if db.Dialect().Name() != "sqlite" {
		return
	}
	var result string
	require.NoError(t, db.Writer().QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&result))
	require.Equal(t, "ok", result)
	_, err := db.Writer().ExecContext(t.Context(), "INSERT INTO tree_words (tree_words, rank) VALUES ('integrity-check', 1)")
	require.NoError(t, err)
}

// TestKilledWriter kills a process at a random moment of its writes: what it acknowledged is there,
// and nothing is there by half.
func TestKilledWriter(t *testing.T) {
	t.Parallel()
	for name, address := range map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { return filepath.Join(t.TempDir(), "tree.db") },
		"postgres": func(t *testing.T) string { return postgresSchema(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := address(t)
			total := 0
			for i := range kills(t) {
				round := fmt.Sprintf("round%d", i)
				t.Run(round, func(t *testing.T) {
					acknowledged := killedWriter(t, address, round)
					db, err := openAddress(t.Context(), address)
					require.NoError(t, err)
					t.Cleanup(func() { require.NoError(t, db.Close()) })
					waitForBackends(t, db, round)
					requireSteps(t, newTree(t, db, options()), round, acknowledged)
					total += acknowledged
				})
			}
			t.Logf("%d steps were acknowledged", total)
		})
	}
}

// waitForBackends waits until PostgreSQL has ended what a killed process had begun: a commit that
// has reached the server goes on.
func waitForBackends(t *testing.T, db *sqltree.Database, name string) {
	t.Helper()
	if db.Dialect().Name() != "postgres" {
		return
	}
	for n := 1; n > 0; {
		require.NoError(t, db.Reader().QueryRowContext(t.Context(),
			"SELECT count(*) FROM pg_stat_activity WHERE application_name = $1", name).Scan(&n))
	}
}

// killedWriter runs a process that writes, kills it, and returns how many steps it acknowledged.
func killedWriter(t *testing.T, address, round string) int {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	if strings.HasPrefix(address, "postgres://") {
		address += "&application_name=" + round
	}
	cmd.Env = append(os.Environ(), writerOf+"="+address, "SQLTREE_TEST_ROUND="+round)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	lines := bufio.NewScanner(out)
	steps := 0
	for lines.Scan() { // ends when the process does
		if steps++; steps == 1 {
			after := time.AfterFunc(time.Duration(rand.IntN(60_000))*time.Microsecond, func() { _ = cmd.Process.Kill() })
			defer after.Stop()
		}
	}
	require.EqualError(t, cmd.Wait(), "signal: killed", stderr.String())
	return steps
}

// TestKilledServer ends a PostgreSQL server at a random moment, as a crash does, while this process
// writes.
func TestKilledServer(t *testing.T) {
	t.Parallel()
	server := testserver.Postgres(t)
	tree := newTree(t, openServer(t, server), options())
	for i := range kills(t) {
		round := fmt.Sprintf("round%d", i)
		in, out := io.Pipe()
		failed := make(chan error, 1)
		go func() {
			failed <- writeSteps(t.Context(), tree, round, out)
			_ = out.Close()
		}()
		steps, enough := 0, 1+rand.IntN(40)
		lines := bufio.NewScanner(in)
		stopped := make(chan struct{})
		for lines.Scan() {
			if steps++; steps == enough {
				go func() {
					defer close(stopped)
					server.Kill()
				}()
			}
		}
		requireUnavailable(t, <-failed)
		<-stopped
		server.Start()
		require.NoError(t, eventually(t, func() error { return tree.Database().Ping(t.Context()) }))
		requireSteps(t, tree, round, steps)
	}
}
