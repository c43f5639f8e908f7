package traversal_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/async"
)

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
	walk(&remotePath{*settled("by future", nil), pathStub{found: []traversal.Resource{"by path"}}})
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
		{"nil", later(func() (traversal.Resource, error) { return nil, nil }), "returned resource is nil; return ErrNotFound if there is no such child"},
		{"typed nil", later(func() (traversal.Resource, error) { return none, nil }), "returned resource is a nil *traversal_test.leaf; return ErrNotFound if there is no such child"},
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

	_, err := noRules.Find(t.Context(), later(nil), "a")
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
		_, err := noRules.Find(limited, slow, "a")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, time.Second, time.Since(began))
		require.NoError(t, scope.End(time.Second))
		assert.ErrorIs(t, cause, context.DeadlineExceeded)
	})
}
