package transaction_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/framework/transaction"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

var errConflict = transaction.MarkRetryable(errors.New("met another one"))

var token = web.NewKey[int]("test.token", nil)

func TestEachAttemptStartsAfresh(t *testing.T) {
	t.Parallel()
	on(t, func(t *testing.T, s *store) {
		var log bytes.Buffer
		logger := zerolog.New(&log)
		var finished, responded, aborted, committed atomic.Int32
		var retries []int
		attempts := 0
		config := framework.New(framework.Options{Logger: &logger})
		transaction.Add(config, s, transaction.Options{Attempts: 3, Backoff: time.Microsecond})
		registry.Subscribe[*transaction.BeforeRetry](config, func(e *transaction.BeforeRetry) error {
			retries = append(retries, e.Attempt)
			assert.ErrorIs(t, e.Err, errConflict)
			return nil
		})
		config.AddRoute("write", "/write/{name}")
		config.AddView(view("a", func(r *framework.Request) (*framework.Response, error) {
			attempts++
			n, of := unit(r).Attempt()
			assert.Equal(t, attempts, n)
			assert.Equal(t, 3, of)
			assert.Equal(t, n == 3, transaction.IsLastAttempt(r))
			_, there := token.Peek(r)
			assert.False(t, there, "an attribute of the attempt before")
			token.Set(r, n)
			assert.Equal(t, "x", r.Param("name"))
			body, err := io.ReadAll(r.Body)
			assert.NoError(t, err)
			assert.Equal(t, "the body", string(body))
			r.AddFinishedCallback(func(*web.Request) error { finished.Add(1); return nil })
			r.AddResponseCallback(func(*web.Request, *web.Response) error { responded.Add(1); return nil })
			unit(r).AfterAbort(func(context.Context) { aborted.Add(1) })
			unit(r).AfterCommit(func(context.Context) { committed.Add(1) })
			r.Response().SetHeader("X-Attempt", strings.Repeat("i", n))
			r.Log().Info().Msg("in the view")
			if n < 3 {
				return nil, errConflict
			}
			return r.Text("ok"), nil
		}), views.Route("write"))
		got := frameworktest.New(t, config).Post("/write/x", frameworktest.Body("text/plain", "the body")).Status(200)
		assert.Equal(t, []string{"iii"}, got.Header["X-Attempt"])
		assert.Equal(t, 3, attempts)
		assert.Equal(t, []int{1, 2}, retries)
		assert.EqualValues(t, 3, finished.Load())
		assert.EqualValues(t, 1, responded.Load())
		assert.EqualValues(t, 2, aborted.Load())
		assert.EqualValues(t, 1, committed.Load())
		assert.Equal(t, "a", s.notes(t))
		assert.Equal(t, 2, strings.Count(log.String(), "retrying"))
		assert.Equal(t, 1, strings.Count(log.String(), `"attempt":3,"message":"in the view"`), log.String())
		s.idle(t)
	})
}

func TestAttemptsAreBounded(t *testing.T) {
	t.Parallel()
	s := newSQLite(t)
	var seen error
	attempts := 0
	app := app(t, s, transaction.Options{Attempts: 2, Backoff: 1}, func(config *framework.Configurator) {
		config.AddView(view("a", func(*framework.Request) (*framework.Response, error) {
			attempts++
			return nil, errConflict
		}), views.Name("write"))
		config.AddErrorView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			seen = r.Err()
			return r.Empty(503), nil
		}), transaction.RetryableError(), transaction.LastAttempt())
	})
	app.Post("/write").Status(503)
	assert.Equal(t, 2, attempts)
	assert.Same(t, errConflict, seen, "the original error")
	assert.Empty(t, s.notes(t))
	s.idle(t)
}

func TestNotRetried(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 100)
	tests := map[string]struct {
		options transaction.Options
		body    string
		err     error
	}{
		"off by default":   {transaction.Options{}, "short", errConflict},
		"off for this one": {transaction.Options{Attempts: 3, AttemptsFor: func(*web.Request, int) int { return 1 }}, "short", errConflict},
		"body too long":    {transaction.Options{Attempts: 3, MaxReplay: 10}, long, errConflict},
		"another error":    {transaction.Options{Attempts: 3}, "short", errNo},
	}
	s := newSQLite(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			attempts := 0
			app := app(t, s, tt.options, func(config *framework.Configurator) {
				config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
					attempts++
					body, err := io.ReadAll(r.Body)
					assert.NoError(t, err)
					assert.Equal(t, tt.body, string(body))
					return nil, tt.err
				}))
			})
			app.In(t).Post("/", frameworktest.Body("text/plain", tt.body)).Status(500)
			assert.Equal(t, 1, attempts)
		})
	}
}

// The limits of a body hold in each attempt, also the one that a view sets itself.
func TestBodyLimitsWithRetries(t *testing.T) {
	t.Parallel()
	s := newSQLite(t)
	attempts := 0
	app := app(t, s, transaction.Options{Attempts: 3, Backoff: 1}, func(config *framework.Configurator) {
		read := func(r *framework.Request) (*framework.Response, error) {
			attempts++
			if _, err := io.ReadAll(r.Body); err != nil {
				return nil, err
			}
			if attempts < 3 {
				return nil, errConflict
			}
			return r.Text("ok"), nil
		}
		config.AddView(views.Func(read), views.Name("small"), views.BodyLimit(10))
		config.AddView(views.Func(read), views.Name("large"), views.BodyLimit(20<<20))
	})
	app.Post("/small", frameworktest.Body("text/plain", "0123456789")).Status(200)
	assert.Equal(t, 3, attempts)
	attempts = 0
	app.Post("/small", frameworktest.Body("text/plain", "0123456789+")).Status(413)
	assert.Equal(t, 1, attempts)
	attempts = 2
	app.Post("/large", frameworktest.Body("text/plain", strings.Repeat("x", 11<<20))).Status(200)
}

