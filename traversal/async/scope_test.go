package async_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal/async"
)

func TestEndCancelsAndWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, s := async.WithScope(t.Context(), 0)
		f := async.Go(ctx, func(ctx context.Context) (string, error) {
			<-ctx.Done()
			time.Sleep(time.Second) // cleans up
			return "cleaned up", nil
		})
		assert.Equal(t, 1, s.Running())
		began := time.Now()
		require.NoError(t, s.End(time.Minute))
		assert.Equal(t, time.Second, time.Since(began))
		assert.Zero(t, s.Running())
		require.Error(t, ctx.Err(), "the context ends with its scope")

		v, err := async.Await(context.Background(), f)
		require.NoError(t, err)
		assert.Equal(t, "cleaned up", v, "a late result counts")
		require.NoError(t, s.End(0), "again")
	})
}

func TestEndReportsStragglers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, s := async.WithScope(t.Context(), 0)
		release := make(chan struct{})
		stubborn := func(context.Context) (int, error) { <-release; return 1, nil }
		var futures []*async.Future[int]
		for range 3 {
			futures = append(futures, async.Go(ctx, stubborn))
		}
		use := async.UseExecutor(async.NewExecutor(async.ExecutorOptions{}), func(ctx context.Context, _ int) (int, error) { return stubborn(ctx) })
		_, _, line, _ := runtime.Caller(0)
		futures = append(futures, use(ctx, 1))
		async.Go(ctx, untilDone)
		synctest.Wait()

		began := time.Now()
		err := s.End(5 * time.Second)
		assert.Equal(t, 5*time.Second, time.Since(began))
		se, ok := errors.AsType[*async.StragglersError](err)
		require.True(t, ok, "%v", err)
		assert.Equal(t, 4, se.Count())
		name := "async_test.TestEndReportsStragglers.func1"
		assert.EqualError(t, err, fmt.Sprintf("still running: "+
			"1 started at async/scope_test.go:%d (%s), 3 started at async/scope_test.go:%d (%s); work must return when its context is cancelled", line+1, name, line-3, name))

		for _, f := range futures {
			_, err := async.Await(t.Context(), f)
			require.ErrorIs(t, err, context.Canceled, "the futures of stragglers have settled")
			_, ok := errors.AsType[*async.ScopeError](err)
			require.True(t, ok)
		}
		require.Error(t, s.End(0), "they still run")
		close(release)
		require.NoError(t, s.End(-1))
		_, err = async.Await(t.Context(), futures[0])
		require.ErrorIs(t, err, context.Canceled, "a later result has no effect")
	})
}

func TestEndReportsUnseenPanics(t *testing.T) {
	t.Parallel()
	boom := func(context.Context) (int, error) { panic(errors.New("boom")) }

	ctx, s := async.WithScope(t.Context(), 0)
	f := async.Go(ctx, boom)
	_, err := async.Await(ctx, f)
	pe, ok := errors.AsType[*async.PanicError](err)
	require.True(t, ok)
	assert.EqualError(t, err, "panic: boom")
	assert.EqualError(t, errors.Unwrap(err), "boom")
	assert.Contains(t, string(pe.Stack), "TestEndReportsUnseenPanics")
	require.NoError(t, s.End(-1), "it was seen")

	ctx, s = async.WithScope(t.Context(), 0)
	async.Go(ctx, boom)
	async.Go(ctx, func(context.Context) (int, error) { panic(7) })
	err = s.End(-1)
	require.ErrorContains(t, err, "panic: boom")
	require.ErrorContains(t, err, "panic: 7")
	require.NoError(t, s.End(-1), "reported once")
}

// Not parallel: it counts allocations.
func TestAllocations(t *testing.T) {
	slots := make([]async.Slot, 101)
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		_ = slots[0].End(time.Second)
		slots = slots[1:]
	}), "a request that starts nothing")
	ctx, _ := scoped(t, 0)
	one := func(context.Context) (int, error) { return 1, nil }
	assert.LessOrEqual(t, testing.AllocsPerRun(100, func() { _, _ = async.Await(ctx, async.Go(ctx, one)) }), 3.0)
}
