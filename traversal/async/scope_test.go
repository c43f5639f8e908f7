package async_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
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
			time.Sleep(time.Second) // tidies up
			return "tidied up", nil
		})
		assert.Equal(t, 1, s.Running())
		began := time.Now()
		require.NoError(t, s.End(time.Minute))
		assert.Equal(t, time.Second, time.Since(began))
		assert.Zero(t, s.Running())
		require.Error(t, ctx.Err(), "the context ends with its scope")

		v, err := async.Await(context.Background(), f)
		require.NoError(t, err)
		assert.Equal(t, "tidied up", v, "a result counts, though late")
		require.NoError(t, s.End(0), "again")
	})
}

func TestEndReportsStragglers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, s := async.WithScope(t.Context(), 0)
		release := make(chan struct{})
		deaf := func(context.Context) (int, error) { <-release; return 1, nil }
		var futures []*async.Future[int]
		for range 3 {
			futures = append(futures, async.Go(ctx, deaf))
		}
		use := async.UseExecutor(async.NewExecutor(async.ExecutorOptions{}), func(ctx context.Context, _ int) (int, error) { return deaf(ctx) })
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
		assert.EqualError(t, err, fmt.Sprintf("still running after the end: "+
			"1 started at async/scope_test.go:%d (%s), 3 started at async/scope_test.go:%d (%s); let them watch their context", line+1, name, line-3, name))

		for _, f := range futures {
			_, err := async.Await(t.Context(), f)
			require.ErrorIs(t, err, context.Canceled, "stragglers' futures are settled")
			_, ok := errors.AsType[*async.ScopeError](err)
			require.True(t, ok)
		}
		require.Error(t, s.End(0), "they still run")
		close(release)
		require.NoError(t, s.End(-1))
		_, err = async.Await(t.Context(), futures[0])
		require.ErrorIs(t, err, context.Canceled, "what comes later has no effect")
	})
}

func TestPanicsThatNobodySaw(t *testing.T) {
	t.Parallel()
	boom := func(context.Context) (int, error) { panic(errors.New("boom")) }

	ctx, s := async.WithScope(t.Context(), 0)
	f := async.Go(ctx, boom)
	_, err := async.Await(ctx, f)
	pe, ok := errors.AsType[*async.PanicError](err)
	require.True(t, ok)
	assert.EqualError(t, err, "panic: boom")
	assert.EqualError(t, errors.Unwrap(err), "boom")
	assert.Contains(t, string(pe.Stack), "TestPanicsThatNobodySaw")
	require.NoError(t, s.End(-1), "it was seen")

	ctx, s = async.WithScope(t.Context(), 0)
	async.Go(ctx, boom)
	async.Go(ctx, func(context.Context) (int, error) { panic(7) })
	err = s.End(-1)
	require.ErrorContains(t, err, "panic: boom")
	require.ErrorContains(t, err, "panic: 7")
	require.NoError(t, s.End(-1), "told once")
}

