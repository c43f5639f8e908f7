package postgres_test

import (
	"bytes"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/mastaba-go/mastaba/internal/testserver"
	"github.com/mastaba-go/mastaba/traversal/topics"
	"github.com/mastaba-go/mastaba/traversal/topics/postgres"
	"github.com/mastaba-go/mastaba/traversal/topics/topicstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, url string) *pgxpool.Pool {
	t.Helper()
	config, err := pgxpool.ParseConfig(url)
	require.NoError(t, err)
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	return pool
}

func TestTransport(t *testing.T) {
	t.Parallel()
	url := os.Getenv("POSTGRES_URL")
	if url == "" {
		url = "postgres://postgres@127.0.0.1:5432/postgres?sslmode=disable"
	}
	pool := open(t, url)
	if err := pool.Ping(t.Context()); err != nil {
		testserver.Missing(t, "no PostgreSQL at %s (set POSTGRES_URL for another): %v", pool.Config().ConnConfig.Host, err)
	}
	topicstest.Run(t, func(t *testing.T) topics.Transport {
		transport, err := postgres.New(pool, postgres.Options{Channel: `Topics of "` + strings.ReplaceAll(t.Name(), "/", " ") + `"`})
		require.NoError(t, err)
		return transport
	})
}

// TestLostServer: while the database is gone messages are errors, and those who missed one get a Gap.
func TestLostServer(t *testing.T) {
	t.Parallel()
	for name, signal := range map[string]os.Signal{"stop": syscall.SIGINT, "crash": syscall.SIGKILL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := testserver.Postgres(t)
			pool := open(t, "postgres://postgres@"+server.Addr+"/postgres?sslmode=disable")
			lost := make(chan error, 100)
			connect := func() *topics.Hub {
				transport, err := postgres.New(pool, postgres.Options{OnError: func(err error) {
					select {
					case lost <- err:
					default:
					}
				}})
				require.NoError(t, err)
				return topicstest.Start(t, transport)
			}
			one, two := connect(), connect()
			s, err := two.Subscribe("/a", "")
			require.NoError(t, err)
			defer s.Close()
			_, err = one.Publish(t.Context(), "/a", "n", []byte("1"))
			require.NoError(t, err)
			assert.Equal(t, "1", string(topicstest.Next(t, s).Data))

			server.Stop(signal)
			assert.ErrorContains(t, <-lost, "topics/postgres: ")
			_, err = one.Publish(t.Context(), "/a", "n", []byte("2"))
			require.ErrorContains(t, err, `topic "/a": topics/postgres: notify: `)
			server.Start()
			assert.Equal(t, topics.Gap, topicstest.Next(t, s).Kind)
			_, err = one.Publish(t.Context(), "/a", "n", []byte("3"))
			require.NoError(t, err)
			m := topicstest.Next(t, s)
			for m.Kind == topics.Gap { // a connection may be lost once more while the server recovers
				m = topicstest.Next(t, s)
			}
			assert.Equal(t, "3", string(m.Data))
		})
	}
}

func TestInvalidOptions(t *testing.T) {
	t.Parallel()
	_, err := postgres.New(nil, postgres.Options{})
	require.ErrorContains(t, err, "the pool is nil")
	pool := open(t, "postgres://127.0.0.1:1/x")
	for _, channel := range []string{strings.Repeat("x", 64), "a\x00"} {
		_, err = postgres.New(pool, postgres.Options{Channel: channel})
		require.ErrorContains(t, err, "invalid channel")
	}
}

// FuzzParts: a packet is put together from its parts, whatever came before.
func FuzzParts(f *testing.F) {
	f.Add([]byte("packet"), "1/2:AAAA", 3)
	f.Add(make([]byte, 20_000), "9/1:", 0)
	f.Fuzz(func(t *testing.T, packet []byte, before string, skip int) {
		parts := postgres.Split(packet)
		var a postgres.Assembly
		_, _ = a.Add(before)
		for i, part := range parts {
			got, complete := a.Add(part)
			require.Equal(t, i == len(parts)-1, complete)
			if complete {
				require.True(t, bytes.Equal(packet, got))
			}
		}
		if len(parts) > 1 { // one is missing
			for i, part := range parts {
				if i == max(skip, -skip)%len(parts) {
					continue
				}
				_, complete := a.Add(part)
				require.False(t, complete)
			}
		}
	})
}
