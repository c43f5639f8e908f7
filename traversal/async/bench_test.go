package async_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mastaba-go/mastaba/traversal/async"
)

type valueKey struct{}

// The cost of starting work that does not wait, and awaiting it.
func BenchmarkGo(b *testing.B) {
	one := func(context.Context) (int, error) { return 1, nil }
	run := func(name string, fn func(context.Context) (int, error)) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			ctx, s := async.WithScope(context.Background(), 0)
			defer func() { _ = s.End(-1) }()
			ctx = context.WithValue(ctx, valueKey{}, 1)
			for b.Loop() {
				if _, err := fn(ctx); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	run("call", one)
	run("Settled", func(ctx context.Context) (int, error) { return async.Await(ctx, async.Settled(1, nil)) })
	run("Go", func(ctx context.Context) (int, error) { return async.Await(ctx, async.Go(ctx, one)) })
	run("bare goroutine", func(ctx context.Context) (int, error) {
		c := make(chan int, 1)
		go func() { v, _ := one(ctx); c <- v }()
		return <-c, nil
	})
	ex := async.NewExecutor(async.ExecutorOptions{})
	run("Submit", func(ctx context.Context) (int, error) { return async.Await(ctx, async.Submit(ctx, ex, one)) })
	for _, n := range []int{4, 32} {
		run(fmt.Sprintf("All/futures=%d", n), func(ctx context.Context) (int, error) {
			futures := make([]*async.Future[int], n)
			for i := range futures {
				futures[i] = async.Go(ctx, one)
			}
			_, err := async.All(ctx, futures...)
			return 0, err
		})
	}
}

// The cost of a scope for a request that starts no work, and for one that does.
func BenchmarkScope(b *testing.B) {
	request, cancel := context.WithCancel(context.Background())
	defer cancel()
	one := func(context.Context) (int, error) { return 1, nil }
	b.Run("unused", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			r := carrier{Context: request}
			_ = r.slot.End(time.Second)
		}
	})
	b.Run("Go", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			r := &carrier{Context: request}
			if _, err := async.Await(r, async.Go(r, one)); err != nil {
				b.Fatal(err)
			}
			_ = r.slot.End(time.Second)
		}
	})
}

// source handles a limited number of round trips at once, each of which takes a while.
type source struct {
	trips   atomic.Int64
	latency time.Duration
	limit   chan struct{}
}

func (s *source) load(_ context.Context, keys []int) (map[int]int, error) {
	if s.limit != nil {
		s.limit <- struct{}{}
		defer func() { <-s.limit }()
	}
	s.trips.Add(1)
	time.Sleep(s.latency)
	found := make(map[int]int, len(keys))
	for _, k := range keys {
		found[k] = k
	}
	return found, nil
}

// Callers that load one key after the other, all different, from a source that is 1 ms away and has
// 8 connections.
func BenchmarkBatcher(b *testing.B) {
	for _, callers := range []int{1, 16, 256} {
		for _, way := range []string{"alone", "Batcher", "Batcher of 4"} {
			b.Run(fmt.Sprintf("callers=%d/%s", callers, way), func(b *testing.B) {
				s := &source{latency: time.Millisecond, limit: make(chan struct{}, 8)}
				parallel := 1
				if way == "Batcher of 4" {
					parallel = 4
				}
				batcher := async.NewBatcher(s.load, async.BatcherOptions{Parallel: parallel})
				load := batcher.Load
				if way == "alone" {
					load = func(ctx context.Context, key int) (int, error) {
						found, err := s.load(ctx, []int{key})
						return found[key], err
					}
				}
				ctx := b.Context()
				var next atomic.Int64
				var wg sync.WaitGroup
				b.ReportAllocs()
				b.ResetTimer()
				for range callers {
					wg.Go(func() {
						for {
							key := next.Add(1)
							if key > int64(b.N) {
								return
							}
							if v, err := load(ctx, int(key)); err != nil || v != int(key) {
								b.Errorf("load %d: %d, %v", key, v, err)
							}
						}
					})
				}
				wg.Wait()
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "loads/s")
				b.ReportMetric(float64(s.trips.Load())/float64(b.N), "trips/load")
			})
		}
	}
}

// The cost of the Batcher itself: the load takes no time.
func BenchmarkBatcherOverhead(b *testing.B) {
	batcher := async.NewBatcher(func(_ context.Context, keys []int) (map[int]int, error) {
		return map[int]int{keys[0]: 1}, nil
	}, async.BatcherOptions{})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := batcher.Load(b.Context(), 1); err != nil {
			b.Fatal(err)
		}
	}
}