func TestGoAtTheBoundRunsInTheCaller(t *testing.T) {
	t.Parallel()
	ctx, _ := scoped(t, 2)
	release := make(chan struct{})
	wait := func(context.Context) (string, error) { <-release; return "goroutine", nil }
	a, b := async.Go(ctx, wait), async.Go(ctx, wait)

	in := false
	c := async.Go(ctx, func(context.Context) (string, error) {
		in = true // without the race detector minding
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

func TestScopeBoundsItsGoroutines(t *testing.T) {
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

func TestScopeErrors(t *testing.T) {
	t.Parallel()
	one := func(context.Context) (int, error) { return 1, nil }
	oneOf := func(ctx context.Context, _ int) *async.Future[int] { return async.Go(ctx, one) }
	ex := async.NewExecutor(async.ExecutorOptions{})
	batcher := async.NewBatcher(func(context.Context, []int) (map[int]int, error) { return nil, nil }, async.BatcherOptions{})
	other, _ := scoped(t, 0)
	foreign := async.Go(other, one)
	open, _ := scoped(t, 0)
	ended, s := async.WithScope(t.Context(), 0)
	require.NoError(t, s.End(-1))
	// The context of a request does not end before its scope.
	ended = context.WithoutCancel(ended)

	const (
		none = ": this context carries no scope: in a request pass on its context (r.Context()); " +
			"elsewhere open a scope with async.WithScope, or wrap the function with async.OrSpawn"
		late = ": the scope of this context has ended, and nothing may outlive it: await the work before the request ends, " +
			"or give what must go on a scope of its own (async.WithScope over context.WithoutCancel)"
		stranger = "await: this future belongs to another scope, which may end before this one: " +
			"futures are not shared between requests; share the value, or load it through an async.Batcher"
	)
	for _, tt := range []struct {
		name   string
		future func(ctx context.Context) *async.Future[int]
		ctx    context.Context
		reason async.Reason
		want   string
	}{
		{"go without", func(ctx context.Context) *async.Future[int] { return async.Go(ctx, one) }, t.Context(), async.NoScope, "go" + none},
		{"go late", func(ctx context.Context) *async.Future[int] { return async.Go(ctx, one) }, ended, async.ScopeEnded, "go" + late},
		{"submit without", func(ctx context.Context) *async.Future[int] { return async.Submit(ctx, ex, one) }, t.Context(), async.NoScope, "submit" + none},
		{"submit late", func(ctx context.Context) *async.Future[int] { return async.Submit(ctx, ex, one) }, ended, async.ScopeEnded, "submit" + late},
		{"load without", func(ctx context.Context) *async.Future[int] { return batcher.LoadAsync(ctx, 1) }, t.Context(), async.NoScope, "load" + none},
		{"load late", func(ctx context.Context) *async.Future[int] { return batcher.LoadAsync(ctx, 1) }, ended, async.ScopeEnded, "load" + late},
		{"spawn late", func(ctx context.Context) *async.Future[int] {
			return async.OrSpawn(func(ctx context.Context, _ int) (int, error) { return 1, nil })(ctx, 1)
		}, ended, async.ScopeEnded, "spawn" + late},
		{"synchronize without", func(ctx context.Context) *async.Future[int] {
			return async.Settled(async.Synchronize(oneOf)(ctx, 1))
		}, t.Context(), async.NoScope, "synchronize" + none},
		{"another's future", func(context.Context) *async.Future[int] { return foreign }, open, async.OtherScope, stranger},
		{"another's among all", func(ctx context.Context) *async.Future[int] {
			_, err := async.All(ctx, async.Settled(1, nil), foreign)
			return async.Settled(0, err)
		}, open, async.OtherScope, "future 1: " + stranger},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := async.Await(tt.ctx, tt.future(tt.ctx))
			require.EqualError(t, err, tt.want)
			se, ok := errors.AsType[*async.ScopeError](err)
			require.True(t, ok)
			assert.Equal(t, tt.reason, se.Reason)
		})
	}

	v, err := async.Await(t.Context(), foreign)
	require.NoError(t, err, "outside of all scopes one may wait")
	assert.Equal(t, 1, v)
	inner, is := async.WithScope(other, 0)
	_, err = async.Await(inner, foreign)
	require.NoError(t, err, "and inside of the future's scope")
	require.NoError(t, is.End(-1))
}

// What work's context is: the values of the one that it was started with, and an end that comes
// from there or from the scope.
func TestContextOfWork(t *testing.T) {
	t.Parallel()
	type key struct{}
	because := errors.New("client left")
	for _, tt := range []struct {
		name  string
		start func(ctx context.Context) (context.Context, context.CancelCauseFunc)
		end   func(s *async.Scope, cancel context.CancelCauseFunc)
		want  error
		cause error
	}{
		{"the scope ends", context.WithCancelCause, func(s *async.Scope, _ context.CancelCauseFunc) {}, context.Canceled, nil},
		{"its own context ends", context.WithCancelCause, func(_ *async.Scope, cancel context.CancelCauseFunc) { cancel(because) }, context.Canceled, because},
		{"a deadline", func(ctx context.Context) (context.Context, context.CancelCauseFunc) {
			ctx, cancel := context.WithTimeout(ctx, time.Second)
			return ctx, func(error) { cancel() }
		}, func(*async.Scope, context.CancelCauseFunc) { time.Sleep(2 * time.Second) }, context.DeadlineExceeded, context.DeadlineExceeded},
		{"without cancel", func(ctx context.Context) (context.Context, context.CancelCauseFunc) {
			return context.WithoutCancel(ctx), func(error) {}
		}, func(s *async.Scope, _ context.CancelCauseFunc) {}, context.Canceled, nil},
	} {
		for _, carried := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/carrier=%v", tt.name, carried), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					ctx, s := async.WithScope(t.Context(), 0)
					if carried {
						c := &carrier{Context: t.Context()}
						ctx, s = c, c.slot.Scope(0)
					}
					ctx, cancel := tt.start(ctx)
					defer cancel(nil)
					ctx = context.WithValue(ctx, key{}, "value")
					var err, cause, derived error
					async.Go(ctx, func(ctx context.Context) (int, error) {
						assert.Equal(t, "value", ctx.Value(key{}))
						_, has := ctx.Deadline()
						assert.Equal(t, tt.name == "a deadline", has)
						below, cancel := context.WithCancel(ctx)
						defer cancel()
						nested := async.Go(ctx, func(ctx context.Context) (int, error) {
							<-ctx.Done()
							return 0, ctx.Err()
						})
						<-below.Done()
						<-ctx.Done()
						err, cause, derived = ctx.Err(), context.Cause(ctx), below.Err()
						_, e := async.Await(context.Background(), nested)
						assert.ErrorIs(t, e, tt.want)
						return 0, nil
					})
					synctest.Wait()
					tt.end(s, cancel)
					require.NoError(t, s.End(time.Minute))
					require.ErrorIs(t, err, tt.want)
					require.ErrorIs(t, derived, tt.want)
					if tt.cause != nil {
						require.ErrorIs(t, cause, tt.cause)
					}
				})
			})
		}
	}
}

