package async_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal/async"
)

// With Inline, the first load runs on the goroutine of its caller; what comes meanwhile gathers as
// it does without.
func TestInline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		src := &trips{}
		var stacks []string
		b := async.NewBatcher(func(ctx context.Context, keys []string) (map[string]string, error) {
			stack := make([]byte, 1<<14)
			stacks = append(stacks, string(stack[:runtime.Stack(stack, false)]))
			assert.Nil(t, ctx.Value(inlineKey{}), "the values of a caller are not those of a load")
			return src.load(ctx, keys)
		}, async.BatcherOptions{Inline: true})
		ctx := context.WithValue(t.Context(), inlineKey{}, 1)
		began := time.Now()
		var wg sync.WaitGroup
		for key, want := range map[string]time.Duration{"a": time.Second, "b": 2 * time.Second, "c": 2 * time.Second} {
			wg.Go(func() {
				if key != "a" {
					time.Sleep(time.Millisecond)
				}
				v, err := b.Load(ctx, key)
				assert.NoError(t, err)
				assert.Equal(t, "value of "+key, v)
				assert.Equal(t, want, time.Since(began), key)
			})
		}
		wg.Wait()
		require.Len(t, src.calls(), 2)
		assert.ElementsMatch(t, []string{"b", "c"}, src.calls()[1])
		require.Len(t, stacks, 2)
		assert.Contains(t, stacks[0], "TestInline.func", "on the goroutine of the caller")
		assert.Contains(t, stacks[0], ").Load(")
		assert.NotContains(t, stacks[1], ").Load(")
		assert.Equal(t, async.BatcherStats{Loads: 3, Trips: 2, Keys: 3}, b.Stats())
		require.NoError(t, b.Close(t.Context()))
		_, err := b.Load(ctx, "a")
		require.ErrorIs(t, err, async.ErrClosed)
	})
}

type inlineKey struct{}

// A caller that runs its own load can still leave, and a load that panics harms only its keys.
func TestInlineFailures(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := async.NewBatcher(func(ctx context.Context, keys []string) (map[string]string, error) {
			switch keys[0] {
			case "slow":
				<-ctx.Done()
				return nil, context.Cause(ctx)
			case "panic":
				panic("oops")
			case "broken":
				return nil, errBoom
			}
			return map[string]string{keys[0]: "value"}, nil
		}, async.BatcherOptions{Inline: true})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		began := time.Now()
		_, err := b.Load(ctx, "slow")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, time.Minute, time.Since(began))
		assert.EqualValues(t, 1, b.Stats().Cancelled)

		_, err = b.Load(t.Context(), "panic")
		_, panicked := errors.AsType[*async.PanicError](err)
		require.True(t, panicked, "%v", err)
		_, err = b.Load(t.Context(), "broken")
		require.ErrorIs(t, err, errBoom)
		v, err := b.Load(t.Context(), "good")
		require.NoError(t, err)
		assert.Equal(t, "value", v)

		// Close cancels a load that runs on the goroutine of its caller.
		var wg sync.WaitGroup
		wg.Go(func() {
			_, err := b.Load(t.Context(), "slow")
			assert.ErrorIs(t, err, async.ErrClosed)
		})
		synctest.Wait()
		end, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		require.ErrorContains(t, b.Close(end), "1 round trips")
		wg.Wait()
		assert.Zero(t, b.Stats().InFlight)
	})
}
