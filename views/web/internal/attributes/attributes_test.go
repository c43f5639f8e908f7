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

var keyA, keyB, keyN = &attributes.Key{Name: "a"}, &attributes.Key{Name: "b"}, &attributes.Key{Name: "n"}

func TestComputedOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var s attributes.Set
		calls, begin := 0, make(chan struct{})
		load := func() (any, error) { calls++; <-begin; return calls, nil }
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				v, err := s.Get(t.Context(), keyA, load)
				assert.NoError(t, err)
				assert.Equal(t, 1, v)
			})
		}
		synctest.Wait()
		_, ok, _ := s.Peek(keyA)
		assert.False(t, ok, "it is still being computed")
		close(begin)
		wg.Wait()
		v, ok, err := s.Peek(keyA)
		require.NoError(t, err)
		assert.True(t, ok)
		assert.Equal(t, 1, v)
	})
}

func TestErrors(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		load func() (any, error)
		want string
	}{
		"error":   {func() (any, error) { return 0, errBroken }, "broken"},
		"panic":   {func() (any, error) { panic(errBroken) }, "broken"},
		"Goexit":  {func() (any, error) { runtime.Goexit(); return 0, nil }, `attribute "n": load called runtime.Goexit`},
		"no load": {nil, `attribute "n" was never set and has no load function`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var s attributes.Set
			var wg sync.WaitGroup
			wg.Go(func() { _, _ = s.Get(t.Context(), keyN, tc.load) }) // Goexit ends its goroutine
			wg.Wait()
			again := func() (any, error) { t.Error("the error is kept"); return 0, nil }
			if tc.load == nil {
				again = nil
			}
			_, err := s.Get(t.Context(), keyN, again)
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
	load := func() (any, error) { panic(abort) }
	assert.PanicsWithValue(t, abort, func() { _, _ = s.Get(t.Context(), keyN, load) })
	_, err := s.Get(t.Context(), keyN, load)
	assert.Equal(t, abort, err)
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var s attributes.Set
		ctx, cancel := context.WithCancel(t.Context())
		slow := func() (any, error) { <-ctx.Done(); return "", ctx.Err() }
		go func() { _, _ = s.Get(ctx, keyN, slow) }()
		synctest.Wait()
		var wg sync.WaitGroup
		wg.Go(func() {
			_, err := s.Get(ctx, keyN, slow)
			assert.ErrorIs(t, err, context.Canceled)
		})
		wg.Go(func() {
			v, err := s.Get(t.Context(), keyN, func() (any, error) { return "fine", nil })
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
		s.Put(keyA, want)
		v, err := s.Get(t.Context(), keyA, nil)
		require.NoError(t, err)
		assert.Equal(t, want, v)
	}
	v, err := s.Get(t.Context(), keyB, func() (any, error) { s.Put(keyB, 7); return 1, nil })
	require.NoError(t, err)
	assert.Equal(t, 1, v, "what was computed is returned")
	kept, _, _ := s.Peek(keyB)
	assert.Equal(t, 7, kept, "what was put meanwhile stays")
}

func TestAdopt(t *testing.T) {
	t.Parallel()
	var a, b attributes.Set
	a.Put(keyA, 1)
	b.Put(keyA, 2)
	b.Put(keyB, 3)
	a.Adopt(&b)
	b.Put(keyB, 4)
	for key, want := range map[*attributes.Key]any{keyA: 1, keyB: 3, keyN: nil} {
		v, ok, _ := a.Peek(key)
		assert.Equal(t, want, v)
		assert.Equal(t, want != nil, ok)
	}
}

// A value that one set computes is waited for in the sets that have adopted it.
func TestAdoptedWhileComputed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var a, b, c attributes.Set
		begin := make(chan struct{})
		var wg sync.WaitGroup
		wg.Go(func() { _, _ = a.Get(t.Context(), keyA, func() (any, error) { <-begin; return 1, nil }) })
		synctest.Wait()
		b.Adopt(&a)
		c.Adopt(&b)
		for _, s := range []*attributes.Set{&a, &b, &c} {
			wg.Go(func() {
				v, err := s.Get(t.Context(), keyA, nil)
				assert.NoError(t, err)
				assert.Equal(t, 1, v)
			})
		}
		synctest.Wait()
		close(begin)
		wg.Wait()
	})
}

// An error of a context is forgotten; then the key gets another value in its place.
func TestForgotten(t *testing.T) {
	t.Parallel()
	var s, other attributes.Set
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 3 {
		_, err := s.Get(ctx, keyA, func() (any, error) { return nil, ctx.Err() })
		require.ErrorIs(t, err, context.Canceled)
	}
	_, err := s.Get(ctx, keyA, nil)
	require.ErrorContains(t, err, "never set")
	_, ok, _ := s.Peek(keyA)
	assert.False(t, ok)
	other.Put(keyA, 5)
	s.Adopt(&other)
	v, ok, err := s.Peek(keyA)
	require.NoError(t, err)
	assert.True(t, ok)
	assert.Equal(t, 5, v)
}

// There is room for any number of keys, also for goroutines that add them at once.
func TestManyKeys(t *testing.T) {
	t.Parallel()
	var s attributes.Set
	keys := make([]attributes.Key, 40)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range keys {
				v, err := s.Get(t.Context(), &keys[i], func() (any, error) { return i, nil })
				assert.NoError(t, err)
				assert.Equal(t, i, v)
			}
		})
	}
	wg.Wait()
	for i := range keys {
		v, ok, _ := s.Peek(&keys[i])
		assert.True(t, ok)
		assert.Equal(t, i, v)
	}
}

// Five values take one allocation, besides what they are.
func TestAllocations(t *testing.T) { // not parallel: AllocsPerRun counts those of all goroutines
	keys := make([]attributes.Key, 5)
	load := func() (any, error) { return true, nil }
	assert.LessOrEqual(t, testing.AllocsPerRun(100, func() {
		s := new(attributes.Set)
		for i := range keys {
			_, _ = s.Get(t.Context(), &keys[i], load)
		}
	}), 2.0)
}
