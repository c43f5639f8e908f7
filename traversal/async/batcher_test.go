package async_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal/async"
)

func TestKeysGatherWhileATripIsInFlight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		src := &trips{}
		b := async.NewBatcher(src.load, async.BatcherOptions{MaxKeys: 3})
		began := time.Now()
		var wg sync.WaitGroup
		load := func(key string, want time.Duration) {
			wg.Go(func() {
				v, err := b.Load(t.Context(), key)
				assert.NoError(t, err)
				assert.Equal(t, "value of "+key, v)
				assert.Equal(t, want, time.Since(began), key)
			})
			synctest.Wait()
		}
		load("a", time.Second) // at once
		load("b", 2*time.Second)
		load("c", 2*time.Second)
		load("b", 2*time.Second) // one key
		load("a", 2*time.Second) // not from the trip in flight, which may be older
		load("d", 3*time.Second) // the batch is full
		load("c", 2*time.Second) // although another batch gathers behind
		wg.Wait()
		assert.Equal(t, [][]string{{"a"}, {"b", "c", "a"}, {"d"}}, src.calls())
		assert.Equal(t, 1, src.most)
		assert.Equal(t, async.BatcherStats{Loads: 7, Trips: 3, Keys: 5}, b.Stats())
		require.NoError(t, b.Close(t.Context()))
	})
}

func TestBatcherInParallel(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		src := &trips{}
		b := async.NewBatcher(src.load, async.BatcherOptions{Parallel: 2})
		ctx, s := async.WithScope(t.Context(), 0)
		var futures []*async.Future[string]
		for _, key := range []string{"a", "b", "c", "d"} {
			futures = append(futures, b.LoadAsync(ctx, key))
		}
		began := time.Now()
		_, err := async.All(ctx, futures...)
		require.NoError(t, err)
		assert.Equal(t, 2*time.Second, time.Since(began))
		assert.Equal(t, 2, src.most)
		assert.Len(t, src.calls(), 3)
		require.NoError(t, s.End(-1))
	})
}

// An error or a missing key affects only the loads of that key.
func TestBatcherErrors(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		src := &trips{keys: map[string]error{"missing": nil, "broken": errBoom}}
		missing := errors.New("no such resource")
		b := async.NewBatcher(src.load, async.BatcherOptions{Name: "pages", Missing: missing})
		ctx, s := async.WithScope(t.Context(), 0)
		b.LoadAsync(ctx, "first")
		good, none, bad := b.LoadAsync(ctx, "good"), b.LoadAsync(ctx, "missing"), b.LoadAsync(ctx, "broken")
		v, err := async.Await(ctx, good)
		require.NoError(t, err)
		assert.Equal(t, "value of good", v)
		_, err = async.Await(ctx, none)
		require.EqualError(t, err, "pages: load missing: no such resource")
		require.ErrorIs(t, err, missing)
		_, err = async.Await(ctx, bad)
		require.EqualError(t, err, "pages: load broken: boom")
		require.ErrorIs(t, err, errBoom)
		assert.Len(t, src.calls(), 2)

		all, err := b.LoadMany(ctx, []string{"good", "missing", "better"})
		require.NoError(t, err)
		assert.Equal(t, map[string]string{"good": "value of good", "better": "value of better"}, all)
		_, err = b.LoadMany(ctx, []string{"broken", "good"})
		require.ErrorIs(t, err, errBoom)
		require.NoError(t, s.End(-1))
		assert.EqualError(t, async.KeyErrors[int]{1: errBoom}, "1 keys failed, one of them 1: boom")
		assert.EqualError(t, async.KeyErrors[int]{}, "no keys failed")
	})
}

func TestBatcherWholeBatchFails(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		fail func() error
		want string
	}{
		{"error", func() error { return errBoom }, "batcher: load 2 keys: boom"},
		{"panic", func() error { panic("ouch") }, "batcher: load 2 keys: panic: ouch"},
		{"Goexit", func() error { runtime.Goexit(); return nil }, "batcher: load 2 keys: the function called runtime.Goexit"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ctx, _ := scoped(t, 0)
			g := make(gate)
			b := async.NewBatcher(func(_ context.Context, keys []int) (map[int]int, error) {
				if len(keys) == 2 {
					return nil, tt.fail()
				}
				<-g
				return map[int]int{keys[0]: keys[0]}, nil
			}, async.BatcherOptions{})
			one, two, three := b.LoadAsync(ctx, 1), b.LoadAsync(ctx, 2), b.LoadAsync(ctx, 3)
			close(g)
			_, err := async.Await(ctx, one)
			require.NoError(t, err)
			_, err = async.Await(ctx, two)
			require.EqualError(t, err, tt.want)
			_, err = async.Await(ctx, three)
			require.EqualError(t, err, tt.want)
			v, err := b.Load(ctx, 4)
			require.NoError(t, err)
			assert.Equal(t, 4, v)
			require.NoError(t, b.Close(ctx))
		})
	}
}

func TestBatcherClose(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		src := &trips{}
		b := async.NewBatcher(src.load, async.BatcherOptions{Name: "pages"})
		ctx, s := async.WithScope(t.Context(), 0)
		one, two := b.LoadAsync(ctx, "a"), b.LoadAsync(ctx, "b")
		require.NoError(t, b.Close(t.Context()), "drains")
		_, err := async.All(ctx, one, two)
		require.NoError(t, err)
		for _, load := range []func() error{
			func() error { _, err := b.Load(ctx, "a"); return err },
			func() error { _, err := async.Await(ctx, b.LoadAsync(ctx, "a")); return err },
			func() error { _, err := b.LoadMany(ctx, []string{"a"}); return err },
			func() error { _, err := b.Load(async.Direct(ctx), "a"); return err },
		} {
			err := load()
			require.ErrorIs(t, err, async.ErrClosed)
			assert.ErrorContains(t, err, "pages: ")
		}
		require.NoError(t, b.Close(t.Context()))

		src = &trips{ignoresContext: true}
		b = async.NewBatcher(src.load, async.BatcherOptions{Name: "pages"})
		one, two = b.LoadAsync(ctx, "a"), b.LoadAsync(ctx, "b")
		limited, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		require.EqualError(t, b.Close(limited),
			"close pages: cancelled 1 round trips that were still in flight; the load function must return when its context is cancelled")
		_, err = async.Await(ctx, two)
		require.ErrorIs(t, err, async.ErrClosed)
		_, err = async.Await(ctx, one)
		require.ErrorIs(t, err, context.Canceled)
		require.NoError(t, s.End(-1))
	})
}
