package transaction_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/framework/session"
	"github.com/mastaba-go/mastaba/framework/transaction"
	"github.com/mastaba-go/mastaba/traversal/sqltree/sqlite"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// storeUnit is what a store declares that does not import package transaction.
type storeUnit = interface {
	Begun() (*sql.Tx, bool)
	Tx(context.Context) (*sql.Tx, error)
	Fail(error)
	AfterCommit(func(context.Context))
}

// UnitOf fits the option of such a store without an adapter.
var _ func(context.Context) (storeUnit, bool) = transaction.UnitOf

func TestContexts(t *testing.T) {
	t.Parallel()
	s := newSQLite(t)
	_, ok := transaction.UnitOf(context.Background())
	assert.False(t, ok)
	var late context.Context
	require.NoError(t, run(s, func(ctx context.Context) error {
		late = ctx
		_, ok := transaction.From(transaction.Outside(ctx))
		assert.False(t, ok)
		short, cancel := context.WithCancel(ctx) // of one operation
		defer cancel()
		require.NoError(t, write(short, "a"))
		cancel()
		assert.ErrorIs(t, transaction.Nested(short, func(ctx context.Context) error { return write(ctx, "x") }), context.Canceled)
		return nil
	}), "the transaction does not end with the context of an operation")
	_, ok = transaction.UnitOf(late)
	assert.False(t, ok, "it has ended")
	_, err := transaction.ReadTx(late)
	assert.ErrorIs(t, err, transaction.ErrNoUnit)
	assert.Equal(t, "a", s.notes(t))

	ended, cancel := context.WithCancel(context.Background())
	err = transaction.Run(ended, s, transaction.RunOptions{Attempts: 9}, func(ctx context.Context) error {
		err := write(ctx, "b")
		cancel()
		return err
	})
	assert.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, "a", s.notes(t))
}

var greeting = session.NewKey[string]("test.greeting")

// A session is not a part of the unit, but of the attempt.
func TestSessions(t *testing.T) {
	t.Parallel()
	s := newSQLite(t)
	sessions, err := session.New(session.Options{Store: new(session.Memory)})
	require.NoError(t, err)
	config := framework.New(framework.Options{Sessions: sessions})
	transaction.Add(config, s, transaction.Options{Attempts: 2, Backoff: 1})
	config.SetDevelopment()
	config.AddView(view("a", func(r *framework.Request) (*framework.Response, error) {
		client, err := r.Session()
		require.NoError(t, err)
		n, _ := unit(r).Attempt()
		require.NoError(t, client.Flash("", map[int]string{1: "first", 2: "second"}[n], false))
		if n == 1 {
			return nil, errConflict
		}
		return nil, web.Conflict("")
	}), views.Name("fail"))
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		client, err := r.Session()
		require.NoError(t, err)
		messages, err := client.PopFlash("")
		require.NoError(t, err)
		return r.JSON(messages)
	}))
	browser := frameworktest.New(t, config).Browser()
	browser.Post("/fail").Status(409)
	assert.JSONEq(t, `["second"]`, browser.Get("/").Status(200).Body)
	assert.Empty(t, s.notes(t))
}

func TestOrderOfTweens(t *testing.T) {
	t.Parallel()
	s := newSQLite(t)
	app := app(t, s, transaction.Options{Attempts: 3}, func(config *framework.Configurator) {
		config.AddTween("timeout", tweens.Timeout(1e9, tweens.TimeoutOptions{}), tweens.Under(tweens.ExcView))
		config.AddTween("access log", tweens.AccessLog(tweens.AccessLogOptions{}))
	})
	assert.Equal(t, []string{"access log", "EXCVIEW", "timeout", "transaction"}, tweens.Names(app.Registry()))
	shown, ok := app.Registry().Introspect().Get("tweens", transaction.TweenName)
	require.True(t, ok)
	assert.Contains(t, shown.Source.String(), "helpers_test.go", "where the application added it")
	hr, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "http://localhost/", http.NoBody)
	require.NoError(t, err)
	assert.Equal(t, transaction.TweenName, app.Explain(hr).Tweens[3].Name)
}

