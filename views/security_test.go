package views_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestPermissions(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.SetDefaultPermission(c, "view")
		views.Add(c, say("default"))
		views.Add(c, say("edit"), views.Name("edit"), views.Permission("edit"))
		views.Add(c, say("open"), views.Name("open"), views.NoPermission())
	})
	tests := map[string]struct {
		policy  policy
		allowed []string
		denied  []string
	}{
		"nothing":                      {policy{}, []string{"open"}, []string{"", "edit"}},
		"view":                         {policy{"view"}, []string{"", "open"}, []string{"edit"}},
		"its own replaces the default": {policy{"edit"}, []string{"edit", "open"}, []string{""}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, view := range tt.allowed {
				_, err := views.TableOf(reg).Call(request(reg, tt.policy, &page{}, view, nil))
				assert.NoError(t, err, view)
			}
			for _, view := range tt.denied {
				_, err := views.TableOf(reg).Call(request(reg, tt.policy, &page{}, view, nil))
				var refusal *web.HTTPError
				require.ErrorAs(t, err, &refusal)
				assert.Equal(t, http.StatusForbidden, refusal.Status())
				var denied *views.DeniedError
				require.ErrorAs(t, err, &denied)
				assert.Equal(t, "not on the list", denied.Decision.Reason)
				assert.Contains(t, denied.Error(), `denied: not on the list`)
			}
		})
	}
}

// noPolicy is how an application says that everything is permitted.
const noPolicy = ", but the application has no security policy, so everyone would have it: " +
	"set framework.Options.Security, to framework.NoPolicy{} if everything is permitted on purpose"

func TestPermissionNeedsAPolicy(t *testing.T) {
	t.Parallel()
	at := func(c *registry.Config, line int) *registry.Config {
		return c.At(registry.Source{File: "views.go", Line: line})
	}
	guarded := func(c *registry.Config) {
		views.Add(at(c, 2), say("open"), views.Name("open"), views.NoPermission())
		views.Add(at(c, 3), say("edit"), views.Name("edit"), views.Permission("edit"))
		views.Add(at(c, 4), say("see"), views.Permission("see"))
		views.Add(at(c, 5), views.Error(showMissing), views.Permission("see"))
	}
	for name, tt := range map[string]struct {
		declare func(c *registry.Config)
		want    string
	}{
		"views": {guarded, `views.go:3: view "edit" for any resource requires permission "edit" (and 2 more require one)`},
		"default permission": {func(c *registry.Config) { views.SetDefaultPermission(at(c, 1), "view") },
			`views.go:1: views require permission "view" by default`},
		"both": {func(c *registry.Config) { guarded(c); views.SetDefaultPermission(at(c, 1), "view") },
			`views.go:1: views require permission "view" by default (and 3 more require one)`},
		"error view": {func(c *registry.Config) { views.AddForbidden(at(c, 1), say("no"), views.Permission("see")) },
			`views.go:1: error view for status 403 requires permission "see"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.want+noPolicy, refused(t, tt.declare))
			c := registry.New(registry.Options{})
			registry.AddComponent[web.SecurityPolicy](c, policy{})
			tt.declare(c)
			_, err := c.Build()
			assert.NoError(t, err, "with a policy")
		})
	}
	t.Run("replaced deriver", func(t *testing.T) {
		t.Parallel()
		c := registry.New(registry.Options{})
		views.AddDeriver(c, views.SecuredView, trace(nil, ""), views.Under(views.Ingress), views.Over(views.OwrappedView))
		guarded(c)
		_, err := c.Build()
		assert.NoError(t, err, "what decides then needs no policy")
	})
	t.Run("no permission", func(t *testing.T) {
		t.Parallel()
		c := registry.New(registry.Options{})
		views.Add(c, say("open"), views.NoPermission())
		_, err := c.Build()
		assert.NoError(t, err)
	})
}

func TestDefaultsDoNotCoverErrorViews(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.SetDefaultPermission(c, "view")
		views.SetDefaultCSRF(c, true)
		registry.Subscribe(c, func(*web.NewRequest) error { return nil })
		c.Declare(registry.Declaration{Phase: registry.Phase2, Run: func(_ *registry.Config, reg *registry.Registry) error {
			registry.Provide[web.CSRFPolicy](reg, strict{})
			return nil
		}})
		views.Add(c, views.Error(showMissing))
		views.AddError(c, views.ErrorStatus(500, 599, showError))
	})
	hr := httptest.NewRequest(http.MethodPost, "/", nil)
	table := views.TableOf(reg)
	_, handled, err := table.CallError(request(reg, policy{}, &page{}, "", hr), &missingPage{"x"})
	require.NoError(t, err)
	assert.True(t, handled)

	_, err = table.Call(request(reg, policy{}, &missingPage{"x"}, "", hr))
	var denied *views.DeniedError
	require.ErrorAs(t, err, &denied, "as a resource it is covered")
	_, err = table.Call(request(reg, policy{"view"}, &missingPage{"x"}, "", hr))
	require.ErrorIs(t, err, errForged)
}

func TestPermissiveSkipsThePermissionOnly(t *testing.T) {
	t.Parallel()
	var log []string
	reg := build(t, func(c *registry.Config) {
		views.AddDeriver(c, "outer", trace(&log, "outer"), views.Under(views.Ingress), views.Over(views.SecuredView))
		views.AddDeriver(c, "inner", trace(&log, "inner"))
		views.Add(c, say("secret"), views.Name("secret"), views.Permission("read"))
	})
	r := request(reg, policy{}, &page{}, "", nil)
	node := traversal.NewNode(&page{})
	_, err := views.RenderView(r, node, "secret")
	var denied *views.DeniedError
	require.ErrorAs(t, err, &denied)
	assert.Equal(t, []string{"outer"}, log)
	resp, err := views.RenderView(r, node, "secret", views.Permissive())
	require.NoError(t, err)
	assert.Equal(t, "secret", text(t, resp))
	assert.Equal(t, []string{"outer", "outer", "inner"}, log)
}

func TestDebugAuthorizationLogsDecisions(t *testing.T) {
	t.Parallel()
	c := registry.New(registry.Options{Settings: registry.Settings{"debug_authorization": "true"}})
	registry.AddComponent[web.SecurityPolicy](c, policy{})
	views.Add(c, say("edit"), views.Permission("edit"))
	reg, err := c.Build()
	require.NoError(t, err)
	var log strings.Builder
	logger := zerolog.New(&log)
	app := &web.Application{Registry: reg, Security: policy{}, Log: &logger}
	_, err = views.TableOf(reg).Call(web.Begin(app, httptest.NewRequest(http.MethodGet, "/", nil)))
	require.Error(t, err)
	assert.Contains(t, log.String(), `"permission":"edit","decision":"denied","reason":"not on the list"`)
}

func TestDefaultPermissionNeedsAName(t *testing.T) {
	t.Parallel()
	assert.Contains(t, refused(t, func(c *registry.Config) { views.SetDefaultPermission(c, "") }), "default permission is empty")
}
