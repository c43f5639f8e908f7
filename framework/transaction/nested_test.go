package transaction_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/transaction"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

var errNo = errors.New("no")

// run runs fn in a unit over s.
func run(s *store, fn func(ctx context.Context) error) error {
	return transaction.Run(context.Background(), s, transaction.RunOptions{}, fn)
}

func TestNestedIsRolledBackAlone(t *testing.T) {
	t.Parallel()
	tests := map[string]func(ctx context.Context) error{
		"error":            func(ctx context.Context) error { return errors.Join(write(ctx, "b"), errNo) },
		"failed statement": func(ctx context.Context) error { return errors.Join(write(ctx, "b"), write(ctx, "a")) },
		"hidden failure":   func(ctx context.Context) error { _ = write(ctx, "a"); return nil },
		"doomed": func(ctx context.Context) error {
			u, _ := transaction.From(ctx)
			u.Doom()
			return write(ctx, "b")
		},
		"deeper": func(ctx context.Context) error {
			if err := transaction.Nested(ctx, func(ctx context.Context) error { return write(ctx, "b") }); err != nil {
				return err
			}
			return errNo
		},
	}
	on(t, func(t *testing.T, s *store) {
		for name, inner := range tests {
			t.Run(name, func(t *testing.T) {
				err := run(s, func(ctx context.Context) error {
					if err := write(ctx, "a"); err != nil {
						return err
					}
					err := transaction.Nested(ctx, inner)
					assert.Equal(t, name == "doomed", err == nil, "%v", err)
					return write(ctx, "c")
				})
				require.NoError(t, err)
				assert.Equal(t, "a,c", s.notes(t))
				s.idle(t)
				_, err = s.Exec("DELETE FROM note")
				require.NoError(t, err)
			})
		}
	})
}

func TestNestedIsKept(t *testing.T) {
	t.Parallel()
	on(t, func(t *testing.T, s *store) {
		var hooks []string
		hook := func(name string) func(context.Context) { return func(context.Context) { hooks = append(hooks, name) } }
		require.NoError(t, run(s, func(ctx context.Context) error {
			for _, text := range []string{"a", "b"} { // the name of the savepoint is used again
				require.NoError(t, transaction.Nested(ctx, func(ctx context.Context) error {
					u, _ := transaction.From(ctx)
					u.AfterCommit(hook("commit " + text))
					u.AfterAbort(hook("abort " + text))
					return transaction.Nested(ctx, func(ctx context.Context) error { return write(ctx, text) })
				}))
			}
			return errOnly(transaction.Nested(ctx, func(ctx context.Context) error {
				u, _ := transaction.From(ctx)
				u.AfterCommit(hook("commit c"))
				u.AfterAbort(hook("abort c"))
				return errors.Join(write(ctx, "c"), errNo)
			}), errNo)
		}))
		assert.Equal(t, "a,b", s.notes(t))
		assert.Equal(t, []string{"abort c", "commit a", "commit b"}, hooks)
	})
}

// errOnly returns nil for an error that is want.
func errOnly(err, want error) error {
	if errors.Is(err, want) {
		return nil
	}
	return errors.Join(errors.New("another error than expected"), err)
}

func TestNestedPanics(t *testing.T) {
	t.Parallel()
	on(t, func(t *testing.T, s *store) {
		require.NoError(t, run(s, func(ctx context.Context) error {
			assert.Panics(t, func() {
				_ = transaction.Nested(ctx, func(ctx context.Context) error {
					assert.NoError(t, write(ctx, "a"))
					panic("no")
				})
			})
			return write(ctx, "b")
		}))
		assert.Equal(t, "b", s.notes(t))
	})
}

func TestNestedThatIsStillOpenIsNotCommitted(t *testing.T) {
	t.Parallel()
	on(t, func(t *testing.T, s *store) {
		inside, leave, left := make(chan struct{}), make(chan struct{}), make(chan struct{})
		err := run(s, func(ctx context.Context) error {
			go func() {
				defer close(left)
				_ = transaction.Nested(ctx, func(ctx context.Context) error {
					defer func() { <-leave }()
					defer close(inside)
					return write(ctx, "a")
				})
			}()
			<-inside
			second := transaction.Nested(ctx, func(context.Context) error { return nil })
			assert.ErrorContains(t, second, "another one is open")
			return nil
		})
		close(leave)
		<-left
		_, ok := errors.AsType[*transaction.FailedError](err)
		assert.True(t, ok, "%v", err)
		assert.Empty(t, s.notes(t))
		s.idle(t)
	})
}

// With pgx, a statement while rows are open fails, and a commit would store what came before.
func TestOpenRowsOnPostgreSQL(t *testing.T) {
	t.Parallel()
	s := newPostgres(t, 0)
	err := run(s, func(ctx context.Context) error {
		if err := write(ctx, "a"); err != nil {
			return err
		}
		u, _ := transaction.From(ctx)
		rows, err := u.QueryContext(ctx, "SELECT generate_series(1, 10)")
		if err != nil {
			return err
		}
		defer rows.Close()
		rows.Next()
		_ = write(ctx, "b") // hides the error
		return nil
	})
	_, ok := errors.AsType[*transaction.FailedError](err)
	assert.True(t, ok, "%v", err)
	assert.Empty(t, s.notes(t))
	s.idle(t)
}

func TestSubrequests(t *testing.T) {
	t.Parallel()
	sub := func(r *framework.Request, tweens bool) (*framework.Response, error) {
		hr := httptest.NewRequestWithContext(context.Background(), "POST", "/inner", nil)
		if tweens {
			return r.SubrequestWithTweens(hr)
		}
		return r.Subrequest(hr)
	}
	tests := map[string]struct {
		tweens bool
		inner  int // its status
		fails  bool
		want   string
	}{
		"without tweens":                    {false, 200, false, "a,inner,z"},
		"without tweens, outer fails":       {false, 200, true, ""},
		"with tweens":                       {true, 200, false, "a,inner,z"},
		"with tweens, outer fails":          {true, 200, true, ""},
		"with tweens, inner is vetoed":      {true, 422, false, "a,z"},
		"without tweens there is no veto":   {false, 422, false, "a,inner,z"},
		"with tweens, the inner view fails": {true, 500, false, "a,z"},
	}
	on(t, func(t *testing.T, s *store) {
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				app := app(t, s, transaction.Options{Attempts: 3}, func(config *framework.Configurator) {
					config.AddView(view("inner", func(r *framework.Request) (*framework.Response, error) {
						if tt.inner == 500 {
							return nil, errNo
						}
						return r.Empty(tt.inner), nil
					}), views.Name("inner"))
					config.AddErrorView(views.Func(func(r *framework.Request) (*framework.Response, error) { return r.Empty(500), nil }))
					config.AddView(view("a", func(r *framework.Request) (*framework.Response, error) {
						resp, err := sub(r, tt.tweens)
						require.NoError(t, err)
						assert.Equal(t, tt.inner, resp.Status())
						require.NoError(t, write(r.Context(), "z"))
						if tt.fails {
							return nil, web.Conflict("")
						}
						return r.Text("ok"), nil
					}), views.Name("outer"))
				})
				app.In(t).Post("/outer")
				assert.Equal(t, tt.want, s.notes(t))
				s.idle(t)
				_, err := s.Exec("DELETE FROM note")
				require.NoError(t, err)
			})
		}
	})
}
