package web_test

import (
	"errors"
	"io"
	"net/http"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/web"
)

func TestTry(t *testing.T) {
	t.Parallel()
	require.NoError(t, web.Try(func() error { return nil }))
	require.ErrorIs(t, web.Try(func() error { return io.EOF }), io.EOF)

	err := web.Try(func() error { panic("oh") })
	panicked, ok := errors.AsType[*web.PanicError](err)
	require.True(t, ok)
	assert.EqualError(t, err, "panic: oh")
	assert.Contains(t, string(panicked.Stack), "TestTry")

	require.ErrorIs(t, web.Try(func() error { panic(http.ErrAbortHandler) }), http.ErrAbortHandler)
}

func TestGuard(t *testing.T) {
	t.Parallel()
	ok := web.Guard(func(r *web.Request) (*web.Response, error) { return r.Text("x"), nil })
	resp, err := ok(get("/"))
	require.NoError(t, err)
	require.NotNil(t, resp)

	_, err = web.Guard(func(*web.Request) (*web.Response, error) { panic("oh") })(get("/"))
	var e *web.PanicError
	require.ErrorAs(t, err, &e)
	assert.EqualError(t, e, "panic: oh")
	assert.Contains(t, string(e.Stack), "TestGuard")
	assert.NoError(t, errors.Unwrap(e))

	//lint:ignore SA5000 the panic is what the test is about
	_, err = web.Guard(func(*web.Request) (*web.Response, error) { var m map[string]int; m["a"] = 1; return nil, nil })(get("/"))
	var fault runtime.Error
	assert.ErrorAs(t, err, &fault)

	assert.Panics(t, func() {
		_, _ = web.Guard(func(*web.Request) (*web.Response, error) { panic(http.ErrAbortHandler) })(get("/"))
	})
}
