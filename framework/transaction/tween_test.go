package transaction_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/transaction"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestOutcome(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		rest   func(r *framework.Request) (*framework.Response, error)
		status int
		stored bool
	}{
		"response":          {nil, 200, true},
		"returned redirect": {func(r *framework.Request) (*framework.Response, error) { return r.Redirect(303, "/"), nil }, 303, true},
		"redirect as error": {func(*framework.Request) (*framework.Response, error) { return nil, web.SeeOther("/") }, 303, true},
		"error":             {func(*framework.Request) (*framework.Response, error) { return nil, errors.New("no") }, 500, false},
		"HTTP error":        {func(*framework.Request) (*framework.Response, error) { return nil, web.Conflict("no") }, 409, false},
		"veto of a 4xx":     {func(r *framework.Request) (*framework.Response, error) { return r.Empty(422), nil }, 422, false},
		"veto of a 5xx":     {func(r *framework.Request) (*framework.Response, error) { return r.Empty(503), nil }, 503, false},
		"panic":             {func(*framework.Request) (*framework.Response, error) { panic("no") }, 500, false},
		"doomed": {func(r *framework.Request) (*framework.Response, error) {
			unit(r).Doom()
			return r.Text("preview"), nil
		}, 200, false},
		"commit anyway": {func(r *framework.Request) (*framework.Response, error) {
			unit(r).CommitAnyway()
			return r.Empty(403), nil
		}, 403, true},
		"commit anyway and an error": {func(r *framework.Request) (*framework.Response, error) {
			unit(r).CommitAnyway()
			return nil, web.Forbidden("")
		}, 403, false},
		"marked as failed": {func(r *framework.Request) (*framework.Response, error) {
			unit(r).Fail(errors.New("no"))
			return r.Text("ok"), nil
		}, 500, false},
		"hidden failure of a statement": {func(r *framework.Request) (*framework.Response, error) {
			_ = write(r.Context(), "a") // is there already
			return r.Text("ok"), nil
		}, 500, false},
		"use after a failure": {func(r *framework.Request) (*framework.Response, error) {
			_ = write(r.Context(), "a")
			err := write(r.Context(), "b")
			if _, ok := errors.AsType[*transaction.FailedError](err); !ok {
				return nil, web.Status(418, "")
			}
			return nil, err
		}, 500, false},
	}
	on(t, func(t *testing.T, s *store) {
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				app := app(t, s, transaction.Options{}, func(config *framework.Configurator) {
					config.AddView(view("a", tt.rest), views.Name("write"))
				})
				app.In(t).Post("/write").Status(tt.status)
				want := ""
				if tt.stored {
					want = "a"
				}
				assert.Equal(t, want, s.notes(t))
				s.idle(t)
				_, err := s.Exec("DELETE FROM note")
				require.NoError(t, err)
			})
		}
	})
}

// unit returns the unit of a request that has one.
func unit(r *framework.Request) *transaction.Unit {
	u, ok := transaction.From(r.Context())
	if !ok {
		panic("no unit")
	}
	return u
}

func TestWriteInGETNamesTheView(t *testing.T) {
	t.Parallel()
	on(t, func(t *testing.T, s *store) {
		var seen []error
		app := app(t, s, transaction.Options{}, func(config *framework.Configurator) {
			config.AddView(view("a", nil), views.Name("write"))
			config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
				tx, err := transaction.ReadTx(r.Context())
				if err != nil {
					return nil, err
				}
				var n int
				if err := tx.QueryRowContext(r.Context(), "SELECT count(*) FROM note").Scan(&n); err != nil {
					return nil, err
				}
				_, err = tx.ExecContext(r.Context(), "INSERT INTO note VALUES('b')")
				return r.Text("ok"), err
			}), views.Name("sneak"))
			config.AddErrorView(views.Func(func(r *framework.Request) (*framework.Response, error) {
				seen = append(seen, r.Err())
				return r.Empty(500), nil
			}))
		})
		app.Get("/write").Status(500)
		app.Get("/sneak").Status(500)
		assert.Empty(t, s.notes(t))
		s.idle(t)
		require.Len(t, seen, 2)
		for i, name := range []string{"write", "sneak"} {
			e, ok := errors.AsType[*transaction.ReadOnlyError](seen[i])
			require.True(t, ok, "%v", seen[i])
			assert.Contains(t, e.Error(), `view "`+name+`" of framework.DefaultRoot (GET /`+name+`)`)
		}
	})
}

