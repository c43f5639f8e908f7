package transaction_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/transaction"
	"github.com/mastaba-go/mastaba/internal/testserver"
	"github.com/mastaba-go/mastaba/views"
)

// A server that goes away during a request is an error, not a conflict; the next request works when
// it is back.
func TestServerStops(t *testing.T) {
	t.Parallel()
	server := testserver.Postgres(t)
	db := open(t, "pgx", "postgres://postgres@"+server.Addr+"/postgres")
	create(t, db)
	s := &store{db, transaction.SQL(db, transaction.SQLOptions{}), "postgres"}
	var seen error
	var stop atomic.Bool
	attempts := 0
	app := app(t, s, transaction.Options{Attempts: 3}, func(config *framework.Configurator) {
		config.AddView(view("a", func(r *framework.Request) (*framework.Response, error) {
			attempts++
			if stop.Load() {
				server.Stop(syscall.SIGQUIT)
			}
			return r.Text("ok"), nil
		}))
		config.AddErrorView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			seen = r.Err()
			return r.Empty(503), nil
		}))
	})
	stop.Store(true)
	app.Post("/").Status(503)
	_, ok := errors.AsType[*transaction.CommitError](seen)
	assert.True(t, ok, "%v", seen)
	assert.Equal(t, 1, attempts, "nobody knows whether it was committed")
	s.idle(t)
	server.Start()
	stop.Store(false)
	app.Post("/").Status(200)
	assert.Equal(t, "a", s.notes(t))
}

// Two requests lock two rows in opposite orders: PostgreSQL ends one of them with 40P01.
func TestDeadlock(t *testing.T) {
	t.Parallel()
	s := newPostgres(t, 0)
	_, err := s.Exec("INSERT INTO note VALUES('a'), ('b')")
	require.NoError(t, err)
	var attempts atomic.Int32
	var first sync.WaitGroup
	first.Add(2)
	app := app(t, s, transaction.Options{Attempts: 3}, func(config *framework.Configurator) {
		config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			attempts.Add(1)
			u := unit(r)
			for i, name := range strings.Split(r.Header.Get("X-Names"), ",") {
				if _, err := u.ExecContext(r.Context(), "UPDATE note SET text=text WHERE text=$1", name); err != nil {
					return nil, err
				}
				if n, _ := u.Attempt(); n == 1 && i == 0 {
					first.Done()
					first.Wait()
				}
			}
			return r.Text("ok"), nil
		}))
	})
	done := make(chan error, 2)
	for _, names := range []string{"a,b", "b,a"} {
		go func() {
			_, err := app.Do(requestWith("X-Names", names))
			done <- err
		}()
	}
	assert.NoError(t, <-done)
	assert.NoError(t, <-done)
	assert.EqualValues(t, 3, attempts.Load())
	s.idle(t)
}

func TestGoroutinesShareTheTransaction(t *testing.T) {
	t.Parallel()
	on(t, func(t *testing.T, s *store) {
		require.NoError(t, run(s, func(ctx context.Context) error {
			var all sync.WaitGroup
			for _, text := range strings.Split("abcdefgh", "") {
				all.Go(func() { assert.NoError(t, write(ctx, text)) })
			}
			all.Wait()
			return nil
		}))
		assert.Equal(t, "a,b,c,d,e,f,g,h", s.notes(t))
		s.idle(t)
	})
}

func TestDisconnectedClient(t *testing.T) {
	t.Parallel()
	on(t, func(t *testing.T, s *store) {
		ctx, cancel := context.WithCancel(context.Background())
		attempts := 0
		app := app(t, s, transaction.Options{Attempts: 3}, func(config *framework.Configurator) {
			config.AddView(view("a", func(r *framework.Request) (*framework.Response, error) {
				attempts++
				cancel()
				return r.Text("ok"), nil
			}))
		})
		resp, err := app.Do(requestWith("X-Name", "").WithContext(ctx))
		require.NoError(t, err)
		assert.Equal(t, 499, resp.Status())
		assert.Equal(t, 1, attempts)
		assert.Empty(t, s.notes(t))
	})
}

// chunks is a body of unknown length.
type chunks struct{ io.Reader }

// The body of an attempt that failed can no longer be read, and its bytes are not lost to the next
// one, however much of it was read. One of unknown length counts as it is read.
func TestReplay(t *testing.T) {
	t.Parallel()
	s := newSQLite(t)
	for name, tt := range map[string]struct {
		first    int64 // how much the first attempt reads
		length   int
		attempts int
	}{
		"nothing was read": {0, 1000, 2},
		"a part":           {300, 1000, 2},
		"all":              {1000, 1000, 2},
		"too much":         {1001, 2000, 1},
		"as far as needed": {1000, 2000, 2}, // the rest comes from the client
	} {
		t.Run(name, func(t *testing.T) {
			var before io.Reader
			attempts := 0
			text := strings.Repeat("0123456789", tt.length/10)
			app := app(t, s, transaction.Options{Attempts: 2, Backoff: 1, MaxReplay: 1000}, func(config *framework.Configurator) {
				config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
					if attempts++; attempts == 1 {
						before = r.Body
						_, err := io.CopyN(io.Discard, r.Body, tt.first)
						assert.NoError(t, err)
						return nil, errConflict
					}
					_, err := before.Read(make([]byte, 1))
					assert.Error(t, err)
					body, err := io.ReadAll(r.Body)
					assert.NoError(t, err)
					assert.Equal(t, text, string(body))
					return r.Text("ok"), nil
				}))
			})
			hr, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "http://localhost/", chunks{strings.NewReader(text)})
			require.NoError(t, err)
			hr.ContentLength = -1
			_, err = app.Do(hr)
			assert.Equal(t, tt.attempts == 2, err == nil, "%v", err)
			assert.Equal(t, tt.attempts, attempts)
		})
	}
}
