package framework_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// TestOneReport declares several things wrong at once: the first report has all of them.
func TestOneReport(t *testing.T) {
	t.Parallel()
	text := func(r *web.Request) (*web.Response, error) { return r.Text(""), nil }
	twice := func(c *framework.Configurator) {
		for range 2 {
			c.AddRenderer("csv", views.JSON(views.JSONOptions{}))
			c.AddRoute("users", "/users")
			c.AddView(views.Func(text))
			c.AddTween("log", tweens.Wrap(func(next web.Handler) web.Handler { return next }))
		}
	}
	conflicts := []string{
		`renderer "csv" registered twice`, `route "users" registered twice`,
		`default view for any resource registered twice`, `tween "log" registered twice`,
	}
	tests := map[string]struct {
		declare func(c *framework.Configurator)
		want    []string
	}{
		"conflicts of all phases": {twice, conflicts},
		"with a mistake": {func(c *framework.Configurator) {
			twice(c)
			c.SetRootFactory(nil)
		}, append(conflicts[:4:4], "set root factory: the factory is nil")},
		"with a mistake and an order that is impossible": {func(c *framework.Configurator) {
			twice(c)
			c.AddRoute("", "/")
			c.AddTween("session", tweens.Wrap(func(next web.Handler) web.Handler { return next }), tweens.Under("auth"))
			c.AddViewPredicate("tenant", views.Over("plan"))
		}, append(conflicts[:4:4], `route "": missing name`, `"session" wants to be under "auth"`, `"tenant" wants to be over "plan"`)},
		"with what running finds": {func(c *framework.Configurator) {
			twice(c)
			c.AddView(views.Func(text), views.Name("edit"), views.Route("pages"))
			c.AddTween("session", tweens.Wrap(func(next web.Handler) web.Handler { return next }), tweens.Under("auth"))
		}, append(conflicts[:4:4], `there is no route "pages"`, `"session" wants to be under "auth"`)},
		"wrong views and routes are parties to conflicts": {func(c *framework.Configurator) {
			c.AddRoute("users", "/users")
			c.AddRoute("users", "/users", routes.Root(nil))
			c.AddView(views.Func(text), views.Method("GET"))
			c.AddView(views.Func(text), views.Method("GET"), views.CacheFor(-1))
		}, []string{
			`route "users" registered twice`, `route "users": routes.Root(nil)`,
			`default view for any resource [method="GET","HEAD"] registered twice`, "negative duration",
		}},
		"a view whose predicate is not known is party to none": {func(c *framework.Configurator) {
			c.AddView(views.Func(text))
			c.AddView(views.Func(text), nil)
		}, []string{"<nil> is not a view option"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := quiet(framework.Options{})
			tt.declare(config)
			_, err := config.App()
			report, ok := errors.AsType[*registry.Errors](err)
			require.True(t, ok, err)
			assert.Len(t, report.Unwrap(), len(tt.want), err)
			for _, want := range tt.want {
				assert.Equal(t, 1, strings.Count(err.Error(), want), "%s in\n%v", want, err)
			}
		})
	}
}
