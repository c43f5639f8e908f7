package async_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal/async"
)

func TestAwaitByMany(t *testing.T) {
	t.Parallel()
	ctx, _ := scoped(t, 0)
	for range 100 {
		f := async.Go(ctx, func(context.Context) (int, error) { return 1, nil })
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				v, err := async.Await(ctx, f)
				assert.NoError(t, err)
				assert.Equal(t, 1, v)
			})
		}
		wg.Wait()
	}
}

func TestAwaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, s := async.WithScope(t.Context(), 0)
		f := async.Go(ctx, untilDone)
		limited, cancel := context.WithTimeoutCause(ctx, time.Second, errBoom)
		defer cancel()
		began := time.Now()
		_, err := async.Await(limited, f)
		require.EqualError(t, err, "context deadline exceeded: boom")
		assert.Equal(t, time.Second, time.Since(began))
		select {
		case <-f.Done():
			t.Error("the work ended as well")
		default:
		}
		require.NoError(t, s.End(-1))

		_, err = async.Await(limited, async.Settled(1, nil))
		require.NoError(t, err, "a result that is there counts")
	})
}

func TestNilFuture(t *testing.T) {
	t.Parallel()
	_, err := async.Await[int](t.Context(), nil)
	require.EqualError(t, err, "await: nil future: return async.Settled if there is nothing to wait for")
	_, err = async.All(t.Context(), async.Settled(1, nil), nil)
	require.ErrorContains(t, err, "future 1: await: nil future")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = async.Await(ended, &async.Future[int]{})
	require.ErrorIs(t, err, context.Canceled)
	_, err = async.All(ended, &async.Future[int]{})
	require.ErrorIs(t, err, context.Canceled)
}

func TestAllFailsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, s := async.WithScope(t.Context(), 0)
		after := func(d time.Duration, v int, err error) *async.Future[int] {
			return async.Go(ctx, func(ctx context.Context) (int, error) {
				select {
				case <-time.After(d):
					return v, err
				case <-ctx.Done():
					return 0, ctx.Err()
				}
			})
		}
		began := time.Now()
		got, err := async.All(ctx, after(3*time.Second, 1, nil), async.Settled(2, nil), after(time.Second, 3, nil))
		require.NoError(t, err)
		assert.Equal(t, []int{1, 2, 3}, got)
		assert.Equal(t, 3*time.Second, time.Since(began))

		began = time.Now()
		slow := after(time.Hour, 1, nil)
		_, err = async.All(ctx, slow, after(time.Second, 0, errBoom), after(2*time.Second, 0, errors.New("later")))
		require.EqualError(t, err, "boom")
		assert.Equal(t, time.Second, time.Since(began))

		_, err = async.All(ctx, slow, async.Settled(0, errBoom))
		require.EqualError(t, err, "boom", "it had failed before")

		limited, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		_, err = async.All(limited, slow)
		require.ErrorIs(t, err, context.DeadlineExceeded)

		none, err := async.All[int](ctx)
		require.NoError(t, err)
		assert.Empty(t, none)
		require.NoError(t, s.End(-1))
	})
}
