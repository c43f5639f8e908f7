package framework_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/views"
)

// source is where resources come from, a round trip of a millisecond away. Like a database it
// handles a limited number of round trips at once.
type source struct {
	trips    atomic.Int64
	channels chan struct{}
}

func newSource() *source { return &source{channels: make(chan struct{}, 8)} }

func (s *source) trip(ctx context.Context) error {
	select {
	case s.channels <- struct{}{}:
		defer func() { <-s.channels }()
	case <-ctx.Done():
		return ctx.Err()
	}
	s.trips.Add(1)
	time.Sleep(time.Millisecond)
	return nil
}

// Resources of the same tree, each with another way to find children.
type (
	byChild  struct{ *source }
	byFuture struct{ *source }
	byPath   struct{ *source }
	byBatch  struct {
		loads *async.Batcher[string, traversal.Resource]
	}
)

func (c *byChild) Child(ctx context.Context, _ string) (traversal.Resource, error) {
	return c, c.trip(ctx)
}

func (c *byFuture) ChildAsync(ctx context.Context, _ string) *async.Future[traversal.Resource] {
	return async.Go(ctx, func(ctx context.Context) (traversal.Resource, error) { return c, c.trip(ctx) })
}

func (c *byPath) Descend(ctx context.Context, names []string) ([]traversal.Resource, error) {
	found := make([]traversal.Resource, len(names))
	for n := range names {
		found[n] = c
	}
	return found, c.trip(ctx)
}

func (c *byBatch) Child(ctx context.Context, name string) (traversal.Resource, error) {
	return c.loads.Load(ctx, name)
}

func newByBatch(s *source) *byBatch {
	c := &byBatch{}
	c.loads = async.NewBatcher(func(ctx context.Context, names []string) (map[string]traversal.Resource, error) {
		found := make(map[string]traversal.Resource, len(names))
		for _, name := range names {
			found[name] = c
		}
		return found, s.trip(ctx)
	}, async.BatcherOptions{Parallel: cap(s.channels)})
	return c
}

func waitingApp(b *testing.B, root traversal.Resource) *framework.App {
	config := quiet(framework.Options{Root: frameworktest.Root(root)})
	config.AddView(views.Func(sayHello))
	return build(b, config)
}

// BenchmarkDepth8 measures a request for a resource eight levels down.
func BenchmarkDepth8(b *testing.B) {
	for _, way := range []struct {
		name string
		root func(*source) traversal.Resource
	}{
		{"Child", func(s *source) traversal.Resource { return &byChild{s} }},
		{"ChildAsync", func(s *source) traversal.Resource { return &byFuture{s} }},
		{"Descend", func(s *source) traversal.Resource { return &byPath{s} }},
	} {
		b.Run(way.name, func(b *testing.B) {
			s := newSource()
			app := waitingApp(b, way.root(s))
			hr := httptest.NewRequest(http.MethodGet, strings.Repeat("/a", 8), nil)
			b.ReportAllocs()
			for b.Loop() {
				w := writer{header: http.Header{}}
				app.ServeHTTP(&w, hr)
			}
			b.ReportMetric(float64(s.trips.Load())/float64(b.N), "trips/req")
		})
	}
}

// BenchmarkBatcher measures many clients at once that request resources two levels down. The source
// handles eight round trips at a time. One iteration is ten requests of each client.
func BenchmarkBatcher(b *testing.B) {
	const each = 10
	for _, clients := range []int{1, 16, 256} {
		for _, way := range []struct {
			name string
			root func(*source) traversal.Resource
		}{
			{"alone", func(s *source) traversal.Resource { return &byChild{s} }},
			{"batched", func(s *source) traversal.Resource { return newByBatch(s) }},
		} {
			b.Run(fmt.Sprintf("clients=%d/%s", clients, way.name), func(b *testing.B) {
				s := newSource()
				app := waitingApp(b, way.root(s))
				b.ReportAllocs()
				for b.Loop() {
					var all sync.WaitGroup
					for n := range clients {
						all.Go(func() {
							hr := httptest.NewRequest(http.MethodGet, fmt.Sprintf("/shelf/%d", n), nil)
							for range each {
								w := writer{header: http.Header{}}
								app.ServeHTTP(&w, hr)
							}
						})
					}
					all.Wait()
				}
				requests := float64(b.N * clients * each)
				b.ReportMetric(requests/b.Elapsed().Seconds(), "req/s")
				b.ReportMetric(float64(s.trips.Load())/requests, "trips/req")
			})
		}
	}
}
