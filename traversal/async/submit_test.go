package async_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal/async"
)

// Queued work leaves the queue when its context ends, which makes room at once.
func TestQueuedWorkLeavesWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, s := async.WithScope(t.Context(), 0)
		ex := async.NewExecutor(async.ExecutorOptions{Workers: 1, Queue: 1})
		g := make(gate)
		first := async.Submit(ctx, ex, g.pass)
		limited, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		waiting := async.Submit(limited, ex, func(context.Context) (string, error) {
			t.Error("ran after the end of its context")
			return "", nil
		})
		began := time.Now()
		_, err := async.Await(ctx, waiting)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, time.Second, time.Since(began))
		st := ex.Stats()
		assert.Zero(t, st.Queued)
		assert.EqualValues(t, 1, st.Cancelled)

		third := async.Submit(ctx, ex, g.pass)
		close(g)
		got, err := async.All(ctx, first, third)
		require.NoError(t, err)
		assert.Equal(t, []string{"passed", "passed"}, got)
		require.NoError(t, s.End(-1))
	})
}

func TestWorkFromAWorkerRunsInline(t *testing.T) {
	t.Parallel()
	ctx, _ := scoped(t, 0)
	one := async.NewExecutor(async.ExecutorOptions{Workers: 1, Queue: -1})
	two := async.NewExecutor(async.ExecutorOptions{Workers: 1, Queue: -1})
	deep := async.Submit(ctx, one, func(ctx context.Context) (int, error) {
		return async.Await(ctx, async.Submit(ctx, two, func(ctx context.Context) (int, error) {
			// This function occupies the only worker of both.
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

// Work that a worker started, and that outlives the worker's own work, does not count as a worker.
func TestWorkThatOutlivesItsWorkerQueues(t *testing.T) {
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
