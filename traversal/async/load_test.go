package async_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal/async"
)

type txKey struct{}

func TestLoadContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var values []any
		src := &trips{hook: func(ctx context.Context) { values = append(values, ctx.Value(txKey{})) }}
		b := async.NewBatcher(src.load, async.BatcherOptions{Memo: true, MaxKeys: 2})
		ctx, s := async.WithScope(context.WithValue(t.Context(), txKey{}, "tx"), 0)
		_, err := b.Load(ctx, "a")
		require.NoError(t, err)
		assert.Equal(t, []any{nil}, values, "no values of the caller")

		v, err := b.Load(async.Direct(ctx), "a")
		require.NoError(t, err)
		assert.Equal(t, "value of a", v)
		v, err = async.Await(ctx, b.LoadAsync(async.Direct(ctx), "b"))
		require.NoError(t, err)
		assert.Equal(t, "value of b", v)
		all, err := b.LoadMany(async.Direct(ctx), []string{"a", "b", "c"})
		require.NoError(t, err)
		assert.Len(t, all, 3)
		assert.Equal(t, []any{nil, "tx", "tx", "tx", "tx"}, values)
		assert.Equal(t, [][]string{{"a"}, {"a"}, {"b"}, {"a", "b"}, {"c"}}, src.calls())
		assert.Equal(t, async.BatcherStats{Loads: 6, Direct: 5, Trips: 1, Keys: 1}, b.Stats())

		src.keys = map[string]error{"missing": nil, "broken": errBoom}
		_, err = b.Load(async.Direct(ctx), "missing")
		require.ErrorIs(t, err, async.ErrMissing)
		all, err = b.LoadMany(async.Direct(ctx), []string{"missing", "a"})
		require.NoError(t, err)
		assert.Len(t, all, 1)
		_, err = b.LoadMany(async.Direct(ctx), []string{"broken", "a"})
		require.ErrorIs(t, err, errBoom)
		require.NoError(t, s.End(-1))
	})
}

func TestLoadManyStopsWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		src := &trips{keys: map[string]error{"broken": errBoom}}
		b := async.NewBatcher(src.load, async.BatcherOptions{MaxKeys: 2})
		limited, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		defer cancel()
		_, err := b.LoadMany(limited, []string{"a", "b", "c", "d", "e"})
		require.ErrorIs(t, err, context.DeadlineExceeded)
		synctest.Wait()
		assert.Equal(t, [][]string{{"a", "b"}, {"c", "d"}}, src.calls())
		assert.Equal(t, 1, src.lost)

		_, err = b.LoadMany(t.Context(), []string{"a", "broken", "c", "d", "e"})
		require.ErrorIs(t, err, errBoom)
		synctest.Wait()
		assert.Zero(t, b.Stats().InFlight)
		assert.Equal(t, 2, src.lost, "the one that was in flight")
	})
}

// Loads share round trips even beyond the goroutine limit of the scope.
func TestLoadAsyncNeedsNoGoroutines(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		src := &trips{}
		b := async.NewBatcher(src.load, async.BatcherOptions{})
		ctx, s := async.WithScope(t.Context(), 1)
		futures := make([]*async.Future[string], 101)
		for i := range futures {
			futures[i] = b.LoadAsync(ctx, fmt.Sprint(i))
		}
		_, err := async.All(ctx, futures...)
		require.NoError(t, err)
		assert.Len(t, src.calls(), 2)
		require.NoError(t, s.End(-1))
	})
}
