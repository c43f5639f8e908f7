package attributes_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/views/web/internal/attributes"
)

var errBroken = errors.New("broken")

func TestComputedOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var s attributes.Set
		calls, begin := 0, make(chan struct{})
		load := func() (int, error) { calls++; <-begin; return calls, nil }
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				v, err := attributes.Get(&s, t.Context(), "a", "a", load)
				assert.NoError(t, err)
				assert.Equal(t, 1, v)
			})
		}
		synctest.Wait()
		_, ok, _ := s.Peek("a")
		assert.False(t, ok, "it is still being computed")
		close(begin)
		wg.Wait()
		v, ok, err := s.Peek("a")
		require.NoError(t, err)
		assert.True(t, ok)
		assert.Equal(t, 1, v)
	})
}

func TestErrors(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		load func() (int, error)
		want string
	}{
		"error":   {func() (int, error) { return 0, errBroken }, "broken"},
		"panic":   {func() (int, error) { panic(errBroken) }, "broken"},
		"Goexit":  {func() (int, error) { runtime.Goexit(); return 0, nil }, `attribute "n": load called runtime.Goexit`},
		"no load": {nil, `attribute "n" was never set and has no load function`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var s attributes.Set
			var wg sync.WaitGroup
			wg.Go(func() { _, _ = attributes.Get(&s, t.Context(), 1, "n", tc.load) }) // Goexit ends its goroutine
			wg.Wait()
			again := func() (int, error) { t.Error("the error is kept"); return 0, nil }
			if tc.load == nil {
				again = nil
			}
			_, err := attributes.Get(&s, t.Context(), 1, "n", again)
			require.ErrorContains(t, err, tc.want)
			if name == "panic" {
				_, ok := errors.AsType[*async.PanicError](err)
				assert.True(t, ok)
			}
		})
	}
}

// A panic that is meant for the server goes on, and other callers get it as an error.
func TestAbort(t *testing.T) {
	t.Parallel()
	var s attributes.Set
	abort := fmt.Errorf("proxy: %w", http.ErrAbortHandler)
	load := func() (int, error) { panic(abort) }
	assert.PanicsWithValue(t, abort, func() { _, _ = attributes.Get(&s, t.Context(), 1, "n", load) })
	_, err := attributes.Get(&s, t.Context(), 1, "n", load)
	assert.Equal(t, abort, err)
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var s attributes.Set
		ctx, cancel := context.WithCancel(t.Context())
		slow := func() (string, error) { <-ctx.Done(); return "", ctx.Err() }
		go func() { _, _ = attributes.Get(&s, ctx, 1, "n", slow) }()
		synctest.Wait()
		var wg sync.WaitGroup
		wg.Go(func() {
			_, err := attributes.Get(&s, ctx, 1, "n", slow)
			assert.ErrorIs(t, err, context.Canceled)
		})
		wg.Go(func() {
			v, err := attributes.Get(&s, t.Context(), 1, "n", func() (string, error) { return "fine", nil })
			assert.NoError(t, err)
			assert.Equal(t, "fine", v, "a caller with more time tries again")
		})
		synctest.Wait()
		cancel()
		wg.Wait()
	})
}

func TestPut(t *testing.T) {
	t.Parallel()
	var s attributes.Set
	for want := range 3 {
		s.Put("a", want)
		v, err := attributes.Get[int](&s, t.Context(), "a", "a", nil)
		require.NoError(t, err)
		assert.Equal(t, want, v)
	}
	v, err := attributes.Get(&s, t.Context(), "b", "b", func() (int, error) { s.Put("b", 7); return 1, nil })
	require.NoError(t, err)
	assert.Equal(t, 1, v, "what was computed is returned")
	kept, _, _ := s.Peek("b")
	assert.Equal(t, 7, kept, "what was put meanwhile stays")
}

func TestAdopt(t *testing.T) {
	t.Parallel()
	var a, b attributes.Set
	a.Put("both", 1)
	b.Put("both", 2)
	b.Put("b", 3)
	a.Adopt(&b)
	b.Put("b", 4)
	for key, want := range map[string]any{"both": 1, "b": 3, "none": nil} {
		v, ok, _ := a.Peek(key)
		assert.Equal(t, want, v)
		assert.Equal(t, want != nil, ok)
	}
}
