package async_test

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal/async"
)

func TestExecutorBounds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, s := async.WithScope(t.Context(), 1) // work of an executor does not count against it
		ex := async.NewExecutor(async.ExecutorOptions{Name: "thumbnails", Workers: 2, Queue: 3, RetryAfter: 5 * time.Second})
		g := make(gate)
		var futures []*async.Future[string]
		for range 5 {
			futures = append(futures, async.Submit(ctx, ex, g.pass))
		}
		st := ex.Stats()
		assert.Equal(t, async.ExecutorStats{Running: 2, Workers: 2, Queued: 3, Queue: 3}, st)

		_, err := async.Await(ctx, async.Submit(ctx, ex, g.pass))
		require.ErrorIs(t, err, async.ErrSaturated)
		require.EqualError(t, err, "thumbnails is saturated: 2 running, 3 queued")
		saturated, ok := errors.AsType[interface {
			error
			Status() int
			RetryAfter() time.Duration
		}](err)
		require.True(t, ok)
		assert.Equal(t, 503, saturated.Status())
		assert.Equal(t, 5*time.Second, saturated.RetryAfter())

		close(g)
		got, err := async.All(ctx, futures...)
		require.NoError(t, err)
		assert.Len(t, got, 5)
		synctest.Wait()
		assert.Equal(t, async.ExecutorStats{Workers: 2, Queue: 3, Done: 5, Refused: 1}, ex.Stats())
		require.NoError(t, s.End(-1))
	})
}

func TestExecutorWithoutQueue(t *testing.T) {
	t.Parallel()
	ctx, _ := scoped(t, 0)
	ex := async.NewExecutor(async.ExecutorOptions{Workers: 1, Queue: -1})
	g := make(gate)
	f := async.Submit(ctx, ex, g.pass)
	_, err := async.Await(ctx, async.Submit(ctx, ex, g.pass))
	require.ErrorIs(t, err, async.ErrSaturated)
	close(g)
	_, err = async.Await(ctx, f)
	require.NoError(t, err)

	zero := async.NewExecutor(async.ExecutorOptions{}).Stats()
	assert.Equal(t, runtime.GOMAXPROCS(0), zero.Workers)
	assert.Equal(t, 16*zero.Workers, zero.Queue)
}

func TestScopeEndEmptiesTheQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, s := async.WithScope(t.Context(), 0)
		ex := async.NewExecutor(async.ExecutorOptions{Workers: 1, Queue: 5})
		other, os := async.WithScope(t.Context(), 0)
		g := make(gate)
		busy := async.Submit(other, ex, g.pass)
		queued := async.Submit(ctx, ex, g.pass)
		synctest.Wait()
		require.NoError(t, s.End(0x7fffffff))
		_, err := async.Await(t.Context(), queued)
		require.ErrorIs(t, err, context.Canceled)
		close(g)
		_, err = async.Await(other, busy)
		require.NoError(t, err)
		require.NoError(t, os.End(-1))
	})
}

func TestExecutorSurvivesItsWork(t *testing.T) {
	t.Parallel()
	ctx, _ := scoped(t, 0)
	ex := async.NewExecutor(async.ExecutorOptions{Workers: 1, Queue: 10})
	g := make(gate)
	hold := async.Submit(ctx, ex, g.pass)
	quit := async.Submit(ctx, ex, func(context.Context) (string, error) { runtime.Goexit(); return "", nil })
	boom := async.Submit(ctx, ex, func(context.Context) (string, error) { panic("boom") })
	last := async.Submit(ctx, ex, g.pass)
	close(g)
	_, err := async.Await(ctx, hold)
	require.NoError(t, err)
	_, err = async.Await(ctx, quit)
	require.ErrorContains(t, err, "Goexit")
	_, err = async.Await(ctx, boom)
	require.EqualError(t, err, "panic: boom")
	_, err = async.Await(ctx, last)
	require.NoError(t, err)
	require.NoError(t, ex.Close(ctx))
	assert.EqualValues(t, 4, ex.Stats().Done)

	_, err = async.Await(ctx, async.Submit[int](ctx, nil, nil))
	require.ErrorContains(t, err, "submit: nil executor")
}

func TestCloseDrains(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, s := async.WithScope(t.Context(), 0)
		ex := async.NewExecutor(async.ExecutorOptions{Name: "pool", Workers: 1})
		var ran atomic.Int64
		for range 3 {
			async.Submit(ctx, ex, func(context.Context) (int, error) {
				time.Sleep(time.Second)
				ran.Add(1)
				return 0, nil
			})
		}
		began := time.Now()
		require.NoError(t, ex.Close(ctx))
		assert.EqualValues(t, 3, ran.Load())
		assert.Equal(t, 3*time.Second, time.Since(began))
		_, err := async.Await(ctx, async.Submit(ctx, ex, untilDone))
		require.EqualError(t, err, "pool: closed to new work")
		require.ErrorIs(t, err, async.ErrClosed)
		require.NoError(t, ex.Close(ctx), "again")
		require.NoError(t, s.End(-1))
	})
}

func TestCloseReportsStragglers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, s := async.WithScope(t.Context(), 0)
		ex := async.NewExecutor(async.ExecutorOptions{Name: "pool", Workers: 1})
		g := make(gate)
		running := async.Submit(ctx, ex, g.pass)
		queued := async.Submit(ctx, ex, g.pass)
		limited, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := ex.Close(limited)
		require.ErrorContains(t, err, "close pool: still running: 1 started at async/executor_test.go:")
		_, err = async.Await(ctx, queued)
		require.ErrorIs(t, err, async.ErrClosed)
		close(g)
		_, err = async.Await(ctx, running)
		require.NoError(t, err)
		require.NoError(t, ex.Close(t.Context()))
		require.NoError(t, s.End(-1))
	})
}
