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

// gate is work that runs until it is opened.
type gate chan struct{}

func (g gate) pass(context.Context) (string, error) {
	<-g
	return "passed", nil
}

func TestExecutorBounds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, s := async.WithScope(t.Context(), 1) // executors do not count against it
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
		require.EqualError(t, err, "thumbnails is saturated: 2 at work, 3 waiting")
		answer, ok := errors.AsType[interface {
			error
			Status() int
			RetryAfter() time.Duration
		}](err)
		require.True(t, ok)
		assert.Equal(t, 503, answer.Status())
		assert.Equal(t, 5*time.Second, answer.RetryAfter())

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

// Who waits in the queue leaves it when the context ends, and the place is free at once.
func TestWaitingInTheQueueEndsWithTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, s := async.WithScope(t.Context(), 0)
		ex := async.NewExecutor(async.ExecutorOptions{Workers: 1, Queue: 1})
		g := make(gate)
		first := async.Submit(ctx, ex, g.pass)
		limited, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		waiting := async.Submit(limited, ex, func(context.Context) (string, error) {
			t.Error("ran after its context")
			return "", nil
		})
		began := time.Now()
		_, err := async.Await(ctx, waiting)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, time.Second, time.Since(began))
		st := ex.Stats()
		assert.Zero(t, st.Queued)
		assert.EqualValues(t, 1, st.Left)

		third := async.Submit(ctx, ex, g.pass)
		close(g)
		got, err := async.All(ctx, first, third)
		require.NoError(t, err)
		assert.Equal(t, []string{"passed", "passed"}, got)
		require.NoError(t, s.End(-1))
	})
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

func TestWorkFromAWorkerRunsInline(t *testing.T) {
	t.Parallel()
	ctx, _ := scoped(t, 0)
	one := async.NewExecutor(async.ExecutorOptions{Workers: 1, Queue: -1})
	two := async.NewExecutor(async.ExecutorOptions{Workers: 1, Queue: -1})
	deep := async.Submit(ctx, one, func(ctx context.Context) (int, error) {
		return async.Await(ctx, async.Submit(ctx, two, func(ctx context.Context) (int, error) {
			// Both have their only worker busy with us.
			ctx, cancel := context.WithTimeout(ctx, time.Minute)
			defer cancel()
			return async.Await(ctx, async.Go(ctx, func(ctx context.Context) (int, error) {
				v, err := async.Await(ctx, async.Submit(ctx, one, func(context.Context) (int, error) { return 7, nil }))
				if err != nil {
					return 0, err
				}
				_, err = async.Await(ctx, async.Submit(ctx, two, func(context.Context) (int, error) { panic("inline") }))
				assert.EqualError(t, err, "panic: inline")
				return v, nil
			}))
		}))
	})
	v, err := async.Await(ctx, deep)
	require.NoError(t, err)
	assert.Equal(t, 7, v)
	assert.EqualValues(t, 1, one.Stats().Inline)
	assert.EqualValues(t, 1, two.Stats().Inline)
}

// Work that was started by a worker, and goes on after it, is not a worker.
func TestWorkAfterAWorkerQueues(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, s := async.WithScope(t.Context(), 0)
		ex := async.NewExecutor(async.ExecutorOptions{Workers: 1})
		g := make(gate)
		nested, err := async.Await(ctx, async.Submit(ctx, ex, func(ctx context.Context) (*async.Future[string], error) {
			return async.Go(ctx, func(ctx context.Context) (string, error) {
				<-g
				return async.Await(ctx, async.Submit(ctx, ex, func(context.Context) (string, error) { return "queued", nil }))
			}), nil
		}))
		require.NoError(t, err)
		synctest.Wait()
		close(g)
		v, err := async.Await(ctx, nested)
		require.NoError(t, err)
		assert.Equal(t, "queued", v)
		synctest.Wait()
		st := ex.Stats()
		assert.Zero(t, st.Inline)
		assert.EqualValues(t, 2, st.Done)
		require.NoError(t, s.End(-1))
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
	require.ErrorContains(t, err, "the executor is nil")
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
		require.EqualError(t, err, "pool: closed, takes no more work")
		require.ErrorIs(t, err, async.ErrClosed)
		require.NoError(t, ex.Close(ctx), "again")
		require.NoError(t, s.End(-1))
	})
}

func TestCloseReportsWhatIsLeft(t *testing.T) {
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
		require.ErrorContains(t, err, "close pool: still running after the end: 1 started at async/executor_test.go:")
		_, err = async.Await(ctx, queued)
		require.ErrorIs(t, err, async.ErrClosed)
		close(g)
		_, err = async.Await(ctx, running)
		require.NoError(t, err)
		require.NoError(t, ex.Close(t.Context()))
		require.NoError(t, s.End(-1))
	})
}