func TestCommitErrorReachesErrorViews(t *testing.T) {
	t.Parallel()
	on(t, func(t *testing.T, s *store) {
		var seen error
		var open bool
		aborted := 0
		app := app(t, s, transaction.Options{}, func(config *framework.Configurator) {
			config.AddView(view("a", func(r *framework.Request) (*framework.Response, error) {
				u := unit(r)
				u.AfterAbort(func(context.Context) { aborted++ })
				u.AfterCommit(func(context.Context) { t.Error("committed") })
				_, err := u.ExecContext(r.Context(), "INSERT INTO child VALUES('nobody')") // checked at commit
				return r.Text("ok"), err
			}), views.Name("write"))
			config.AddErrorView(views.Func(func(r *framework.Request) (*framework.Response, error) {
				seen = r.Err()
				_, open = transaction.From(r.Context())
				db, _ := transaction.DatabaseOf(r.Registry())
				err := transaction.Run(r.Context(), db, transaction.RunOptions{}, func(ctx context.Context) error { return write(ctx, "log") })
				return r.Empty(409), err
			}))
		})
		app.Post("/write").Status(409)
		_, ok := errors.AsType[*transaction.CommitError](seen)
		assert.True(t, ok, "%v", seen)
		assert.False(t, open, "the unit is open in the error view")
		assert.Equal(t, "log", s.notes(t), "what an error view writes is a transaction of its own")
		assert.Equal(t, 1, aborted)
		s.idle(t)
	})
}

func TestHooksRunOnceOutsideOfTheUnit(t *testing.T) {
	t.Parallel()
	on(t, func(t *testing.T, s *store) {
		var order []string
		app := app(t, s, transaction.Options{}, func(config *framework.Configurator) {
			config.AddView(view("a", func(r *framework.Request) (*framework.Response, error) {
				u := unit(r)
				u.AfterAbort(func(context.Context) { order = append(order, "abort") })
				u.AfterCommit(func(ctx context.Context) {
					_, open := transaction.From(ctx)
					in, _ := web.FromContext(ctx)
					assert.False(t, open)
					assert.NoError(t, ctx.Err())
					assert.Equal(t, "/write", in.URL.Path)
					assert.Equal(t, "a", s.notes(t), "committed by now")
					order = append(order, "first")
					panic("logged")
				})
				u.AfterCommit(func(context.Context) { order = append(order, "second") })
				r.AddResponseCallback(func(*web.Request, *web.Response) error {
					order = append(order, "response")
					return nil
				})
				return r.Text("ok"), nil
			}), views.Name("write"))
		})
		app.Post("/write").Status(200)
		assert.Equal(t, []string{"first", "second", "response"}, order)
		s.idle(t)
	})
}

func TestStreamIsSentAfterTheCommit(t *testing.T) {
	t.Parallel()
	on(t, func(t *testing.T, s *store) {
		app := app(t, s, transaction.Options{}, func(config *framework.Configurator) {
			config.AddView(view("a", func(r *framework.Request) (*framework.Response, error) {
				resp := r.Response()
				resp.SetStream(func(w web.StreamWriter) error {
					assert.ErrorIs(t, write(r.Context(), "b"), transaction.ErrNoUnit)
					_, err := io.WriteString(w, s.notes(t))
					return err
				})
				return resp, nil
			}), views.Name("write"))
		})
		assert.Equal(t, "a", app.Post("/write").Status(200).Body)
	})
}

func TestNothingBegun(t *testing.T) {
	t.Parallel()
	s := newSQLite(t)
	app := app(t, s, transaction.Options{Skip: func(r *web.Request) bool { return r.URL.Path == "/skipped" }}, func(config *framework.Configurator) {
		config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			_, begun := unit(r).Begun()
			assert.False(t, begun)
			return r.Text("ok"), nil
		}))
		config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			_, err := transaction.Tx(r.Context())
			return nil, err
		}), views.Name("skipped"))
	})
	app.Get("/").Status(http.StatusOK)
	app.Get("/skipped").Status(500)
	assert.Zero(t, s.Stats().OpenConnections-s.Stats().Idle)
}

func TestTwoUnitsConflict(t *testing.T) {
	t.Parallel()
	s := newSQLite(t)
	config := framework.New(framework.Options{})
	transaction.Add(config, s, transaction.Options{})
	transaction.Add(config, nil, transaction.Options{Attempts: -1})
	_, err := config.App()
	require.Error(t, err)
	assert.Contains(t, err.Error(), "Database is nil")
	assert.Contains(t, err.Error(), "Attempts is -1")
	assert.Contains(t, err.Error(), "for a second database use transaction.Run")
}
