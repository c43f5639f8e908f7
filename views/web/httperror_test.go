package web_test

import (
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
