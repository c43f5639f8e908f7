package views_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// routeNames are routes with names only.
type routeNames []string

func (n routeNames) RouteNames() []string      { return n }
func (n routeNames) HasRoute(name string) bool { return slices.Contains(n, name) }
func (n routeNames) LacksSlash(string) bool    { return false }

func (n routeNames) Refused(*web.Request) []web.RefusedRoute { return nil }

// anyRoute has every route.
type anyRoute struct{ routeNames }

func (anyRoute) HasRoute(string) bool { return true }

func provideRoutes(c *registry.Config, routes web.Routes) {
	c.Declare(registry.Declaration{Phase: registry.Phase2, Run: func(_ *registry.Config, reg *registry.Registry) error {
		registry.Provide(reg, routes)
		return nil
	}})
}

func TestUnknownRoute(t *testing.T) {
	t.Parallel()
	many := make(routeNames, 20)
	for i := range many {
		many[i] = fmt.Sprint("some route ", i)
	}
	for name, tt := range map[string]struct {
		routes web.Routes
		want   string
	}{
		"a slip of the pen": {routeNames{"home", "login"}, `there is no route "lgoin": did you mean "login"?`},
		"nothing like it":   {routeNames{"home", "about"}, `there is no route "lgoin" (have: "home", "about")`},
		"too many":          {many, `"some route 9", …)`},
		"no routes at all":  {nil, `there is no route "lgoin": there are no routes`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := refused(t, func(c *registry.Config) {
				if tt.routes != nil {
					provideRoutes(c, tt.routes)
				}
				views.Add(c, views.On(showPage), views.Route("lgoin"))
				views.AddError(c, views.Func(hello), views.Route("lgoin"))
			})
			assert.Contains(t, got, tt.want)
			assert.Contains(t, got, "2 errors")
			assert.Contains(t, got, "route_test.go:")
			assert.Contains(t, got, `default view for *views_test.page on route "lgoin"`)
		})
	}
}

func TestRoutesOfOtherRounds(t *testing.T) {
	t.Parallel()
	got := refused(t, func(c *registry.Config) {
		views.Add(c, views.On(showPage), views.Route("home"))
		c.Commit()
		provideRoutes(c, routeNames{"home"})
	})
	assert.Contains(t, got, `there is no route "home": there are no routes`)

	build(t, func(c *registry.Config) {
		views.Add(c, views.On(showPage), views.Route("home"))
		provideRoutes(c, routeNames{"home"})
		c.Commit()
		views.Add(c, views.On(showPage), views.Route("home"), views.Name("again"))
	})
}
