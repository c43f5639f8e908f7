package async_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal/async"
)

func TestBatcherMemo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		src := &trips{keys: map[string]error{"missing": nil}}
		b := async.NewBatcher(src.load, async.BatcherOptions{Memo: true})
		ctx, s := async.WithScope(t.Context(), 0)
		for range 2 {
			_, err := b.Load(ctx, "a")
			require.NoError(t, err)
			_, err = b.Load(ctx, "missing")
			require.ErrorIs(t, err, async.ErrMissing)
			_, err = async.Await(ctx, b.LoadAsync(ctx, "a"))
			require.NoError(t, err)
			all, err := b.LoadMany(ctx, []string{"a", "b"})
			require.NoError(t, err)
			assert.Len(t, all, 2)
		}
		assert.Equal(t, [][]string{{"a"}, {"missing"}, {"b"}, {"missing"}}, src.calls(), "found values only")
		assert.EqualValues(t, 6, b.Stats().Memo)

		b.Forget(ctx, "a")
		_, err := b.Load(ctx, "a")
		require.NoError(t, err)
		assert.Len(t, src.calls(), 5)

		// A value that was in flight during Forget may be out of date.
		old := b.LoadAsync(ctx, "c")
		b.Forget(ctx, "c")
		_, err = async.Await(ctx, old)
		require.NoError(t, err)
		_, err = b.Load(ctx, "c")
		require.NoError(t, err)
		assert.Len(t, src.calls(), 7)

		other, os := async.WithScope(t.Context(), 0)
		_, err = b.Load(other, "a")
		require.NoError(t, err)
		_, err = b.Load(t.Context(), "a")
		require.NoError(t, err)
		b.Forget(t.Context(), "a")
		assert.Len(t, src.calls(), 9, "each request has its own memo; without a scope there is no memo")
		require.NoError(t, s.End(-1))
		require.NoError(t, os.End(-1))
		_, err = b.Load(context.WithoutCancel(ctx), "a")
		require.NoError(t, err)
		assert.Len(t, src.calls(), 10, "the memo ends with the scope")
	})
}
