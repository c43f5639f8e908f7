package routes_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestRefused(t *testing.T) {
	t.Parallel()
	table := tableOf(t, func(c *registry.Config) {
		routes.Add(c, "first", "/a/{id}", header("X-A"), web.Not(header("X-B")))
		routes.Add(c, "elsewhere", "/b/{id}", header("X-A"))
		routes.Add(c, "second", "/a/{name}", header("X-C"))
		routes.Add(c, "plain", "/a/7")
		routes.Add(c, "hidden", "/a/*rest", header("X-D"))
		routes.Add(c, "last", "/a/8")
	})
	refused := func(path string, headers ...string) (all []string) {
		r := request(path)
		for _, name := range headers {
			r.Header.Set(name, "1")
		}
		route, err := table.Match(r)
		require.NoError(t, err)
		before := r.Match()
		for _, f := range table.Refused(r) {
			text := f.String()
			if f.Later {
				text = "later " + text
			} else {
				assert.True(t, web.Drive(r).RouteRefused())
			}
			all = append(all, text)
		}
		assert.Equal(t, before, r.Match(), "the request keeps its match")
		assert.Equal(t, route != nil, r.Match() != nil)
		return all
	}
	first := `route "first" /a/{id}: header="X-A" does not hold`
	second := `route "second" /a/{name}: header="X-C" does not hold`
	assert.Equal(t, []string{first, second, `route "hidden" /a/*rest: header="X-D" does not hold`}, refused("/a/1"))
	hidden := `later route "hidden" /a/*rest: header="X-D" does not hold`
	assert.Equal(t, []string{`route "first" /a/{id}: !header="X-B" does not hold`, hidden}, refused("/a/1", "X-A", "X-B", "X-C"))
	assert.Equal(t, []string{first, second}, refused("/a/7"), "no route behind the one that matched")
	assert.Equal(t, []string{"later " + second, hidden, `later route "last" /a/8`}, refused("/a/8", "X-A"))
	assert.Empty(t, refused("/c"))
	assert.Empty(t, (*routes.Table)(nil).Refused(request("/a/1")))
}
