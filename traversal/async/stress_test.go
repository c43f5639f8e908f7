package async_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal/async"
)

// world is what the requests of the stress test share.
type world struct {
	t        *testing.T
	ex       *async.Executor
	batcher  *async.Batcher[int, int]
	started  atomic.Int64 // pieces of work that were called
	returned atomic.Int64
	settled  atomic.Int64
	expected atomic.Int64
	kinds    sync.Map // of results: how often
}

// TestStress runs random requests at once, with deadlines, panics, errors, work that ends its
// goroutine, slow and failing loads and a full executor. It lasts a second; MASTABA_LONG is another
// duration, such as 5m.
//
// Not parallel: it counts goroutines.
func TestStress(t *testing.T) {
	duration := time.Second
	if long := os.Getenv("MASTABA_LONG"); long != "" {
		var err error
		duration, err = time.ParseDuration(long)
		require.NoError(t, err)
	}
	before := runtime.NumGoroutine()
	w := &world{t: t, ex: async.NewExecutor(async.ExecutorOptions{Workers: 4, Queue: 16})}
	w.batcher = async.NewBatcher(w.load, async.BatcherOptions{MaxKeys: 20, Parallel: 2, Memo: true})

	var wg sync.WaitGroup
	stop := time.Now().Add(duration)
	var requests atomic.Int64
	for seed := range uint64(100) {
		wg.Go(func() {
			rnd := rand.New(rand.NewPCG(seed, 5))
			for time.Now().Before(stop) {
				w.request(rnd)
				requests.Add(1)
			}
		})
	}
	wg.Wait()
	require.NoError(t, w.ex.Close(t.Context()))
	require.NoError(t, w.batcher.Close(t.Context()))
	assert.Equal(t, w.started.Load(), w.returned.Load())
	assert.Equal(t, w.expected.Load(), w.settled.Load(), "each future settles")
	st := w.ex.Stats()
	assert.Zero(t, st.Running+st.Queued)
	assert.Zero(t, w.batcher.Stats().InFlight)
	for deadline := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before; {
		require.True(t, time.Now().Before(deadline), "%d goroutines before, %d after", before, runtime.NumGoroutine())
		time.Sleep(time.Millisecond)
	}
	t.Logf("%d requests, %d pieces of work, executor %+v, batcher %+v", requests.Load(), w.started.Load(), st, w.batcher.Stats())
	w.kinds.Range(func(kind, n any) bool {
		t.Logf("%8d %s", n.(*atomic.Int64).Load(), kind)
		return true
	})
}

