package tweens_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestProbe(t *testing.T) {
	t.Parallel()
	c := registry.New(registry.Options{})
	var seen []string
	registry.AddComponent(c, tweens.Probe(func(name string, h web.Handler) web.Handler {
		return func(r *web.Request) (*web.Response, error) {
			seen = append(seen, name)
			return h(r)
		}
	}))
	pass := tweens.Wrap(func(next web.Handler) web.Handler { return next })
	tweens.Add(c, "inner", pass)
	tweens.Add(c, "outer", pass)
	reg, err := c.Build()
	require.NoError(t, err)
	chain, err := tweens.Chain(reg, func(r *web.Request) (*web.Response, error) { return r.Text("hello"), nil })
	require.NoError(t, err)
	_, err = chain(web.Begin(&web.Application{}, httptest.NewRequest(http.MethodGet, "/", nil)))
	require.NoError(t, err)
	assert.Equal(t, []string{"outer", "inner", tweens.ExcView, tweens.Main}, seen)
}
