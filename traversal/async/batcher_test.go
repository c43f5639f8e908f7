package async_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal/async"
)

// trips is a source a second away, which writes down what it was asked for.
type trips struct {
	mu    sync.Mutex
	asked [][]string
	live  int // trips under way
	most  int
	lost  int // trips that were cancelled
	keys  map[string]error
	deaf  bool
	hook  func(ctx context.Context)
}

func (tr *trips) load(ctx context.Context, keys []string) (map[string]string, error) {
	tr.mu.Lock()
	tr.asked = append(tr.asked, keys)
	tr.live++
	tr.most = max(tr.most, tr.live)
	tr.mu.Unlock()
	if tr.hook != nil {
		tr.hook(ctx)
	}
	done := ctx.Done()
	if tr.deaf {
		done = nil
	}
	select {
	case <-time.After(time.Second):
	case <-done:
	}
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.live--
	if ctx.Err() != nil {
		tr.lost++
		return nil, ctx.Err()
	}
	found := map[string]string{}
	failed := async.KeyErrors[string]{}
	for _, key := range keys {
		err, special := tr.keys[key]
		switch {
		case !special:
			found[key] = "value of " + key
		case err != nil:
			failed[key] = err
		}
	}
	if len(failed) > 0 {
		return found, failed
	}
	return found, nil
}

func (tr *trips) calls() [][]string {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return slices.Clone(tr.asked)
}

func TestBatcherGathersWhileATripIsUnderWay(t *testing.T) {
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
		load("a", 2*time.Second) // not from the trip under way, which may be older
		load("d", 3*time.Second) // no room
		load("c", 2*time.Second) // though others gather behind
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

// An error or a missing key reaches just those who asked.
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
		{"Goexit", func() error { runtime.Goexit(); return nil }, "batcher: load 2 keys: the work ended its goroutine by runtime.Goexit"},
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

type txKey struct{}

func TestBatcherContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var values []any
		src := &trips{hook: func(ctx context.Context) { values = append(values, ctx.Value(txKey{})) }}
		b := async.NewBatcher(src.load, async.BatcherOptions{Memo: true, MaxKeys: 2})
		ctx, s := async.WithScope(context.WithValue(t.Context(), txKey{}, "tx"), 0)
		_, err := b.Load(ctx, "a")
		require.NoError(t, err)
		assert.Equal(t, []any{nil}, values, "no caller's values")

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

func TestBatcherIsCancelledWhenItsLastCallerLeft(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		src := &trips{}
		b := async.NewBatcher(src.load, async.BatcherOptions{})
		first, leaveFirst := context.WithCancelCause(t.Context())
		second, leaveSecond := context.WithCancel(t.Context())
		errs := make(chan error, 3)
		ctx, s := async.WithScope(second, 0)
		b.LoadAsync(ctx, "busy") // under way, by second
		go func() { _, err := b.Load(first, "a"); errs <- err }()
		synctest.Wait()
		f := b.LoadAsync(ctx, "a")
		go func() { _, err := b.Load(first, "nobody's"); errs <- err }()
		synctest.Wait()

		leaveFirst(errBoom)
		require.EqualError(t, <-errs, "context canceled: boom")
		require.EqualError(t, <-errs, "context canceled: boom")
		time.Sleep(1500 * time.Millisecond) // the batch with a is under way
		assert.Equal(t, [][]string{{"busy"}, {"a"}}, src.calls(), "a key that nobody waits for is not loaded")
		assert.Zero(t, src.lost)
		leaveSecond()
		_, err := async.Await(t.Context(), f)
		require.ErrorIs(t, err, context.Canceled)
		synctest.Wait()
		assert.Equal(t, 1, src.lost)
		assert.EqualValues(t, 1, b.Stats().Left)
		assert.Zero(t, b.Stats().Underway)

		_, err = b.Load(first, "z")
		require.ErrorIs(t, err, context.Canceled, "not even asked")
		_, err = b.LoadMany(first, []string{"z"})
		require.ErrorIs(t, err, context.Canceled)
		assert.Len(t, src.calls(), 2)
		require.NoError(t, s.End(-1))
	})
}