func (w *world) load(ctx context.Context, keys []int) (map[int]int, error) {
	found, failed := map[int]int{}, async.KeyErrors[int]{}
	switch rand.IntN(20) {
	case 0:
		return nil, errBoom
	case 1:
		panic("load")
	case 2:
		time.Sleep(time.Millisecond) // ignores its context
	default:
		pause(ctx, time.Duration(rand.IntN(300))*time.Microsecond)
	}
	for _, key := range keys {
		switch key % 10 {
		case 8: // missing
		case 9:
			failed[key] = errBoom
		default:
			found[key] = 2 * key
		}
	}
	return found, failed
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// request is one request: random work, then the end of its scope.
func (w *world) request(rnd *rand.Rand) {
	base, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	if rnd.IntN(3) == 0 {
		var stop context.CancelFunc
		base, stop = context.WithTimeout(base, time.Duration(rnd.IntN(2000))*time.Microsecond)
		defer stop()
	}
	r := &carrier{Context: base}
	var futures []*async.Future[int]
	var wants []int
	for range rnd.IntN(12) {
		ctx, done := context.Context(r), context.CancelFunc(func() {})
		switch rnd.IntN(4) {
		case 0:
			ctx, done = context.WithTimeout(ctx, time.Duration(rnd.IntN(1000))*time.Microsecond)
		case 1:
			ctx = context.WithValue(ctx, txKey{}, 1)
		}
		f, want := w.start(ctx, rnd.Uint64(), 3)
		futures, wants = append(futures, f), append(wants, want)
		w.expected.Add(1)
		if rnd.IntN(20) == 0 {
			cancel(errBoom)
		}
		if rnd.IntN(2) == 0 {
			_, _ = async.Await(ctx, f)
		}
		done()
	}
	if rnd.IntN(3) == 0 {
		_, _ = async.All(r, futures...)
	}
	err := r.slot.End(time.Minute)
	if err != nil && !strings.Contains(err.Error(), "panic") {
		w.t.Errorf("end of a request: %v", err)
	}
	if s := r.slot.Peek(); s != nil {
		assert.Zero(w.t, s.Running())
	}
	for i, f := range futures {
		select {
		case <-f.Done():
			w.settled.Add(1)
		default:
			w.t.Error("a future is open after the end of its request")
			continue
		}
		v, err := async.Await(context.Background(), f)
		again, sameErr := async.Await(context.Background(), f)
		if v != again || err != sameErr {
			w.t.Errorf("settled twice: %v %v, then %v %v", v, err, again, sameErr)
		}
		if err == nil && v != wants[i] {
			w.t.Errorf("got %d, want %d", v, wants[i])
		}
		w.count(err)
	}
}

func (w *world) count(err error) {
	kind := "other: "
	switch {
	case err == nil:
		kind = "value"
	case errors.Is(err, context.Canceled):
		kind = "cancelled"
	case errors.Is(err, context.DeadlineExceeded):
		kind = "deadline"
	case errors.Is(err, async.ErrSaturated):
		kind = "saturated"
	case errors.Is(err, async.ErrMissing):
		kind = "missing"
	case errors.Is(err, errBoom):
		kind = "boom"
	case errors.As(err, new(*async.PanicError)):
		kind = "panic"
	case errors.As(err, new(*async.ScopeError)):
		kind = "scope"
	case strings.Contains(err.Error(), "Goexit"):
		kind = "Goexit"
	default:
		w.t.Errorf("unexpected: %v", err)
	}
	n, _ := w.kinds.LoadOrStore(kind, new(atomic.Int64))
	n.(*atomic.Int64).Add(1)
}

// start starts work of a random kind, whose result is the returned value or an error.
func (w *world) start(ctx context.Context, seed uint64, depth int) (*async.Future[int], int) {
	rnd := rand.New(rand.NewPCG(seed, 11))
	work := w.work(seed, depth)
	switch rnd.IntN(8) {
	case 0, 1:
		return async.Go(ctx, work), int(seed % 1000)
	case 2, 3:
		return async.Submit(ctx, w.ex, work), int(seed % 1000)
	case 4:
		return async.OrSpawn(func(ctx context.Context, _ int) (int, error) {
			return async.Await(ctx, async.Go(ctx, work))
		})(ctx, 0), int(seed % 1000)
	case 5:
		key := rnd.IntN(100)
		return w.batcher.LoadAsync(async.Direct(ctx), key), 2 * key
	default:
		key := rnd.IntN(100)
		return w.batcher.LoadAsync(ctx, key), 2 * key
	}
}

// work does one of several kinds of work, and may start more.
func (w *world) work(seed uint64, depth int) func(context.Context) (int, error) {
	called := new(atomic.Bool)
	return func(ctx context.Context) (int, error) {
		if called.Swap(true) {
			w.t.Error("called twice")
		}
		w.started.Add(1)
		defer w.returned.Add(1)
		rnd := rand.New(rand.NewPCG(seed, 13))
		switch rnd.IntN(12) {
		case 0:
			panic("work")
		case 1:
			return 0, errBoom
		case 2:
			time.Sleep(200 * time.Microsecond) // ignores its context
		case 3, 4:
			pause(ctx, time.Duration(rnd.IntN(500))*time.Microsecond)
		case 5, 6, 7:
			if depth == 0 {
				break
			}
			var futures []*async.Future[int]
			for range 1 + rnd.IntN(3) {
				f, _ := w.start(ctx, rnd.Uint64(), depth-1)
				futures = append(futures, f)
			}
			if rnd.IntN(2) == 0 {
				_, _ = async.All(ctx, futures...)
			}
		case 8:
			if depth < 3 { // not in the request's own goroutine
				runtime.Goexit()
			}
		case 9:
			_, _ = w.batcher.LoadMany(ctx, []int{rnd.IntN(100), rnd.IntN(100), rnd.IntN(100)})
		}
		return int(seed % 1000), ctx.Err()
	}
}
