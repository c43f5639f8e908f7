package views_test

import (
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestDerive(t *testing.T) {
	t.Parallel()
	count := views.On(func(_ *web.Request, n int) (map[string]int, error) { return map[string]int{"n": n}, nil })
	config := registry.New(registry.Options{})
	views.Add(config, count)
	reg, err := config.Build()
	require.NoError(t, err)

	call, err := views.Derive(reg, count, views.Decorate(func(next web.Handler) web.Handler {
		return func(r *web.Request) (*web.Response, error) {
			resp, err := next(r)
			if err == nil {
				resp.SetHeader("X-Decorated", "yes")
			}
			return resp, err
		}
	}))
	require.NoError(t, err)
	r := web.Begin(nil, httptest.NewRequest("GET", "/", nil))
	resp, err := call(r, 3)
	require.NoError(t, err)
	body, _ := resp.Body()
	assert.JSONEq(t, `{"n":3}`, string(body))
	assert.Equal(t, "yes", resp.Header("X-Decorated"))
	_, err = call(r, "three")
	assert.Error(t, err)

	for name, try := range map[string]func() (any, error){
		"a name":      func() (any, error) { return views.Derive(reg, count, views.Name("n")) },
		"a predicate": func() (any, error) { return views.Derive(reg, count, views.XHR(true)) },
		"no view":     func() (any, error) { return views.Derive(reg, views.View{}) },
		"a renderer that is not there": func() (any, error) {
			return views.Derive(reg, count, views.Renderer("nothing.html"))
		},
	} {
		_, err := try()
		assert.Error(t, err, name)
	}
	empty, err := registry.New(registry.Options{}).Build()
	require.NoError(t, err)
	_, err = views.Derive(empty, count)
	assert.ErrorContains(t, err, "without views")
}
