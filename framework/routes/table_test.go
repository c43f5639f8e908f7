package routes_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestOrderOfDeclaration(t *testing.T) {
	t.Parallel()
	table := tableOf(t, func(c *registry.Config) {
		routes.Add(c, "new", "/users/new")
		routes.Add(c, "user", "/users/{id}")
		routes.Add(c, "hidden", "/users/hidden")
	})
	assert.Equal(t, "new", matchOf(t, table, "/users/new").route)
	assert.Equal(t, found{"user", []web.Param{text("id", "hidden")}}, matchOf(t, table, "/users/hidden"))
	assert.Zero(t, matchOf(t, table, "/users/new/"))
}

func TestPredicatesAreCheckedAfterThePattern(t *testing.T) {
	t.Parallel()
	var checked []string
	check := func(name string, holds bool, err error) web.Predicate {
		return web.NewPredicate(name, "", func(r *web.Request) (bool, error) {
			checked = append(checked, name+" of "+r.Match().Route+" for "+r.Param("id"))
			return holds, err
		})
	}
	broken := errors.New("the store went away")
	table := tableOf(t, func(c *registry.Config) {
		routes.Add(c, "other", "/b/{id}", check("never", true, nil))
		routes.Add(c, "no", "/a/{id}", check("yes", true, nil), check("no", false, nil), check("never", true, nil))
		routes.Add(c, "yes", "/a/{id}", check("yes", true, nil))
		routes.Add(c, "broken", "/c/{id}", check("broken", true, broken))
	})
	assert.Equal(t, "yes", matchOf(t, table, "/a/7").route)
	assert.Equal(t, []string{"yes of no for 7", "no of no for 7", "yes of yes for 7"}, checked)

	r := request("/c/1")
	_, err := table.Match(r)
	assert.ErrorIs(t, err, broken)
	assert.Nil(t, r.Match())
}

func TestTraverseSetsAParameter(t *testing.T) {
	t.Parallel()
	table := tableOf(t, func(c *registry.Config) {
		routes.Add(c, "made", "/{a}/{b}/*rest", routes.Traverse("/x/{b}/*rest"))
		routes.Add(c, "replaced", "/{traverse}", routes.Traverse("/y z/{traverse}"))
	})
	assert.Equal(t, found{"made", []web.Param{text("a", "1"), text("b", "2/3"), list("rest", "4", "5/6"), list("traverse", "x", "2/3", "4", "5/6")}},
		matchOf(t, table, "/1/2%2F3/4/./5%2F6"))
	assert.Equal(t, found{"made", []web.Param{text("a", "1"), text("b", "2"), list("rest", "4"), list("traverse", "x", "2", "4")}},
		matchOf(t, table, "/1/2/../../3/../4"), "the dots of a star do not climb out of it")
	assert.Equal(t, found{"replaced", []web.Param{list("traverse")}}, matchOf(t, table, "/.."), "split like a path, in which dots climb")
	assert.Equal(t, found{"replaced", []web.Param{list("traverse", "y z", "a/b")}}, matchOf(t, table, "/a%2Fb"))
}

func TestInvalidPaths(t *testing.T) {
	t.Parallel()
	table := tableOf(t, func(c *registry.Config) { routes.Add(c, "r", "/{a}") })
	for _, escaped := range []string{"/%FF", "/%00", "/a%2F%FF"} {
		for _, table := range []*routes.Table{table, nil} {
			_, err := table.Match(request(escaped))
			var path *traversal.PathError
			require.ErrorAs(t, err, &path)
		}
		assert.False(t, table.MatchesPath(escaped))
		assert.Empty(t, table.Explain(request(escaped)))
	}
	assert.False(t, table.MatchesPath("/%zz"))
	star := request("/")
	star.URL.Path = "*"
	route, err := table.Match(star)
	require.NoError(t, err)
	assert.Nil(t, route)
	star.RequestURI = "*"
	_, err = table.Match(star)
	require.EqualError(t, err, `path "*": only valid with OPTIONS`)
}

func TestNoRoutes(t *testing.T) {
	t.Parallel()
	table := tableOf(t, func(*registry.Config) {})
	require.Nil(t, table)
	assert.Zero(t, matchOf(t, table, "/a"))
	assert.Empty(t, table.Routes())
	assert.Empty(t, table.RouteNames())
	assert.False(t, table.HasRoute("a"))
	assert.False(t, table.MatchesPath("/a"))
	assert.Empty(t, table.Explain(request("/a")))
}

func TestConcurrentRequests(t *testing.T) {
	t.Parallel()
	all := github(t)
	table := tableOfPatterns(t, patterns(all))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, e := range all {
				r := request(e.path)
				route, err := table.Match(r)
				if !assert.NoError(t, err) || !assert.NotNil(t, route) {
					return
				}
				assert.Equal(t, e.pattern, r.Match().Pattern)
				for _, p := range r.Match().Params() {
					if p.Values == nil {
						assert.Equal(t, "a-"+p.Name, p.Value)
					} else {
						assert.Equal(t, []string{"b", p.Name}, p.Values)
					}
				}
			}
		})
	}
	wg.Wait()
}

func TestLacksSlash(t *testing.T) {
	t.Parallel()
	table := tableOf(t, func(c *registry.Config) {
		routes.Add(c, "about", "/about/")
		routes.Add(c, "static", "/static/*path")
		routes.Add(c, "below", "/static/docs/{name}/")
	})
	for path, want := range map[string]bool{
		"/about": true, "/about/": false, "/static": true, "/static/x.css": false, "/static/docs/a": true, "/none": false, "/%zz": false,
	} {
		assert.Equal(t, want, table.LacksSlash(path), path)
	}
	assert.False(t, (*routes.Table)(nil).LacksSlash("/about"))
}
