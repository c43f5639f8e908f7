package framework_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal/acl"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestMisspeltPermissions(t *testing.T) {
	t.Parallel()
	say := views.Func(func(r *framework.Request) (*framework.Response, error) { return r.Text(""), nil })
	type use = func(name string, options ...views.Option)
	for name, tt := range map[string]struct {
		declare func(config *framework.Configurator, use use)
		want    string // the end of the only warning; "" without one
	}{
		"two letters swapped": {func(_ *framework.Configurator, use use) {
			use("a", views.Permission("edit"))
			use("b", views.Permission("edit"))
			use("c", views.Permission("eidt"))
		}, `view "c" for any resource: nothing else names the permission "eidt": did you mean "edit"? If not, declare it with AddPermissions`},
		"a letter is missing": {func(_ *framework.Configurator, use use) {
			use("a", views.Permission("publish"))
			use("b", views.IfPermitted("publish"))
			use("c", views.IfPermitted("publsh"))
		}, `view "c" for any resource [permitted="publsh"]: nothing else names the permission "publsh": did you mean "publish"? If not, declare it with AddPermissions`},
		"capital and separator": {func(_ *framework.Configurator, use use) {
			use("a", views.Permission("edit_page"))
			use("b", views.Permission("edit_page"))
			use("c", views.Not(views.IfPermitted("Edit-page").(web.Predicate)))
		}, `did you mean "edit_page"? If not, declare it with AddPermissions`},
		"of the default permission": {func(config *framework.Configurator, use use) {
			config.SetDefaultPermission("view")
			use("a")
			use("b", views.Permission("vieew"))
		}, `"vieew": did you mean "view"? If not, declare it with AddPermissions`},
		"of the traverse permission": {func(config *framework.Configurator, use use) {
			config.SetTraversePermission("traverse")
			use("b", views.Permission("travers"))
		}, `"travers": did you mean "traverse"? If not, declare it with AddPermissions`},
		"of a list": {func(config *framework.Configurator, use use) {
			lists, err := acl.ParseTable("/\n allow alice publish\n/a\n deny bob *\n allow carol view, publish\n")
			require.NoError(t, err)
			assert.Equal(t, []string{"publish", "view"}, lists.Permissions())
			config.AddPermissions(lists.Permissions()...)
			use("a", views.Permission("pulbish"))
		}, `"pulbish": did you mean "publish"? If not, declare it with AddPermissions`},
		"declared": {func(config *framework.Configurator, use use) {
			config.AddPermissions("eidt")
			config.AddPermissions("eidt") // by another package
			use("a", views.Permission("edit"))
			use("b", views.Permission("edit"))
			use("c", views.Permission("eidt"))
		}, ""},
		"twice": {func(_ *framework.Configurator, use use) {
			use("a", views.Permission("edit"))
			use("b", views.Permission("edit"))
			use("c", views.Permission("eidt"))
			use("d", views.Permission("eidt"))
		}, ""},
		"neither is usual": {func(_ *framework.Configurator, use use) {
			use("a", views.Permission("edit"))
			use("b", views.Permission("eidt"))
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := framework.New(framework.Options{Security: framework.NoPolicy{}})
			tt.declare(config, func(name string, options ...views.Option) {
				config.At(registry.Source{File: name + ".go", Line: 1}).AddView(say, append(options, views.Name(name))...)
			})
			app, err := config.App()
			require.NoError(t, err)
			warnings := app.Registry().Warnings()
			if tt.want == "" {
				assert.Empty(t, warnings)
			} else if assert.Len(t, warnings, 1) {
				assert.Contains(t, warnings[0].String(), tt.want)
			}
		})
	}
}

// These resemble a permission that several views name, and are permissions of their own.
func TestPermissionsThatOnlyLookMisspelt(t *testing.T) {
	t.Parallel()
	say := views.Func(func(r *framework.Request) (*framework.Response, error) { return r.Text(""), nil })
	for usual, others := range map[string][]string{
		"view":    {"vote", "review", "viewer2", "vie", "v"},
		"edit":    {"exit", "emit", "admit", "add", "delete"},
		"send":    {"lend", "spend", "bend", "seed"},
		"post":    {"port", "list", "past"},
		"read":    {"lead", "real", "ready", "write"},
		"preview": {"review"},
		"level1":  {"level2", "level10"},
		"group:a": {"group:b", "group:bc"},
		"view_a":  {"view_b", "view"},
		"publish": {"unpublish"},
	} {
		for _, other := range others {
			config := framework.New(framework.Options{Security: framework.NoPolicy{}, DefaultPermission: usual})
			config.AddView(say)
			config.AddView(say, views.Name("other"), views.Permission(other))
			app, err := config.App()
			require.NoError(t, err)
			assert.Empty(t, app.Registry().Warnings(), "%s beside %s", other, usual)
		}
	}
}