// A request whose memory is used again has ended with its unit.
func TestRecycledRequests(t *testing.T) {
	t.Parallel()
	on(t, func(t *testing.T, s *store) {
		config := framework.New(framework.Options{RecycleRequests: true})
		transaction.Add(config, s, transaction.Options{})
		config.AddView(view("a", nil), views.Name("write"))
		config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) { return r.Text("ok"), nil }))
		app := frameworktest.New(t, config)
		for range 3 {
			app.Get("/").Status(200)
		}
		app.Post("/write").Status(200)
		app.Get("/").Status(200)
		assert.Equal(t, "a", s.notes(t))
	})
}

// What a handler sends itself is not retried: it runs when the unit has ended.
func TestHandlersRunOnce(t *testing.T) {
	t.Parallel()
	s := newSQLite(t)
	calls := 0
	app := app(t, s, transaction.Options{Attempts: 3, Backoff: 1}, func(config *framework.Configurator) {
		config.AddView(view("a", func(r *framework.Request) (*framework.Response, error) {
			resp := r.Response()
			resp.SetStream(func(web.StreamWriter) error {
				calls++
				return errConflict
			})
			return resp, nil
		}))
	})
	app.Post("/").Status(500)
	assert.Equal(t, 1, calls)
	assert.Equal(t, "a", s.notes(t), "committed before the body was produced")
}

// Within a Timeout the tween has a copy of the request with a context of its own; what the view
// learns and registers is that of the request nevertheless.
func TestWithinTimeout(t *testing.T) {
	t.Parallel()
	for _, attempts := range []int{1, 3} {
		for _, fails := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d attempts, fails %v", attempts, fails), func(t *testing.T) {
				t.Parallel()
				s := newSQLite(t)
				var finished, aborted, committed int
				var seen string
				app := app(t, s, transaction.Options{Attempts: attempts}, func(config *framework.Configurator) {
					config.AddTween("timeout", tweens.Timeout(time.Minute, tweens.TimeoutOptions{}), tweens.Under(tweens.ExcView))
					config.AddTween("request id", tweens.RequestID())
					config.AddRoute("page", "/page/{name}")
					config.AddView(view("a", func(r *framework.Request) (*framework.Response, error) {
						r.AddFinishedCallback(func(*web.Request) error { finished++; return nil })
						unit(r).AfterCommit(func(context.Context) { committed++ })
						unit(r).AfterAbort(func(context.Context) { aborted++ })
						r.Response().SetHeader("X-Name", r.Param("name"))
						if fails {
							return nil, errNo
						}
						return r.Text("ok"), nil
					}), views.Route("page"))
					config.AddErrorView(views.Func(func(r *framework.Request) (*framework.Response, error) {
						seen = r.Param("name")
						_, open := transaction.From(r.Context())
						assert.False(t, open)
						return r.Empty(500), nil
					}))
				})
				got := app.Post("/page/x")
				assert.Equal(t, 1, finished)
				if fails {
					got.Status(500)
					assert.Equal(t, "x", seen)
					assert.Equal(t, []int{0, 1}, []int{committed, aborted})
					assert.Empty(t, s.notes(t))
					return
				}
				got.Status(200)
				assert.Equal(t, "x", got.Header.Get("X-Name"))
				assert.Equal(t, []int{1, 0}, []int{committed, aborted})
				assert.Equal(t, "a", s.notes(t))
				s.idle(t)
			})
		}
	}
}

// The database of a tree refuses writes in read-only units, whatever way they take.
func TestDatabaseOfATree(t *testing.T) {
	t.Parallel()
	db, err := sqlite.Open(context.Background(), filepath.Join(t.TempDir(), "site.db"), sqlite.Options{})
	require.NoError(t, err)
	defer db.Close()
	for name, begin := range map[string]func(context.Context) (*sql.Tx, error){"Tx": transaction.Tx, "ReadTx": transaction.ReadTx} {
		err = transaction.Run(context.Background(), db, transaction.RunOptions{ReadOnly: true}, func(ctx context.Context) error {
			tx, err := begin(ctx)
			if err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, "CREATE TABLE note(text TEXT)")
			return err
		})
		_, ok := errors.AsType[*transaction.ReadOnlyError](err)
		assert.True(t, ok, "%s: %v", name, err)
	}
}