// Two requests read the same rows and write: at SERIALIZABLE, PostgreSQL refuses the second at its
// commit.
func TestSerializationFailureAtCommit(t *testing.T) {
	t.Parallel()
	s := newPostgres(t, sql.LevelSerializable)
	var attempts, atCommit atomic.Int32
	read := make(chan struct{}, 2)
	both := make(chan struct{})
	go func() { <-read; <-read; close(both) }()
	app := app(t, s, transaction.Options{Attempts: 3}, func(config *framework.Configurator) {
		registry.Subscribe[*transaction.BeforeRetry](config, func(e *transaction.BeforeRetry) error {
			if _, ok := errors.AsType[*transaction.CommitError](e.Err); ok {
				atCommit.Add(1)
			}
			return nil
		})
		config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			attempts.Add(1)
			var n int
			u := unit(r)
			if err := u.QueryRowContext(r.Context(), "SELECT count(*) FROM note").Scan(&n); err != nil {
				return nil, err
			}
			if n, _ := u.Attempt(); n == 1 {
				read <- struct{}{}
				<-both
			}
			return r.Text("ok"), write(r.Context(), strings.Repeat("i", n+1)+r.Header.Get("X-Name"))
		}))
	})
	done := make(chan int, 2)
	for _, name := range []string{"a", "b"} {
		go func() {
			resp, err := app.Do(requestWith("X-Name", name))
			if err != nil {
				t.Error(err)
				done <- 0
				return
			}
			done <- resp.Status()
		}()
	}
	assert.Equal(t, 200, <-done)
	assert.Equal(t, 200, <-done)
	assert.GreaterOrEqual(t, attempts.Load(), int32(3), "PostgreSQL refuses one, and may refuse its second attempt as well")
	assert.Contains(t, []string{"ia,iib", "ib,iia"}, s.notes(t))
	t.Logf("conflicts at the commit: %d", atCommit.Load())
	s.idle(t)
}

func requestWith(name, value string) *http.Request {
	hr, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "http://localhost/", http.NoBody)
	if err != nil {
		panic(err)
	}
	hr.Header.Set(name, value)
	return hr
}

// SQLite waits for the lock, then says that the database is locked: the request is retried.
func TestLockedSQLite(t *testing.T) {
	t.Parallel()
	s := newSQLite(t)
	other, err := s.DB.Begin()
	require.NoError(t, err)
	app := app(t, s, transaction.Options{Attempts: 3}, func(config *framework.Configurator) {
		registry.Subscribe[*transaction.BeforeRetry](config, func(*transaction.BeforeRetry) error { return other.Commit() })
		config.AddView(view("a", nil))
	})
	app.Post("/").Status(200)
	assert.Equal(t, "a", s.notes(t))
	s.idle(t)
}

func TestDeadlineRollsBack(t *testing.T) {
	t.Parallel()
	for name, hints := range map[string][]tweens.Option{
		"outside": nil,
		"inside":  {tweens.Over(tweens.Main), tweens.Under(transaction.TweenName)},
	} {
		for _, attempts := range []int{1, 3} {
			t.Run(fmt.Sprintf("%s of %d attempts", name, attempts), func(t *testing.T) {
				t.Parallel()
				on(t, func(t *testing.T, s *store) {
					ended := make(chan struct{})
					app := app(t, s, transaction.Options{Attempts: attempts}, func(config *framework.Configurator) {
						if hints == nil {
							config.AddTween("timeout", tweens.Timeout(200*time.Millisecond, tweens.TimeoutOptions{}))
						} else {
							config.AddTween("late", tweens.Timeout(200*time.Millisecond, tweens.TimeoutOptions{}), hints...)
						}
						config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
							defer close(ended)
							err := write(r.Context(), "a")
							<-r.Context().Done()
							return r.Text("too late"), err
						}))
					})
					app.Post("/").Status(504)
					<-ended
					assert.Empty(t, s.notes(t))
					require.Eventually(t, func() bool { return s.Stats().InUse == 0 }, 5*time.Second, time.Millisecond)
				})
			})
		}
	}
}

func TestRunAndPrepare(t *testing.T) {
	t.Parallel()
	on(t, func(t *testing.T, s *store) {
		app := app(t, s, transaction.Options{}, func(*framework.Configurator) {})
		r, done, err := app.Prepare(context.Background(), nil)
		require.NoError(t, err)
		_, open := transaction.From(r.Context())
		assert.False(t, open, "no tween sees a prepared request")
		n := 0
		db, _ := transaction.DatabaseOf(app.Registry())
		err = transaction.Run(r.Context(), db, transaction.RunOptions{Attempts: 2, Backoff: 1}, func(ctx context.Context) error {
			n++
			_, ok := transaction.UnitOf(ctx)
			assert.True(t, ok)
			if err := write(ctx, "a"); err != nil || n == 2 {
				return err
			}
			return errConflict
		})
		require.NoError(t, err)
		require.NoError(t, done())
		assert.Equal(t, 2, n)
		assert.Equal(t, "a", s.notes(t))

		err = transaction.Run(context.Background(), s, transaction.RunOptions{ReadOnly: true}, func(ctx context.Context) error { return write(ctx, "b") })
		_, ok := errors.AsType[*transaction.ReadOnlyError](err)
		assert.True(t, ok, "%v", err)
		assert.Panics(t, func() {
			_ = run(s, func(ctx context.Context) error {
				assert.NoError(t, write(ctx, "c"))
				panic("no")
			})
		})
		assert.Equal(t, "a", s.notes(t))
		s.idle(t)
	})
}