// A policy that knows all permissions lets none be misspelt, in the configuration or in code.
func TestUnknownPermissions(t *testing.T) {
	t.Parallel()
	everyone := security.Func(func(*web.Request) (security.User, error) { return security.User{ID: "alice"}, nil })
	configure := func(permissions ...string) *framework.Configurator {
		return framework.New(framework.Options{Security: security.New(security.Options{
			Identify: everyone, Authorize: security.AnyUser, Permissions: permissions,
		})})
	}
	say := views.Func(func(r *framework.Request) (*framework.Response, error) {
		can, err := r.Can(r.URL.Query().Get("p"))
		assert.Equal(t, err == nil, can)
		return r.Text(""), err
	})
	config := configure("view", "edit", "traverse")
	config.SetDefaultPermission("veiw")
	config.SetTraversePermission("travel")
	config.AddView(say, views.Permission("edit"))
	config.AddView(say, views.Name("a"), views.Permission("edti"))
	config.AddView(say, views.Name("b"), views.IfPermitted("frobnicate"))
	_, err := config.App()
	for _, want := range []string{
		`the default permission: unknown permission "veiw": did you mean "view"?`,
		`the traverse permission: unknown permission "travel": add it to Options.Permissions of the security policy`,
		`view "a" for any resource: unknown permission "edti": did you mean "edit"?`,
		`view "b" for any resource [permitted="frobnicate"]: unknown permission "frobnicate": add it to Options.Permissions`,
		"permissions_test.go:",
	} {
		assert.ErrorContains(t, err, want)
	}
	assert.NotContains(t, err.Error(), `permission "edit"`)

	config = configure("view")
	config.AddView(say, views.Permission("view"))
	app, err := config.App()
	require.NoError(t, err)
	for query, want := range map[string]string{
		"p=view": "", "p=*": "",
		"p=veiw":   `unknown permission "veiw": did you mean "view"?`,
		"p=delete": `unknown permission "delete": add it to Options.Permissions of security.New`,
	} {
		_, err := app.Do(request("GET /?" + query))
		if want == "" {
			assert.NoError(t, err, query)
		} else {
			assert.ErrorContains(t, err, want)
		}
	}
	_, err = configure("").App()
	assert.ErrorContains(t, err, "security.New: one of Options.Permissions is empty")
	config = configure()
	config.AddPermissions("view", "")
	_, err = config.App()
	assert.ErrorContains(t, err, "add permissions: a permission is empty")
}

func TestPermissionsAreListed(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{})
	config.AddPermissions("approve")
	app, err := config.App()
	require.NoError(t, err)
	_, ok := app.Registry().Introspect().Get("permissions", "approve")
	assert.True(t, ok)
}

// A route that a policy chooses by has to exist, or its users would be identified in another way.
func TestRoutesOfThePolicy(t *testing.T) {
	t.Parallel()
	one := security.Func(func(*web.Request) (security.User, error) { return security.User{}, nil })
	config := framework.New(framework.Options{Security: security.New(security.Options{
		Identify: security.FirstOf(one, security.Below("/x", security.ByRoute(map[string]security.Identifier{
			"api": one, "apii": one, "nothing like it": nil, "link": one,
		}, one), nil)),
	})})
	config.AddRoute("api", "/api", routes.GlobalViews())
	config.AddRoute("link", "/link", routes.GenerateOnly())
	_, err := config.App()
	for _, want := range []string{
		`the security policy chooses by the route "apii", which does not exist: did you mean "api"?`,
		`the security policy chooses by the route "nothing like it", which does not exist: add it, or remove it from security.ByRoute`,
		`the security policy chooses by the route "link", which only generates URLs: remove it from security.ByRoute`,
		"permissions_test.go:",
	} {
		assert.ErrorContains(t, err, want)
	}
	assert.NotContains(t, err.Error(), `the route "api",`)
}
