package views_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// strict rejects all but safe methods.
type strict struct{}

var errForged = errors.New("forged")

func (strict) Check(r *web.Request) error {
	if r.Method == http.MethodGet {
		return nil
	}
	return errForged
}

func TestCSRF(t *testing.T) {
	t.Parallel()
	provide := func(c *registry.Config) {
		c.Declare(registry.Declaration{Phase: registry.Phase2, Run: func(_ *registry.Config, reg *registry.Registry) error {
			registry.Provide[web.CSRFPolicy](reg, strict{})
			return nil
		}})
	}
	reg := build(t, func(c *registry.Config) {
		provide(c)
		views.Add(c, say("plain"))
		views.Add(c, say("checked"), views.Name("checked"), views.CSRF(true))
	})
	post := func(reg *registry.Registry, name string) error {
		_, err := views.TableOf(reg).Call(request(reg, nil, &page{}, name, httptest.NewRequest(http.MethodPost, "/", nil)))
		return err
	}
	require.NoError(t, post(reg, ""))
	require.ErrorIs(t, post(reg, "checked"), errForged)
	_, err := call(reg, &page{}, "checked")
	require.NoError(t, err)

	reg = build(t, func(c *registry.Config) {
		provide(c)
		views.SetDefaultCSRF(c, true)
		views.Add(c, say("plain"))
		views.Add(c, say("hook"), views.Name("hook"), views.CSRF(false))
	})
	require.ErrorIs(t, post(reg, ""), errForged)
	require.NoError(t, post(reg, "hook"))

	message := refused(t, func(c *registry.Config) { views.Add(c, say("x"), views.CSRF(true)) })
	assert.Contains(t, message, "csrf check without a web.CSRFPolicy")
}
