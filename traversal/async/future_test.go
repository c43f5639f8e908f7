package async_test

import (
	"context"
	"errors"
	"reflect"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal/async"
)

var errBoom = errors.New("boom")

func TestEveryFutureSettles(t *testing.T) {
	t.Parallel()
	ctx, _ := scoped(t, 0)
	for _, tt := range []struct {
		name string
		fn   func(context.Context) (int, error)
		want int
		err  string
	}{
		{"value", func(context.Context) (int, error) { return 1, nil }, 1, ""},
		{"error", func(context.Context) (int, error) { return 0, errBoom }, 0, "boom"},
		{"value and error", func(context.Context) (int, error) { return 2, errBoom }, 2, "boom"},
		{"panic", func(context.Context) (int, error) { panic("ouch") }, 0, "panic: ouch"},
		{"panic of nil", func(context.Context) (int, error) { panic(nil) }, 0, "panic: panic called with nil argument"},
		{"Goexit", func(context.Context) (int, error) { runtime.Goexit(); return 3, nil }, 0, "the work ended its goroutine by runtime.Goexit"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := async.Go(ctx, tt.fn)
			for range 2 {
				v, err := async.Await(ctx, f)
				assert.Equal(t, tt.want, v)
				if tt.err == "" {
					require.NoError(t, err)
				} else {
					require.EqualError(t, err, tt.err)
				}
			}
			<-f.Done()
			v, err := async.Awaitable(f).AwaitAny(ctx)
			assert.Equal(t, tt.want, v)
			assert.Equal(t, tt.err == "", err == nil)
		})
	}
}

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
			t.Error("the work was ended, too")
		default:
		}
		require.NoError(t, s.End(-1))

		_, err = async.Await(limited, async.Settled(1, nil))
		require.NoError(t, err, "what is there is there")
	})
}

func TestNilFuture(t *testing.T) {
	t.Parallel()
	_, err := async.Await[int](t.Context(), nil)
	require.EqualError(t, err, "await: the future is nil: return async.Settled if there is nothing to wait for")
	_, err = async.All(t.Context(), async.Settled(1, nil), nil)
	require.ErrorContains(t, err, "future 1: await: the future is nil")
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
		require.EqualError(t, err, "boom", "it failed before")

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

type page struct{}

func (*page) Load(context.Context) (*async.Future[string], error) { return nil, nil }
func (*page) Show(context.Context) (string, error)                { return "", nil }

func TestIsAsync(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		fn   any
		want bool
	}{
		{"future", func() *async.Future[int] { return nil }, true},
		{"future and error", (*page).Load, true},
		{"method value", (&page{}).Load, true},
		{"Awaitable", func() async.Awaitable { return nil }, true},
		{"type", reflect.TypeOf((*page).Load), true},
		{"plain", (*page).Show, false},
		{"future second", func() (int, *async.Future[int]) { return 0, nil }, false},
		{"future by value", func() struct{ F *async.Future[int] } { panic("not called") }, false},
		{"any", func() any { return nil }, false},
		{"nothing", func() {}, false},
		{"no function", 1, false},
		{"a future itself", async.Settled(1, nil), false},
		{"nil", nil, false},
		{"nil function", (func() *async.Future[int])(nil), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.want, async.IsAsync(tt.fn))
		})
	}
}

func TestSynchronize(t *testing.T) {
	t.Parallel()
	var left atomic.Int64
	double := func(ctx context.Context, n int) *async.Future[int] {
		return async.Go(ctx, func(ctx context.Context) (int, error) {
			async.Go(ctx, func(ctx context.Context) (string, error) { // left behind
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
	assert.Equal(t, before+1, left.Load(), "what was left behind has ended")
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
		async.Go(ctx, untilDone) // left behind
		return async.Await(ctx, async.Go(ctx, func(context.Context) (int, error) { return 2 * n, nil }))
	})

	ctx, _ := scoped(t, 0)
	f := load(ctx, 4)
	assert.Equal(t, 1, calls, "called in the caller")
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

	quit := async.OrSpawn2(func(context.Context, int, int) (int, error) { runtime.Goexit(); return 0, nil })
	_, err = async.Await(t.Context(), quit(t.Context(), 1, 2))
	require.ErrorContains(t, err, "Goexit")
}

func TestEndedIsLaterThanDone(t *testing.T) {
	t.Parallel()
	ctx, s := async.WithScope(t.Context(), 0)
	release := make(chan struct{})
	f := async.Go(ctx, func(context.Context) (int, error) {
		<-release
		return 1, nil
	})
	ended := f.Ended()
	require.Error(t, s.End(0))
	<-f.Done()
	select {
	case <-ended:
		t.Error("the work has not returned")
	default:
	}
	close(release)
	<-ended
	<-f.Ended()
	<-async.Settled(1, nil).Ended()
	assert.Nil(t, new(async.Future[int]).Ended())
	require.NoError(t, s.End(-1))
}

func TestEverySettledFutureEnds(t *testing.T) {
	t.Parallel()
	ctx, _ := scoped(t, 1)
	ex := async.NewExecutor(async.ExecutorOptions{Workers: 1, Queue: 1})
	b := async.NewBatcher(func(_ context.Context, keys []int) (map[int]int, error) { return map[int]int{1: 1}, nil }, async.BatcherOptions{})
	one := func(context.Context) (int, error) { return 1, nil }
	for name, f := range map[string]*async.Future[int]{
		"go": async.Go(ctx, one), "go, in the caller": async.Go(ctx, one), "submit": async.Submit(ctx, ex, one),
		"load": b.LoadAsync(ctx, 1), "load in vain": b.LoadAsync(ctx, 2), "no scope": async.Go(t.Context(), one),
		"spawn": async.OrSpawn(func(context.Context, int) (int, error) { return 1, nil })(t.Context(), 1),
	} {
		select {
		case <-f.Ended():
		case <-time.After(time.Minute):
			t.Error(name)
		}
	}
}
