package traversal_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/async"
)

// remote finds children by futures, and by Child in a way that shows.
type remote struct {
	child func(ctx context.Context, name string) *async.Future[traversal.Resource]
}

func (r *remote) ChildAsync(ctx context.Context, name string) *async.Future[traversal.Resource] {
	return r.child(ctx, name)
}

func (r *remote) Child(context.Context, string) (traversal.Resource, error) {
	return nil, errors.New("asked by Child")
}

// remotePath can do everything.
type remotePath struct {
	remote
	answering
}

func settled(res traversal.Resource, err error) *remote {
	return &remote{func(context.Context, string) *async.Future[traversal.Resource] { return async.Settled(res, err) }}
}

func scoped(t *testing.T) context.Context {
	t.Helper()
	ctx, scope := async.WithScope(t.Context(), 0)
	t.Cleanup(func() { assert.NoError(t, scope.End(time.Minute)) })
	return ctx
}

func TestAsyncContainerLiesBetweenDescendAndChild(t *testing.T) {
	t.Parallel()
	var steps []string
	walk := func(root traversal.Resource, rules ...traversal.Rule) {
		steps = nil
		tr, err := traversal.New(rules, []traversal.Hook{func(_ context.Context, s traversal.Step) {
			steps = append(steps, fmt.Sprintf("%s %s -> %v", s.Capability, s.Name, s.Child))
		}})
		require.NoError(t, err)
		var r traversal.Result
		require.NoError(t, tr.Walk(scoped(t), root, traversal.Path{Escaped: "/a"}, &r))
	}
	asyncRule := traversal.LookupAsync(func(context.Context, *remote, string) *async.Future[traversal.Resource] {
		return async.Settled[traversal.Resource]("by async lookup", nil)
	})
	rule := traversal.Lookup(func(context.Context, *remote, string) (traversal.Resource, error) { return "by lookup", nil })

	walk(settled("by future", nil))
	assert.Equal(t, []string{"async child a -> by future"}, steps)
	walk(&remotePath{*settled("by future", nil), answering{got: []traversal.Resource{"by path"}}})
	assert.Equal(t, []string{"descend a -> by path"}, steps)
	walk(settled("by future", nil), rule)
	assert.Equal(t, []string{"lookup a -> by lookup"}, steps)
	walk(settled("by future", nil), rule, asyncRule)
	assert.Equal(t, []string{"async lookup a -> by async lookup"}, steps)
	walk(settled("by future", nil), rule, asyncRule,
		traversal.LookupPath(func(context.Context, *remote, []string) ([]traversal.Resource, error) {
			return []traversal.Resource{"by path lookup"}, nil
		}))
	assert.Equal(t, []string{"path lookup a -> by path lookup"}, steps)
}

func TestAsyncStepErrors(t *testing.T) {
	t.Parallel()
	var none *leaf
	later := func(fn func() (traversal.Resource, error)) *remote {
		return &remote{func(ctx context.Context, _ string) *async.Future[traversal.Resource] {
			return async.Go(ctx, func(context.Context) (traversal.Resource, error) { return fn() })
		}}
	}
	for _, tt := range []struct {
		name string
		root traversal.Resource
		want string // the view name if it begins with "view"
	}{
		{"not found", later(func() (traversal.Resource, error) { return nil, fmt.Errorf("a: %w", traversal.ErrNotFound) }), "view a"},
		{"error", later(func() (traversal.Resource, error) { return nil, errBoom }), "boom"},
		{"nil", later(func() (traversal.Resource, error) { return nil, nil }), "returned neither a resource nor an error: return ErrNotFound if there is none"},
		{"typed nil", later(func() (traversal.Resource, error) { return none, nil }), "returned a nil *traversal_test.leaf as a resource: return ErrNotFound if there is none"},
		{"panic", later(func() (traversal.Resource, error) { panic("no index") }), "panic: no index"},
		{"nil future", &remote{func(context.Context, string) *async.Future[traversal.Resource] { return nil }},
			"await: nil future: return async.Settled if there is nothing to wait for"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tr, err := traversal.New(nil, nil)
			require.NoError(t, err)
			var r traversal.Result
			err = tr.Walk(scoped(t), tt.root, traversal.Path{Escaped: "/a"}, &r)
			if tt.name == "not found" {
				require.NoError(t, err)
				assert.Equal(t, tt.want, "view "+r.ViewName())
				return
			}
			require.EqualError(t, err, `traverse "/a": async child "a" of *traversal_test.remote: `+tt.want)
		})
	}

	_, err := traversal.Find(t.Context(), later(nil), "a")
	var se *async.ScopeError
	require.ErrorAs(t, err, &se, "a lookup that starts work needs a scope")
}

func TestDeadlineReachesAsyncStep(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, scope := async.WithScope(t.Context(), 0)
		var cause error
		slow := &remote{func(ctx context.Context, _ string) *async.Future[traversal.Resource] {
			return async.Go(ctx, func(ctx context.Context) (traversal.Resource, error) {
				<-ctx.Done()
				cause = ctx.Err()
				return nil, cause
			})
		}}
		limited, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		began := time.Now()
		_, err := traversal.Find(limited, slow, "a")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, time.Second, time.Since(began))
		require.NoError(t, scope.End(time.Second))
		assert.ErrorIs(t, cause, context.DeadlineExceeded)
	})
}

// far is a tree of any depth, a round trip away from each level.
type (
	farChild   struct{ latency time.Duration }
	farFuture  struct{ latency time.Duration }
	farDescend struct{ latency time.Duration }
)

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

// farGo starts a goroutine that has nothing to wait for.
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

// A tree of depth 8 whose every round trip takes 1 ms.
func BenchmarkFarTree(b *testing.B) {
	b.Run("Child", func(b *testing.B) { walkFar(b, &farChild{time.Millisecond}) })
	b.Run("ChildAsync", func(b *testing.B) { walkFar(b, &farFuture{time.Millisecond}) })
	b.Run("Descend", func(b *testing.B) { walkFar(b, &farDescend{time.Millisecond}) })
}

// The same tree in memory: what asynchronous steps cost when nothing waits.
func BenchmarkNothingWaits(b *testing.B) {
	b.Run("Child", func(b *testing.B) { walkFar(b, &itself{}) })
	b.Run("ChildAsync=Settled", func(b *testing.B) { walkFar(b, &farFuture{}) })
	b.Run("ChildAsync=Go", func(b *testing.B) { walkFar(b, &farGo{}) })
	b.Run("Descend", func(b *testing.B) { walkFar(b, &farDescend{}) })
}
