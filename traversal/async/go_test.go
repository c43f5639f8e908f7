package async_test

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal/async"
)

func TestGoAtTheLimitRunsInTheCaller(t *testing.T) {
	t.Parallel()
	ctx, _ := scoped(t, 2)
	release := make(chan struct{})
	wait := func(context.Context) (string, error) { <-release; return "goroutine", nil }
	a, b := async.Go(ctx, wait), async.Go(ctx, wait)

	in := false
	c := async.Go(ctx, func(context.Context) (string, error) {
		in = true // the race detector would object to another goroutine
		return "caller", nil
	})
	assert.True(t, in)
	select {
	case <-c.Done():
	default:
		t.Error("not settled when Go returned")
	}
	d := async.Go(ctx, func(context.Context) (string, error) { panic("in the caller") })
	_, err := async.Await(ctx, d)
	require.EqualError(t, err, "panic: in the caller")

	close(release)
	got, err := async.All(ctx, a, b, c)
	require.NoError(t, err)
	assert.Equal(t, []string{"goroutine", "goroutine", "caller"}, got)
}

func TestScopeLimitsItsGoroutines(t *testing.T) {
	t.Parallel()
	ctx, _ := scoped(t, 4)
	var now, most atomic.Int64
	var futures []*async.Future[int]
	for range 100 {
		futures = append(futures, async.Go(ctx, func(context.Context) (int, error) {
			n := now.Add(1)
			defer now.Add(-1)
			for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
			}
			runtime.Gosched()
			return 0, nil
		}))
	}
	_, err := async.All(ctx, futures...)
	require.NoError(t, err)
	assert.LessOrEqual(t, most.Load(), int64(5), "four, and the caller")
}

func TestGoUnderAnEndedContext(t *testing.T) {
	t.Parallel()
	ctx, _ := scoped(t, 0)
	because := errors.New("client disconnected")
	below, cancel := context.WithCancelCause(ctx)
	cancel(because)
	_, err := async.Await(ctx, async.Go(below, func(context.Context) (int, error) {
		t.Error("was called")
		return 0, nil
	}))
	require.EqualError(t, err, "context canceled: client disconnected")
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, err, because)
}
