package pgstore_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/framework/session"
	"github.com/mastaba-go/mastaba/framework/session/pgstore"
	"github.com/mastaba-go/mastaba/framework/session/sessiontest"
	"github.com/mastaba-go/mastaba/internal/testserver"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// connect returns a pool for the database of POSTGRES_URL, DATABASE_URL, or of this machine.
func connect(t testing.TB) *pgxpool.Pool {
	t.Helper()
	url := cmp.Or(os.Getenv("POSTGRES_URL"), os.Getenv("DATABASE_URL"), "postgres://postgres@127.0.0.1:5432/postgres")
	pool, err := pgxpool.New(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	if err := pool.Ping(t.Context()); err != nil {
		testserver.Missing(t, "no PostgreSQL at %s (set POSTGRES_URL for another): %v", pool.Config().ConnConfig.Host, err)
	}
	return pool
}

// newStore returns a started store with a table of its own.
func newStore(t testing.TB, pool *pgxpool.Pool, o pgstore.Options) *pgstore.Store {
	t.Helper()
	o.Table = fmt.Sprintf("mastaba_test_%x", rand.Uint64())
	store, err := pgstore.New(pool, o)
	require.NoError(t, err)
	require.NoError(t, store.Start(t.Context()))
	t.Cleanup(func() {
		ctx := context.WithoutCancel(t.Context())
		require.NoError(t, store.Stop(ctx))
		_, err := pool.Exec(ctx, "DROP TABLE "+o.Table)
		require.NoError(t, err)
	})
	return store
}

func TestConformance(t *testing.T) {
	t.Parallel()
	pool := connect(t)
	sessiontest.TestStore(t, func(t *testing.T) session.Store { return newStore(t, pool, pgstore.Options{}) })
}

// TestOutages stops and kills a PostgreSQL that has each write on the disk before it answers.
func TestOutages(t *testing.T) {
	t.Parallel()
	server := testserver.Postgres(t)
	pool, err := pgxpool.New(t.Context(), "postgres://postgres@"+server.Addr+"/postgres")
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	store, err := pgstore.New(pool, pgstore.Options{})
	require.NoError(t, err)
	require.NoError(t, store.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, store.Stop(context.WithoutCancel(t.Context()))) })
	sessiontest.TestOutages(t, session.Options{Store: store}, func(wait func(answered, refused int64)) {
		for range 2 {
			for _, end := range []func(){server.Kill, func() { server.Stop(syscall.SIGINT) }} { // fast shutdown
				wait(60, 0)
				end()
				wait(0, 30)
				server.Start()
			}
		}
	})
}

// TestWhatPostgresHolds: the key is the hash of the id, never the id itself.
func TestWhatPostgresHolds(t *testing.T) {
	t.Parallel()
	pool := connect(t)
	store := newStore(t, pool, pgstore.Options{})
	sessions, err := session.New(session.Options{Store: store})
	require.NoError(t, err)
	config := framework.New(framework.Options{Sessions: sessions})
	user := session.NewKey[string]("user")
	addLogin(config, user)
	line := frameworktest.New(t, config).Get("https://example.com/login").Status(200).Header.Get("Set-Cookie")
	_, token, _ := strings.Cut(strings.SplitN(line, ";", 2)[0], "=")
	require.Len(t, token, 43)

	var id []byte
	var name string
	require.NoError(t, pool.QueryRow(t.Context(), "SELECT id, data->>'user' FROM "+table(store)).Scan(&id, &name))
	assert.Equal(t, `"alice"`, name)
	assert.Len(t, id, 32)
	assert.NotContains(t, string(id), token)
}

// TestDamagedRowsAreErrors: what somebody else has written into the table is neither a session nor an
// empty one.
func TestDamagedRowsAreErrors(t *testing.T) {
	t.Parallel()
	pool := connect(t)
	store := newStore(t, pool, pgstore.Options{})
	id := session.ID{7}
	for _, data := range []string{`[]`, `"alice"`, `{"user": 1}`, `{"user": {"name": "alice"}}`} {
		require.NoError(t, store.Create(t.Context(), id, session.Record{Values: map[string]string{"user": `"bob"`}}, time.Hour))
		_, err := pool.Exec(t.Context(), "UPDATE "+table(store)+" SET data = $1::jsonb WHERE id = $2", data, id[:])
		require.NoError(t, err)
		rec, err := store.Load(t.Context(), id)
		require.Error(t, err, data)
		assert.NotErrorIs(t, err, session.ErrNotFound, data)
		assert.Empty(t, rec.Values, data)
		require.NoError(t, store.Delete(t.Context(), id))
	}
}

