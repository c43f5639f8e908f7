package web_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/views/web"
)

func TestHTTPErrorIsImmutable(t *testing.T) {
	t.Parallel()
	e := web.NotFound("a").WithHeader("X-A", "1").WithExtension("a", 1)
	first := e.WithHeader("X-B", "1").WithExtension("b", 1)
	second := e.WithHeader("X-B", "2").WithDetail("b").WithTitle("t").WithType("t").WithInstance("i").With(errBroken)
	assert.Equal(t, "1", first.Header("X-B"))
	assert.Equal(t, "2", second.Header("X-B"))
	assert.Equal(t, "", e.Header("X-B"))
	assert.Equal(t, "a", e.Detail())
	assert.NotErrorIs(t, e, errBroken)
	assert.ErrorIs(t, second, errBroken)
}

func TestZeroHTTPErrorIsInternal(t *testing.T) {
	t.Parallel()
	zero := new(web.HTTPError)
	assert.Equal(t, 500, zero.Status())
	assert.Equal(t, 500, zero.Response(get("/")).Status())
	assert.EqualError(t, zero, "500 Internal Server Error")
}

// A nil pointer in an error interface is an error, whatever it is wrapped in.
func TestNilHTTPErrorIsInternal(t *testing.T) {
	t.Parallel()
	var none *web.HTTPError
	assert.Equal(t, 500, none.Status())
	assert.Equal(t, "Internal Server Error", none.Title())
	assert.Empty(t, none.Detail())
	assert.Empty(t, none.Header("X-A"))
	assert.NoError(t, none.Unwrap())
	assert.Equal(t, 500, none.Response(get("/")).Status())
	assert.EqualError(t, none.With(errBroken), "500 Internal Server Error: broken")
	assert.Equal(t, "d", none.WithDetail("d").Detail())
	assert.Equal(t, "1", none.WithHeader("X-A", "1").Header("X-A"))
	for _, err := range []error{none, fmt.Errorf("wrapped: %w", none), errors.Join(errBroken, none)} {
		status, ok := web.StatusOf(err)
		assert.Equal(t, 500, status)
		assert.True(t, ok)
		assert.Contains(t, err.Error(), "a nil *web.HTTPError was returned as an error")
	}
}
