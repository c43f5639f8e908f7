package async_test

import (
	"context"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal/async"
)

func TestSynchronize(t *testing.T) {
	t.Parallel()
	var left atomic.Int64
	double := func(ctx context.Context, n int) *async.Future[int] {
		return async.Go(ctx, func(ctx context.Context) (int, error) {
			async.Go(ctx, func(ctx context.Context) (string, error) { // still running
				defer left.Add(1)
				return untilDone(ctx)
			})
			return 2 * n, ctx.Err()
		})
	}
	add := func(ctx context.Context, a, b int) *async.Future[int] {
		return async.Go(ctx, func(context.Context) (int, error) { return a + b, nil })
	}
	ctx, _ := scoped(t, 0)
	for _, mode := range [][]async.Mode{nil, {async.Strict}, {async.Loose}} {
		v, err := async.Synchronize(double, mode...)(ctx, 4)
		require.NoError(t, err)
		assert.Equal(t, 8, v)
		v, err = async.Synchronize2(add, mode...)(ctx, 4, 5)
		require.NoError(t, err)
		assert.Equal(t, 9, v)
	}

	called := false
	_, err := async.Synchronize(func(context.Context, int) *async.Future[int] { called = true; return nil })(t.Context(), 1)
	require.ErrorAs(t, err, new(*async.ScopeError))
	assert.False(t, called)
	_, err = async.Synchronize2(add, async.Strict)(t.Context(), 1, 2)
	require.ErrorAs(t, err, new(*async.ScopeError))

	before := left.Load()
	v, err := async.Synchronize(double, async.Loose)(t.Context(), 4)
	require.NoError(t, err)
	assert.Equal(t, 8, v)
	assert.Equal(t, before+1, left.Load(), "the scope of the call waited for it")
	v, err = async.Synchronize2(add, async.Loose)(t.Context(), 4, 5)
	require.NoError(t, err)
	assert.Equal(t, 9, v)

	_, err = async.Synchronize(func(ctx context.Context, _ int) *async.Future[int] {
		async.Go(ctx, func(context.Context) (int, error) { panic("unseen") })
		return async.Settled(1, nil)
	}, async.Loose)(t.Context(), 1)
	require.EqualError(t, err, "panic: unseen")
}

func TestOrSpawn(t *testing.T) {
	t.Parallel()
	calls := 0
	load := async.OrSpawn(func(ctx context.Context, n int) (int, error) {
		calls++
		_, ok := async.ScopeFrom(ctx)
		assert.True(t, ok)
		if n < 0 {
			panic("negative")
		}
		async.Go(ctx, untilDone) // still running
		return async.Await(ctx, async.Go(ctx, func(context.Context) (int, error) { return 2 * n, nil }))
	})

	ctx, _ := scoped(t, 0)
	f := load(ctx, 4)
	assert.Equal(t, 1, calls, "in the caller")
	v, err := async.Await(ctx, f)
	require.NoError(t, err)
	assert.Equal(t, 8, v)
	_, err = async.Await(ctx, load(ctx, -1))
	require.EqualError(t, err, "panic: negative")

	v, err = async.Await(t.Context(), load(t.Context(), 5))
	require.NoError(t, err)
	assert.Equal(t, 10, v)
	assert.Equal(t, 3, calls)
	_, err = async.Await(t.Context(), load(t.Context(), -1))
	require.EqualError(t, err, "panic: negative")

	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = async.Await(t.Context(), load(ended, 1))
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, 4, calls)

	quit := async.OrSpawn(func(context.Context, int) (int, error) { runtime.Goexit(); return 0, nil })
	_, err = async.Await(t.Context(), quit(t.Context(), 1))
	require.ErrorContains(t, err, "Goexit")
}