// TestTableNamesAreNoStatements: nothing but a name gets into the SQL.
func TestTableNamesAreNoStatements(t *testing.T) {
	t.Parallel()
	pool := connect(t)
	for _, name := range []string{
		"sessions; DROP TABLE users", `sessions"`, `"sessions"`, "a.b.c", "sessions--", "sessions/**/", "sessions\x00", "se ssions", "1sessions", ".sessions",
		"sessions.", "sessions\n", "SESSIONS", "täble", "pg_catalog.pg_authid x", strings.Repeat("a", 200),
	} {
		_, err := pgstore.New(pool, pgstore.Options{Table: name})
		assert.ErrorContains(t, err, "want a name such as sessions", name)
	}
}

// table returns the name of the table from the statements of the schema.
func table(s *pgstore.Store) string { return strings.Fields(s.Schema())[5] }

// TestCleanup deletes what has expired, and nothing else, in batches.
func TestCleanup(t *testing.T) {
	t.Parallel()
	pool := connect(t)
	store := newStore(t, pool, pgstore.Options{Batch: 3})
	add := func(n byte, ttl time.Duration) {
		require.NoError(t, store.Create(t.Context(), session.ID{n}, session.Record{}, ttl))
	}
	for n := range byte(8) {
		add(n, time.Millisecond)
	}
	add(100, time.Hour)
	require.Eventually(t, func() bool {
		_, err := store.Load(t.Context(), session.ID{7})
		return errors.Is(err, session.ErrNotFound)
	}, time.Minute, 5*time.Millisecond)
	var deleted [2]int64
	var group sync.WaitGroup
	for i := range deleted { // two processes at the same time
		group.Go(func() {
			n, err := store.Cleanup(t.Context())
			assert.NoError(t, err)
			deleted[i] = n
		})
	}
	group.Wait()
	assert.Equal(t, int64(8), deleted[0]+deleted[1])
	var left int
	require.NoError(t, pool.QueryRow(t.Context(), "SELECT count(*) FROM "+table(store)).Scan(&left))
	assert.Equal(t, 1, left)
}

// TestStartAndStop: the goroutine deletes what has expired until Stop, and reports its errors.
func TestStartAndStop(t *testing.T) {
	t.Parallel()
	pool := connect(t)
	failed := make(chan error, 100)
	store := newStore(t, pool, pgstore.Options{Interval: time.Millisecond, OnError: func(err error) {
		select {
		case failed <- err:
		default:
		}
	}})
	require.ErrorContains(t, store.Start(t.Context()), "was started before")
	require.NoError(t, store.Create(t.Context(), session.ID{1}, session.Record{}, time.Millisecond))
	require.Eventually(t, func() bool {
		var left int
		return pool.QueryRow(t.Context(), "SELECT count(*) FROM "+table(store)).Scan(&left) == nil && left == 0
	}, time.Minute, 5*time.Millisecond)

	_, err := pool.Exec(t.Context(), "ALTER TABLE "+table(store)+" RENAME TO "+strings.Trim(table(store), `"`)+"_away")
	require.NoError(t, err)
	require.ErrorContains(t, <-failed, "postgres: delete expired sessions: ")
	_, err = pool.Exec(t.Context(), "ALTER TABLE "+strings.Trim(table(store), `"`)+"_away RENAME TO "+strings.Trim(table(store), `"`))
	require.NoError(t, err)

	require.NoError(t, store.Stop(t.Context()))
	require.NoError(t, store.Stop(t.Context()), "a second time")
	require.NoError(t, store.Start(t.Context()), "and again")
}

// TestManyStart: processes that start at the same time create one table.
func TestManyStart(t *testing.T) {
	t.Parallel()
	pool := connect(t)
	name := fmt.Sprintf("mastaba_test_%x", rand.Uint64())
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			store, err := pgstore.New(pool, pgstore.Options{Table: name})
			if assert.NoError(t, err) && assert.NoError(t, store.Start(t.Context())) {
				assert.NoError(t, store.Stop(t.Context()))
			}
		})
	}
	group.Wait()
	_, err := pool.Exec(t.Context(), "DROP TABLE "+name)
	require.NoError(t, err)
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	_, err := pgstore.New(nil, pgstore.Options{Table: "Sessions; --", Interval: -1})
	require.Error(t, err)
	for _, want := range []string{"pgstore.New: ", "the pool is nil", `Table "Sessions; --": want a name such as sessions`, "Interval -1ns, Batch 1000: want positive ones"} {
		assert.ErrorContains(t, err, want)
	}
}
