package traversal_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/async"
)

// A tree of any depth, with a round trip to each level.
type (
	farChild   struct{ latency time.Duration }
	farFuture  struct{ latency time.Duration }
	farDescend struct{ latency time.Duration }
)

type ctxKey struct{}

func BenchmarkWalk(b *testing.B) {
	// A request's context: cancellable, with a value on top.
	cancellable, cancel := context.WithCancel(context.Background())
	defer cancel()
	ctx := context.WithValue(cancellable, ctxKey{}, "server")

	walk := func(name string, root traversal.Resource, path string, t *traversal.Traverser) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var r traversal.Result
			for b.Loop() {
				r = traversal.Result{}
				if err := t.Walk(ctx, root, traversal.Path{Escaped: path}, &r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}

	ruled, err := traversal.New([]traversal.Rule{
		traversal.Lookup(func(_ context.Context, s *itself, _ string) (traversal.Resource, error) { return s, nil }),
	}, nil)
	if err != nil {
		b.Fatal(err)
	}
	for _, depth := range []int{0, 1, 4, 5, 8, 32} {
		for _, names := range []int{10, 1000} {
			root, path := chainOfMaps(depth, names)
			walk(fmt.Sprintf("Map/depth=%d/names=%d", depth, names), root, path, nil)
		}
		_, path := chainOfMaps(depth, 0)
		walk(fmt.Sprintf("Child/depth=%d", depth), &itself{}, path, nil)
		walk(fmt.Sprintf("Lookup/depth=%d", depth), &itself{}, path, ruled)

		w := &whole{}
		for range depth {
			w.below = append(w.below, w)
		}
		walk(fmt.Sprintf("Descend/depth=%d", depth), w, path, nil)
	}
}

func BenchmarkSplit(b *testing.B) {
	for _, path := range []string{"/a/b/c/d", "/wiki/La%20Pe%C3%B1a/edit"} {
		b.Run(strings.ReplaceAll(path[1:], "/", "_"), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := traversal.Split(path); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func (f *farChild) Child(context.Context, string) (traversal.Resource, error) {
	time.Sleep(f.latency)
	return f, nil
}

func (f *farFuture) ChildAsync(ctx context.Context, _ string) *async.Future[traversal.Resource] {
	if f.latency == 0 {
		return async.Settled[traversal.Resource](f, nil)
	}
	return async.Go(ctx, func(context.Context) (traversal.Resource, error) {
		time.Sleep(f.latency)
		return f, nil
	})
}

func (f *farDescend) Descend(_ context.Context, names []string) ([]traversal.Resource, error) {
	time.Sleep(f.latency)
	got := make([]traversal.Resource, len(names))
	for i := range got {
		got[i] = f
	}
	return got, nil
}

// farGo starts a goroutine for each lookup, which returns at once.
type farGo struct{}

func (f *farGo) ChildAsync(ctx context.Context, _ string) *async.Future[traversal.Resource] {
	return async.Go(ctx, func(context.Context) (traversal.Resource, error) { return f, nil })
}

func walkFar(b *testing.B, root traversal.Resource) {
	b.ReportAllocs()
	ctx, scope := async.WithScope(b.Context(), 0)
	defer func() { _ = scope.End(-1) }()
	var r traversal.Result
	for b.Loop() {
		r = traversal.Result{}
		if err := (*traversal.Traverser)(nil).Walk(ctx, root, traversal.Path{Escaped: "/1/2/3/4/5/6/7/8"}, &r); err != nil {
			b.Fatal(err)
		}
	}
}

// A tree of depth 8, in which each round trip takes 1 ms.
func BenchmarkFarTree(b *testing.B) {
	b.Run("Child", func(b *testing.B) { walkFar(b, &farChild{time.Millisecond}) })
	b.Run("ChildAsync", func(b *testing.B) { walkFar(b, &farFuture{time.Millisecond}) })
	b.Run("Descend", func(b *testing.B) { walkFar(b, &farDescend{time.Millisecond}) })
}

// The same tree in memory: the cost of asynchronous steps when nothing waits.
func BenchmarkNothingWaits(b *testing.B) {
	b.Run("Child", func(b *testing.B) { walkFar(b, &itself{}) })
	b.Run("ChildAsync=Settled", func(b *testing.B) { walkFar(b, &farFuture{}) })
	b.Run("ChildAsync=Go", func(b *testing.B) { walkFar(b, &farGo{}) })
	b.Run("Descend", func(b *testing.B) { walkFar(b, &farDescend{}) })
}
