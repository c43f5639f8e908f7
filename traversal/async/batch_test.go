package async_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal/async"
)

func TestBatchIsCancelledWhenItsLastCallerLeaves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		src := &trips{}
		b := async.NewBatcher(src.load, async.BatcherOptions{})
		first, leaveFirst := context.WithCancelCause(t.Context())
		second, leaveSecond := context.WithCancel(t.Context())
		errs := make(chan error, 3)
		ctx, s := async.WithScope(second, 0)
		b.LoadAsync(ctx, "busy") // in flight, for second
		go func() { _, err := b.Load(first, "a"); errs <- err }()
		synctest.Wait()
		f := b.LoadAsync(ctx, "a")
		go func() { _, err := b.Load(first, "abandoned"); errs <- err }()
		synctest.Wait()

		leaveFirst(errBoom)
		require.EqualError(t, <-errs, "context canceled: boom")
		require.EqualError(t, <-errs, "context canceled: boom")
		time.Sleep(1500 * time.Millisecond) // the batch with a is in flight
		assert.Equal(t, [][]string{{"busy"}, {"a"}}, src.calls(), "an abandoned key is not loaded")
		assert.Zero(t, src.lost)
		leaveSecond()
		_, err := async.Await(t.Context(), f)
		require.ErrorIs(t, err, context.Canceled)
		synctest.Wait()
		assert.Equal(t, 1, src.lost)
		assert.EqualValues(t, 1, b.Stats().Cancelled)
		assert.Zero(t, b.Stats().InFlight)

		_, err = b.Load(first, "z")
		require.ErrorIs(t, err, context.Canceled, "not loaded at all")
		_, err = b.LoadMany(first, []string{"z"})
		require.ErrorIs(t, err, context.Canceled)
		assert.Len(t, src.calls(), 2)
		require.NoError(t, s.End(-1))
	})
}

// A load that ignores its cancellation does not hold up other loads.
func TestLoadThatIgnoresItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		src := &trips{ignoresContext: true}
		b := async.NewBatcher(src.load, async.BatcherOptions{})
		limited, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		began := time.Now()
		_, err := b.Load(limited, "a")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		_, err = b.Load(t.Context(), "b")
		require.NoError(t, err)
		assert.Equal(t, 1100*time.Millisecond, time.Since(began))
		require.NoError(t, b.Close(t.Context()))

		// But such loads do not pile up without bound.
		src = &trips{ignoresContext: true}
		b = async.NewBatcher(src.load, async.BatcherOptions{})
		for range 100 {
			limited, cancel := context.WithTimeout(t.Context(), time.Millisecond)
			_, err := b.Load(limited, "a")
			require.ErrorIs(t, err, context.DeadlineExceeded)
			cancel()
		}
		assert.Equal(t, 9, src.most)
		require.NoError(t, b.Close(t.Context()))
	})
}
