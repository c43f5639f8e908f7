package tweens_test

import (
	"errors"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views/web"
)

// Split takes the tween of ErrorViews off the chain only where it is the outermost one.
func TestSplit(t *testing.T) {
	t.Parallel()
	noop := tweens.Wrap(func(next web.Handler) web.Handler {
		return func(r *web.Request) (*web.Response, error) { return next(r) }
	})
	for name, tc := range map[string]struct {
		declare func(c *registry.Config)
		apart   bool
	}{
		"no tweens":     {func(*registry.Config) {}, true},
		"one around it": {func(c *registry.Config) { tweens.Add(c, "noop", noop) }, false},
		"one inside it": {func(c *registry.Config) { tweens.Add(c, "noop", noop, tweens.Under(tweens.ExcView)) }, true},
		"another one":   {func(c *registry.Config) { tweens.Add(c, tweens.ExcView, noop) }, false},
		"not in the order": {func(c *registry.Config) {
			tweens.Add(c, "noop", noop)
			tweens.SetOrder(c, "noop")
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := registry.New(registry.Options{})
			tc.declare(c)
			reg, err := c.Build()
			require.NoError(t, err)
			failure := error(web.Conflict("taken"))
			parts, err := tweens.Split(reg, func(*web.Request) (*web.Response, error) { return nil, failure })
			require.NoError(t, err)
			require.NotNil(t, parts.Whole)
			require.Equal(t, tc.apart, parts.OnError != nil)
			if !tc.apart {
				return
			}
			r := web.Begin(nil, httptest.NewRequest("GET", "/", nil))
			whole, err := parts.Whole(r)
			require.NoError(t, err)
			_, failed := parts.Inner(r)
			require.Equal(t, failure, failed)
			apart, err := parts.OnError(r, failed)
			require.NoError(t, err)
			assert.Equal(t, 409, whole.Status())
			assert.Equal(t, 409, apart.Status())
			_, err = parts.OnError(r, nil)
			assert.ErrorContains(t, err, "neither a response nor an error")
			_, err = parts.OnError(r, errors.New("internal"))
			assert.EqualError(t, err, "internal")
		})
	}
}
