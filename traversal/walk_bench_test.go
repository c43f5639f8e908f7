package traversal_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/mastaba-go/mastaba/traversal"
)

// chainOfMaps is a Map in which "n1/n2/…" leads depth levels down, each level holding that many
// names.
func chainOfMaps(depth, names int) (traversal.Map, string) {
	var path strings.Builder
	for i := 1; i <= depth; i++ {
		fmt.Fprintf(&path, "/n%d", i)
	}
	m := traversal.Map{}
	for i := depth; i >= 1; i-- {
		up := traversal.Map{}
		for j := range names {
			up["x"+strconv.Itoa(j)] = traversal.Map{}
		}
		up["n"+strconv.Itoa(i)] = m
		m = up
	}
	return m, path.String()
}

// itself is its own child by every name: what a level costs beyond its lookup.
type itself struct{}

func (s *itself) Child(context.Context, string) (traversal.Resource, error) { return s, nil }

// whole answers everything from memory.
type whole struct{ below []traversal.Resource }

func (w *whole) Descend(_ context.Context, names []string) ([]traversal.Resource, error) {
	return w.below[:len(names)], nil
}

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
