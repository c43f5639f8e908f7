package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/web"
)

func TestKeyIsComputedOnce(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	key := web.NewKey("n", func(*web.Request) (int, error) { return int(calls.Add(1)), nil })
	r := get("/")
	_, ok := key.Peek(r)
	assert.False(t, ok)
	var wg sync.WaitGroup
	for range 16 {
		c := r.WithContext(r.Context())
		wg.Go(func() {
			n, err := key.Get(c)
			assert.NoError(t, err)
			assert.Equal(t, 1, n)
		})
	}
	wg.Wait()
	n, ok := key.Peek(r)
	assert.True(t, ok)
	assert.Equal(t, 1, n)
	n, err := key.Get(get("/"))
	require.NoError(t, err)
	assert.Equal(t, 2, n, "another request has its own")
	key.Set(r, 7)
	n, _ = key.Get(r)
	assert.Equal(t, 7, n)
	assert.Equal(t, "n", key.String())
}

func TestKeysWithTheSameNameDiffer(t *testing.T) {
	t.Parallel()
	a, b := web.NewKey[int]("x", nil), web.NewKey[int]("x", nil)
	r := get("/")
	a.Set(r, 1)
	_, err := b.Get(r)
	assert.EqualError(t, err, `attribute "x" was never set and has no load function`)
	_, ok := b.Peek(r)
	assert.False(t, ok)
}

func TestKeyErrors(t *testing.T) {
	t.Parallel()
	var calls int
	for name, load := range map[string]func(*web.Request) (any, error){
		"error": func(*web.Request) (any, error) { calls++; return 1, errBroken },
		"panic": func(*web.Request) (any, error) { calls++; panic(errBroken) },
	} {
		calls = 0
		key, r := web.NewKey(name, load), get("/")
		for range 2 {
			_, err := key.Get(r)
			assert.ErrorIs(t, err, errBroken, name)
		}
		assert.Equal(t, 1, calls, "an error is kept")
		_, ok := key.Peek(r)
		assert.False(t, ok)
	}
	key, r := web.NewKey("abort", func(*web.Request) (int, error) { panic(http.ErrAbortHandler) }), get("/")
	assert.Panics(t, func() { _, _ = key.Get(r) })
	_, err := key.Get(r)
	assert.ErrorIs(t, err, http.ErrAbortHandler)

	ended := web.NewKey("ended", func(*web.Request) (int, error) { runtime.Goexit(); return 0, nil })
	var wg sync.WaitGroup
	wg.Go(func() { _, _ = ended.Get(r) })
	wg.Wait()
	_, err = ended.Get(r)
	assert.ErrorContains(t, err, "runtime.Goexit")
}

func TestKeyWaitsOnlyAsLongAsTheRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		r := web.Begin(nil, httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil))
		var key *web.Key[int]
		key = web.NewKey("self", func(r *web.Request) (int, error) { return key.Get(r) })
		go func() { synctest.Wait(); cancel() }()
		_, err := key.Get(r)
		assert.ErrorIs(t, err, context.Canceled)
		assert.ErrorContains(t, err, `"self"`)
	})
}

func TestKeyTriesAgainAfterACancelledCopy(t *testing.T) {
	t.Parallel()
	key := web.NewKey("slow", func(r *web.Request) (string, error) { return "fine", r.Context().Err() })
	r := get("/")
	ctx, cancel := context.WithCancel(r.Context())
	cancel()
	_, err := key.Get(r.WithContext(ctx))
	require.ErrorIs(t, err, context.Canceled)
	got, err := key.Get(r)
	require.NoError(t, err)
	assert.Equal(t, "fine", got)
}
