package async_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal/async"
)

func TestScopeErrors(t *testing.T) {
	t.Parallel()
	one := func(context.Context) (int, error) { return 1, nil }
	oneOf := func(ctx context.Context, _ int) *async.Future[int] { return async.Go(ctx, one) }
	ex := async.NewExecutor(async.ExecutorOptions{})
	batcher := async.NewBatcher(func(context.Context, []int) (map[int]int, error) { return nil, nil }, async.BatcherOptions{})
	other, _ := scoped(t, 0)
	foreign := async.Go(other, one)
	open, _ := scoped(t, 0)
	closed, s := async.WithScope(t.Context(), 0)
	require.NoError(t, s.End(-1))
	// The context of a request does not end before its scope.
	closed = context.WithoutCancel(closed)

	const (
		noScope = ": the context carries no scope: in a request, pass its context (r.Context()); " +
			"elsewhere, open a scope with async.WithScope, or wrap the function with async.OrSpawn"
		ended = ": the scope of the context has ended: await the work before the request ends, " +
			"or start work that must outlive it in a scope of its own (async.WithScope over context.WithoutCancel)"
		otherScope = "await: the future belongs to another scope, which may end before this one: " +
			"do not share futures between requests; share the value, or load it through an async.Batcher"
	)
	for _, tt := range []struct {
		name   string
		future func(ctx context.Context) *async.Future[int]
		ctx    context.Context
		want   string
	}{
		{"go without", func(ctx context.Context) *async.Future[int] { return async.Go(ctx, one) }, t.Context(), "go" + noScope},
		{"go late", func(ctx context.Context) *async.Future[int] { return async.Go(ctx, one) }, closed, "go" + ended},
		{"submit without", func(ctx context.Context) *async.Future[int] { return async.Submit(ctx, ex, one) }, t.Context(), "submit" + noScope},
		{"submit late", func(ctx context.Context) *async.Future[int] { return async.Submit(ctx, ex, one) }, closed, "submit" + ended},
		{"load without", func(ctx context.Context) *async.Future[int] { return batcher.LoadAsync(ctx, 1) }, t.Context(), "load" + noScope},
		{"load late", func(ctx context.Context) *async.Future[int] { return batcher.LoadAsync(ctx, 1) }, closed, "load" + ended},
		{"spawn late", func(ctx context.Context) *async.Future[int] {
			return async.OrSpawn(func(ctx context.Context, _ int) (int, error) { return 1, nil })(ctx, 1)
		}, closed, "spawn" + ended},
		{"synchronize without", func(ctx context.Context) *async.Future[int] {
			return async.Settled(async.Synchronize(oneOf)(ctx, 1))
		}, t.Context(), "synchronize" + noScope},
		{"future of another scope", func(context.Context) *async.Future[int] { return foreign }, open, otherScope},
		{"one of them of another scope", func(ctx context.Context) *async.Future[int] {
			_, err := async.All(ctx, async.Settled(1, nil), foreign)
			return async.Settled(0, err)
		}, open, "future 1: " + otherScope},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := async.Await(tt.ctx, tt.future(tt.ctx))
			require.EqualError(t, err, tt.want)
			require.ErrorAs(t, err, new(*async.ScopeError))
		})
	}

	v, err := async.Await(t.Context(), foreign)
	require.NoError(t, err, "may be awaited outside of all scopes")
	assert.Equal(t, 1, v)
	inner, is := async.WithScope(other, 0)
	_, err = async.Await(inner, foreign)
	require.NoError(t, err, "and in a scope inside that of the future")
	require.NoError(t, is.End(-1))
}
