package async_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal/async"
)

// The context of work has the values of the context that it was started with, and ends with that
// one or with the scope.
func TestTaskContext(t *testing.T) {
	t.Parallel()
	type key struct{}
	because := errors.New("client disconnected")
	for _, tt := range []struct {
		name  string
		start func(ctx context.Context) (context.Context, context.CancelCauseFunc)
		end   func(s *async.Scope, cancel context.CancelCauseFunc)
		want  error
		cause error
	}{
		{"the scope ends", context.WithCancelCause, func(s *async.Scope, _ context.CancelCauseFunc) {}, context.Canceled, nil},
		{"its own context ends", context.WithCancelCause, func(_ *async.Scope, cancel context.CancelCauseFunc) { cancel(because) }, context.Canceled, because},
		{"a deadline", func(ctx context.Context) (context.Context, context.CancelCauseFunc) {
			ctx, cancel := context.WithTimeout(ctx, time.Second)
			return ctx, func(error) { cancel() }
		}, func(*async.Scope, context.CancelCauseFunc) { time.Sleep(2 * time.Second) }, context.DeadlineExceeded, context.DeadlineExceeded},
		{"without cancel", func(ctx context.Context) (context.Context, context.CancelCauseFunc) {
			return context.WithoutCancel(ctx), func(error) {}
		}, func(s *async.Scope, _ context.CancelCauseFunc) {}, context.Canceled, nil},
	} {
		for _, carried := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/carrier=%v", tt.name, carried), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					ctx, s := async.WithScope(t.Context(), 0)
					if carried {
						c := &carrier{Context: t.Context()}
						ctx, s = c, c.slot.Scope(c.Context, 0)
					}
					ctx, cancel := tt.start(ctx)
					defer cancel(nil)
					ctx = context.WithValue(ctx, key{}, "value")
					var err, cause, derived error
					async.Go(ctx, func(ctx context.Context) (int, error) {
						assert.Equal(t, "value", ctx.Value(key{}))
						_, has := ctx.Deadline()
						assert.Equal(t, tt.name == "a deadline", has)
						below, cancel := context.WithCancel(ctx)
						defer cancel()
						nested := async.Go(ctx, func(ctx context.Context) (int, error) {
							<-ctx.Done()
							return 0, ctx.Err()
						})
						<-below.Done()
						<-ctx.Done()
						err, cause, derived = ctx.Err(), context.Cause(ctx), below.Err()
						_, e := async.Await(context.Background(), nested)
						assert.ErrorIs(t, e, tt.want)
						return 0, nil
					})
					synctest.Wait()
					tt.end(s, cancel)
					require.NoError(t, s.End(time.Minute))
					require.ErrorIs(t, err, tt.want)
					require.ErrorIs(t, derived, tt.want)
					if tt.cause != nil {
						require.ErrorIs(t, cause, tt.cause)
					}
				})
			})
		}
	}
}

// A scope does not accumulate contexts that have ended.
func TestScopeForgetsEndedContexts(t *testing.T) {
	t.Parallel()
	ctx, s := scoped(t, 0)
	for i := range 1000 {
		short, cancel := context.WithTimeout(ctx, time.Hour)
		v, err := async.Await(short, async.Go(short, func(context.Context) (int, error) { return i, nil }))
		cancel()
		require.NoError(t, err)
		require.Equal(t, i, v)
	}
	assert.LessOrEqual(t, async.Endings(s), 2)
}
