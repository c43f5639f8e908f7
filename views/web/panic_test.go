package web_test

import (
	"errors"
	"io"
	"net/http"
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