func TestGoUnderAnEndedContext(t *testing.T) {
	t.Parallel()
	ctx, _ := scoped(t, 0)
	because := errors.New("client left")
	below, cancel := context.WithCancelCause(ctx)
	cancel(because)
	_, err := async.Await(ctx, async.Go(below, func(context.Context) (int, error) {
		t.Error("was called")
		return 0, nil
	}))
	require.EqualError(t, err, "context canceled: client left")
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, err, because)
}

// Contexts that come and go must not pile up in the scope.
func TestManyShortContexts(t *testing.T) {
	t.Parallel()
	ctx, s := scoped(t, 0)
	for i := range 1000 {
		short, cancel := context.WithTimeout(ctx, time.Hour)
		v, err := async.Await(short, async.Go(short, func(context.Context) (int, error) { return i, nil }))
		cancel()
		require.NoError(t, err)
		require.Equal(t, i, v)
	}
	assert.LessOrEqual(t, async.Branches(s), 2)
}

func TestSlot(t *testing.T) {
	t.Parallel()
	unused := &carrier{Context: t.Context()}
	assert.Nil(t, unused.slot.Peek())
	require.NoError(t, unused.slot.End(0))
	assert.Nil(t, unused.slot.Peek())
	_, err := async.Await(unused, async.Go(unused, untilDone))
	require.ErrorAs(t, err, new(*async.ScopeError), "a request that has ended gets no scope")

	used := &carrier{Context: t.Context()}
	f := async.Go(used, untilDone)
	s, ok := async.ScopeFrom(used)
	require.True(t, ok)
	assert.Same(t, s, used.slot.Peek())
	require.NoError(t, used.slot.End(-1))
	_, err = async.Await(used, f)
	require.ErrorIs(t, err, context.Canceled)

	_, ok = async.ScopeFrom(t.Context())
	assert.False(t, ok)
}

// Not parallel: it counts allocations.
func TestAllocations(t *testing.T) {
	slots := make([]async.Slot, 101)
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		_ = slots[0].End(time.Second)
		slots = slots[1:]
	}), "a request that waits for nothing")
	ctx, _ := scoped(t, 0)
	one := func(context.Context) (int, error) { return 1, nil }
	assert.LessOrEqual(t, testing.AllocsPerRun(100, func() { _, _ = async.Await(ctx, async.Go(ctx, one)) }), 3.0)
}