func TestLoadManyLeaves(t *testing.T) {
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
		assert.Zero(t, b.Stats().Underway)
		assert.Equal(t, 2, src.lost, "the one that was under way")
	})
}

// A load that ignores its cancellation does not hold up the others.
func TestDeafLoadHoldsUpNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		src := &trips{deaf: true}
		b := async.NewBatcher(src.load, async.BatcherOptions{})
		limited, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		began := time.Now()
		_, err := b.Load(limited, "a")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		_, err = b.Load(t.Context(), "b")
		require.NoError(t, err)
		assert.Equal(t, 1100*time.Millisecond, time.Since(began))
		require.NoError(t, b.Close(t.Context()))

		// But these may not pile up without end.
		src = &trips{deaf: true}
		b = async.NewBatcher(src.load, async.BatcherOptions{})
		for range 100 {
			limited, cancel := context.WithTimeout(t.Context(), time.Millisecond)
			_, err := b.Load(limited, "a")
			require.ErrorIs(t, err, context.DeadlineExceeded)
			cancel()
		}
		assert.Equal(t, 9, src.most)
		require.NoError(t, b.Close(t.Context()))
	})
}

func TestBatcherMemo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		src := &trips{keys: map[string]error{"missing": nil}}
		b := async.NewBatcher(src.load, async.BatcherOptions{Memo: true})
		ctx, s := async.WithScope(t.Context(), 0)
		for range 2 {
			_, err := b.Load(ctx, "a")
			require.NoError(t, err)
			_, err = b.Load(ctx, "missing")
			require.ErrorIs(t, err, async.ErrMissing)
			_, err = async.Await(ctx, b.LoadAsync(ctx, "a"))
			require.NoError(t, err)
			all, err := b.LoadMany(ctx, []string{"a", "b"})
			require.NoError(t, err)
			assert.Len(t, all, 2)
		}
		assert.Equal(t, [][]string{{"a"}, {"missing"}, {"b"}, {"missing"}}, src.calls(), "found values only")
		assert.EqualValues(t, 6, b.Stats().Memo)

		b.Forget(ctx, "a")
		_, err := b.Load(ctx, "a")
		require.NoError(t, err)
		assert.Len(t, src.calls(), 5)

		// What was under way when something was forgotten may be out of date.
		old := b.LoadAsync(ctx, "c")
		b.Forget(ctx, "c")
		_, err = async.Await(ctx, old)
		require.NoError(t, err)
		_, err = b.Load(ctx, "c")
		require.NoError(t, err)
		assert.Len(t, src.calls(), 7)

		other, os := async.WithScope(t.Context(), 0)
		_, err = b.Load(other, "a")
		require.NoError(t, err)
		_, err = b.Load(t.Context(), "a")
		require.NoError(t, err)
		b.Forget(t.Context(), "a")
		assert.Len(t, src.calls(), 9, "each request has its own; none without a scope")
		require.NoError(t, s.End(-1))
		require.NoError(t, os.End(-1))
		_, err = b.Load(context.WithoutCancel(ctx), "a")
		require.NoError(t, err)
		assert.Len(t, src.calls(), 10, "the memo ends with the scope")
	})
}

func TestBatcherClose(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		src := &trips{}
		b := async.NewBatcher(src.load, async.BatcherOptions{Name: "pages"})
		ctx, s := async.WithScope(t.Context(), 0)
		one, two := b.LoadAsync(ctx, "a"), b.LoadAsync(ctx, "b")
		require.NoError(t, b.Close(t.Context()), "it drains")
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

		src = &trips{deaf: true}
		b = async.NewBatcher(src.load, async.BatcherOptions{Name: "pages"})
		one, two = b.LoadAsync(ctx, "a"), b.LoadAsync(ctx, "b")
		limited, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		require.EqualError(t, b.Close(limited),
			"close pages: 1 round trips are still under way, cancelled now: let the load watch its context")
		_, err = async.Await(ctx, two)
		require.ErrorIs(t, err, async.ErrClosed)
		_, err = async.Await(ctx, one)
		require.ErrorIs(t, err, context.Canceled)
		require.NoError(t, s.End(-1))
	})
}

// Loads beyond the limit of goroutines of the scope share trips all the same.
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
