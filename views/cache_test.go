package views_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestHTTPCache(t *testing.T) {
	t.Parallel()
	declare := func(c *registry.Config) {
		views.Add(c, say("kept"), views.CacheFor(time.Minute, "public"))
		views.Add(c, say("fresh"), views.Name("fresh"), views.NoCache())
		views.Add(c, views.Func(func(r *web.Request) (string, error) {
			r.Response().SetHeader("Cache-Control", "private")
			return "own", nil
		}), views.Name("own"), views.CacheFor(time.Minute))
		views.Add(c, say("plain"), views.Name("plain"))
	}
	reg := build(t, declare)
	synctest.Test(t, func(t *testing.T) {
		now := time.Now().UTC()
		for name, want := range map[string][2]string{
			"":      {"max-age=60, public", now.Add(time.Minute).Format(http.TimeFormat)},
			"fresh": {"max-age=0, no-store, no-cache, must-revalidate", now.Format(http.TimeFormat)},
			"own":   {"private", ""},
			"plain": {"", ""},
		} {
			resp, err := call(reg, &page{}, name)
			require.NoError(t, err)
			assert.Equal(t, want, [2]string{resp.Header("Cache-Control"), resp.Header("Expires")}, name)
		}
	})

	c := registry.New(registry.Options{Settings: registry.Settings{"prevent_http_cache": "yes"}})
	declare(c)
	reg, err := c.Build()
	require.NoError(t, err)
	resp, err := call(reg, &page{}, "")
	require.NoError(t, err)
	assert.Empty(t, resp.Header("Cache-Control"))
}

// Errors get no lifetime, except a 404 or 410 of an error view that asks for it.
func TestErrorsAreNotCached(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.Add(c, views.Func(func(*web.Request) (*web.HTTPError, error) { return web.NotFound("x"), nil }), views.Name("none"), views.CacheFor(time.Minute))
		views.Add(c, views.Func(func(r *web.Request) (*web.Response, error) { return r.Empty(404), nil }), views.Name("empty"), views.CacheFor(time.Minute))
		views.Add(c, views.Func(func(r *web.Request) (*web.Response, error) { return r.Empty(500), nil }), views.Name("broken"), views.NoCache())
	})
	for name, want := range map[string]string{"none": "", "empty": "", "broken": "max-age=0, no-store, no-cache, must-revalidate"} {
		resp, err := call(reg, &page{}, name)
		require.NoError(t, err)
		assert.Equal(t, want, resp.Header("Cache-Control"), name)
	}
}
