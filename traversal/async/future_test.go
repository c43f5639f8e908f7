package async_test

import (
	"context"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal/async"
)

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
		{"panic of nil", func(context.Context) (int, error) { panic(nil) }, 0, "panic: " + new(runtime.PanicNilError).Error()},
		{"Goexit", func(context.Context) (int, error) { runtime.Goexit(); return 3, nil }, 0, "the function called runtime.Goexit"},
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
		"load": b.LoadAsync(ctx, 1), "load of a missing key": b.LoadAsync(ctx, 2), "no scope": async.Go(t.Context(), one),
		"spawn": async.OrSpawn(func(context.Context, int) (int, error) { return 1, nil })(t.Context(), 1),
	} {
		select {
		case <-f.Ended():
		case <-time.After(time.Minute):
			t.Error(name)
		}
	}
}
