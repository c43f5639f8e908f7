package routes_test

import (
	"errors"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestShadowed(t *testing.T) {
	t.Parallel()
	c := registry.New(registry.Options{})
	for _, route := range [][2]string{{"list", "/users"}, {"user", "/users/{id}"}, {"new", "/users/new"}, {"other", "/other"}, {"all", "/*rest"}} {
		routes.Add(c, route[0], route[1])
	}
	reg, err := c.Build()
	require.NoError(t, err)
	table := routes.TableOf(reg)
	shadowed := func(path, by string) (names []string) {
		for _, rt := range table.Shadowed(web.Begin(nil, httptest.NewRequest("GET", path, nil)), by) {
			names = append(names, rt.Name)
		}
		return names
	}
	assert.Equal(t, []string{"new", "all"}, shadowed("/users/new", "user"))
	assert.Equal(t, []string{"all"}, shadowed("/users/7", "user"))
	assert.Empty(t, shadowed("/users/new", "all"))
	assert.Empty(t, shadowed("/users/new", "missing"))
	assert.Empty(t, (*routes.Table)(nil).Shadowed(web.Begin(nil, httptest.NewRequest("GET", "/", nil)), "user"))
}

func TestExplain(t *testing.T) {
	t.Parallel()
	predicate := func(name string, holds bool, err error) web.Predicate {
		return web.NewPredicate(name, "", func(r *web.Request) (bool, error) { return holds, err })
	}
	table := tableOf(t, func(c *registry.Config) {
		routes.Add(c, "longer", "/a/{id}/b/c")
		routes.Add(c, "shorter", "/a")
		routes.Add(c, "literal", "/b/{id}/b")
		routes.Add(c, "expression", `/a/x{id:\d+}.html/b`)
		routes.Add(c, "tail", `/a/{id:[/\d]+}/c`)
		routes.Add(c, "around", `/{x:a\b.*}z`)
		routes.Add(c, "predicate", "/a/{id}/b", predicate("yes", true, nil), predicate("no", false, nil), predicate("never", true, nil))
		routes.Add(c, "broken", "/a/{id}/b", predicate("store", false, errors.New("it went away")))
		routes.Add(c, "found", "/a/{id}/*rest", predicate("yes", true, nil))
		routes.Add(c, "never", "/*rest")
	})
	r := request("/a/7/b")
	all := table.Explain(r)
	var lines []string
	for _, a := range all {
		lines = append(lines, a.String())
	}
	assert.Equal(t, []string{
		`route "longer" /a/{id}/b/c: the path ends before "c"`,
		`route "shorter" /a: the path continues with "/7/b"`,
		`route "literal" /b/{id}/b: "a" is not "b"`,
		`route "expression" /a/x{id:\d+}.html/b: "7" does not match "x{id:\d+}.html"`,
		`route "tail" /a/{id:[/\d]+}/c: "7/b" does not match "{id:[/\d]+}/c"`,
		`route "around" /{x:a\b.*}z: its expressions do not match the path`,
		`route "predicate" /a/{id}/b: predicate no does not hold`,
		`route "broken" /a/{id}/b: predicate store failed: it went away`,
		`route "found" /a/{id}/*rest: matched`,
	}, lines)
	assert.Nil(t, r.Match(), "Explain leaves the request as it is")
	assert.Equal(t, []web.Param{text("id", "7"), list("rest", "b")}, all[8].Params)

	web.Drive(r).SetMatch(web.NewMatch(web.Routed{Route: "mine"}))
	table.Explain(r)
	assert.Equal(t, "mine", r.Match().Route)
}
