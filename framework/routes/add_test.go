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

// header holds for requests with a header.
func header(name string) web.Predicate {
	return web.NewPredicate("header", `"`+name+`"`, func(r *web.Request) (bool, error) {
		return r.Header.Get(name) != "", nil
	})
}

// order lists a table as "name pattern".
func order(table *routes.Table) (all []string) {
	for _, rt := range table.Routes() {
		all = append(all, rt.Name+" "+rt.Pattern.String())
	}
	return all
}

func refused(t *testing.T, declare func(c *registry.Config)) string {
	t.Helper()
	c := registry.New(registry.Options{})
	declare(c)
	_, err := c.Build()
	require.Error(t, err)
	return err.Error()
}

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

func TestConflictsAndOverrides(t *testing.T) {
	t.Parallel()
	got := refused(t, func(c *registry.Config) {
		routes.Add(c, "a", "/1")
		routes.Add(c, "a", "/2")
	})
	assert.Regexp(t, `^route "a" registered twice:\n    add_test.go:\d+\n    add_test.go:\d+\n    choose another name`, got)

	table := tableOf(t, func(c *registry.Config) {
		routes.Add(c, "first", "/first")
		c.Include("blog", func(c *registry.Config) error {
			routes.Add(c, "a", "/included")
			routes.Add(c, "b", "/b")
			return nil
		})
		routes.Add(c, "a", "/mine")
	})
	assert.Equal(t, []string{"first /first", "b /b", "a /mine"}, order(table), "an overriding route stands where it was written")

	c := registry.New(registry.Options{})
	routes.Add(c, "a", "/1")
	routes.Add(c, "s", "/s", routes.GenerateOnly())
	routes.Add(c, "b", "/b")
	c.Commit()
	routes.Add(c, "a", "/2")
	routes.Add(c, "s", "/s")
	for range 2 { // a Config may be built again
		reg, err := c.Build()
		require.NoError(t, err)
		table = routes.TableOf(reg)
		assert.Equal(t, []string{"b /b", "a /2", "s /s"}, order(table), "a route of a later round moves to the end")
		assert.Empty(t, table.GenerateOnly())
		assert.Equal(t, "a", matchOf(t, table, "/2").route)
		assert.Zero(t, matchOf(t, table, "/1"))
	}
}

func TestPrefixes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		prefix, pattern string
		opts            []routes.Option
		want            string
	}{
		{"api", "", nil, "api/"},
		{"api", "/", nil, "api/"},
		{"/api/", "", []routes.Option{routes.InheritSlash()}, "api"},
		{"", "", []routes.Option{routes.InheritSlash()}, ""},
		{"/api/", "/x/", nil, "api/x/"},
		{"//", "/x", nil, "/x"},
		{"{org}", "x", nil, "{org}/x"},
		{"/x/y/", "*rest", nil, "x/y/*rest"},
	} {
		table := tableOf(t, func(c *registry.Config) {
			routes.Add(routes.WithPrefix(c, tt.prefix), "r", tt.pattern, tt.opts...)
		})
		assert.Equal(t, []string{"r " + tt.want}, order(table))
	}
	table := tableOf(t, func(c *registry.Config) {
		routes.WithPrefix(c, "/v1/").Include("blog", func(c *registry.Config) error {
			routes.Add(routes.WithPrefix(c, "/blog"), "post", "/{id}")
			routes.Add(c, "elsewhere", "https://example.com/x")
			return nil
		})
		routes.Add(c, "plain", "/plain")
	})
	assert.Equal(t, []string{"post v1/blog/{id}", "plain /plain"}, order(table))
	assert.Equal(t, "post", matchOf(t, table, "/v1/blog/7").route)
}

func TestStaticAndExternalRoutesNeverMatch(t *testing.T) {
	t.Parallel()
	table := tableOf(t, func(c *registry.Config) {
		routes.Add(c, "static", "/a", routes.GenerateOnly())
		routes.Add(c, "other", "https://Example.com:8080/a/{id}")
		routes.Add(c, "same scheme", "//cdn.example.com/{id}")
		routes.Add(c, "no host", "a://")
		routes.Add(c, "b", "/b")
	})
	assert.Zero(t, matchOf(t, table, "/a"))
	assert.Zero(t, matchOf(t, table, "/a/1"))
	assert.Equal(t, []string{"no host", "b", "static", "other", "same scheme"}, table.RouteNames())
	assert.True(t, table.HasRoute("static"))
	other, _ := table.Route("other")
	assert.Equal(t, "https://Example.com:8080", other.External())
	assert.Equal(t, "/a/{id}", other.Pattern.String())
	same, _ := table.Route("same scheme")
	assert.Equal(t, "//cdn.example.com", same.External())
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	var factory web.RootFactory
	got := refused(t, func(c *registry.Config) {
		routes.Add(c, "bad", "/a/{x:[}")
		routes.Add(c, "", "/a")
		routes.Add(c, "slash", "/a", routes.InheritSlash())
		routes.Add(c, "root", "/a", routes.Root(factory))
		routes.Add(c, "traverse", "/a/{x}", routes.Traverse("/{y}"))
		routes.Add(c, "bad traverse", "/a", routes.Traverse("/{y"))
		routes.Add(c, "host", "https://{x}.example.com/")
		routes.Add(c, "twice", "/a", header("X-A"), header("X-B"))
		routes.Add(c, "both", "/b", header("X-A"), web.Not(header("X-B")))
		routes.Add(c, "predicate", "/a", header("X").WithErr(errors.New("no such header")))
		routes.Add(c, "nil", "/a", nil)
	})
	for _, want := range []string{
		`: route "bad": pattern "/a/{x:[}", offset 6: bad expression: missing closing ]`,
		`route "": a route needs a name`,
		`route "slash": routes.InheritSlash is for an empty pattern`,
		`route "root": routes.Root(nil)`,
		`route "traverse": routes.Traverse("/{y}"): pattern "/a/{x}" has no marker "y"`,
		`route "bad traverse": routes.Traverse: pattern "/{y", offset 1`,
		`route "host": pattern "https://{x}.example.com/": the host of an external route is fixed`,
		`route "twice": option "header" given twice, as header="X-A" and as header="X-B"`,
		`route "predicate": no such header`,
		`route "nil": <nil> is no option of routes`,
	} {
		assert.Contains(t, got, want)
	}
	assert.NotContains(t, got, `route "both"`)
	assert.Regexp(t, `add_test.go:\d+: route "bad"`, got)
}

func TestPredicatesAreAskedAfterThePattern(t *testing.T) {
	t.Parallel()
	var asked []string
	ask := func(name string, answer bool, err error) web.Predicate {
		return web.NewPredicate(name, "", func(r *web.Request) (bool, error) {
			asked = append(asked, name+" of "+r.Match().Route+" for "+r.Param("id"))
			return answer, err
		})
	}
	broken := errors.New("the store went away")
	table := tableOf(t, func(c *registry.Config) {
		routes.Add(c, "other", "/b/{id}", ask("never", true, nil))
		routes.Add(c, "no", "/a/{id}", ask("yes", true, nil), ask("no", false, nil), ask("never", true, nil))
		routes.Add(c, "yes", "/a/{id}", ask("yes", true, nil))
		routes.Add(c, "broken", "/c/{id}", ask("broken", true, broken))
	})
	assert.Equal(t, "yes", matchOf(t, table, "/a/7").route)
	assert.Equal(t, []string{"yes of no for 7", "no of no for 7", "yes of yes for 7"}, asked)

	r := request("/c/1")
	_, err := table.Match(r)
	assert.ErrorIs(t, err, broken)
	assert.Nil(t, r.Match())
}

func TestTraverseMakesAParameter(t *testing.T) {
	t.Parallel()
	table := tableOf(t, func(c *registry.Config) {
		routes.Add(c, "made", "/{a}/{b}/*rest", routes.Traverse("/x/{b}/*rest"))
		routes.Add(c, "replaced", "/{traverse}", routes.Traverse("/y z/{traverse}"))
	})
	assert.Equal(t, found{"made", []web.Param{text("a", "1"), text("b", "2/3"), list("rest", "4", "5/6"), list("traverse", "x", "2/3", "4", "5/6")}},
		matchOf(t, table, "/1/2%2F3/4/./5%2F6"))
	assert.Equal(t, found{"made", []web.Param{text("a", "1"), text("b", "2"), list("rest", "4"), list("traverse", "x", "2", "4")}},
		matchOf(t, table, "/1/2/../../3/../4"), "the dots of a star lead nowhere beyond it")
	assert.Equal(t, found{"replaced", []web.Param{list("traverse")}}, matchOf(t, table, "/.."), "split like a path, where dots climb")
	assert.Equal(t, found{"replaced", []web.Param{list("traverse", "y z", "a/b")}}, matchOf(t, table, "/a%2Fb"))
}

func TestUnreadablePaths(t *testing.T) {
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
	require.EqualError(t, err, `path "*": stands for the whole server, of which only OPTIONS asks`)
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

func TestIntrospection(t *testing.T) {
	t.Parallel()
	c := registry.New(registry.Options{})
	routes.Add(c, "a", "/a/{id}", header("X-A"), routes.GlobalViews())
	reg, err := c.Build()
	require.NoError(t, err)
	a, ok := reg.Introspect().Get("routes", "a")
	require.True(t, ok)
	pattern, _ := a.Field("pattern")
	assert.Equal(t, "/a/{id}", pattern)
	predicate, _ := a.Field("predicate header")
	assert.Equal(t, `header="X-A"`, predicate)
	assert.Contains(t, a.Source.String(), "add_test.go:")
	table, ok := registry.Lookup[web.Routes](reg)
	require.True(t, ok)
	assert.True(t, table.HasRoute("a"))
}

func TestManyRequestsAtOnce(t *testing.T) {
	t.Parallel()
	all := github(t)
	table := benchTable(t, patterns(all))
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

func TestExplain(t *testing.T) {
	t.Parallel()
	kind := func(name string, holds bool, err error) web.Predicate {
		return web.NewPredicate(name, "", func(r *web.Request) (bool, error) { return holds, err })
	}
	table := tableOf(t, func(c *registry.Config) {
		routes.Add(c, "longer", "/a/{id}/b/c")
		routes.Add(c, "shorter", "/a")
		routes.Add(c, "literal", "/b/{id}/b")
		routes.Add(c, "expression", `/a/x{id:\d+}.html/b`)
		routes.Add(c, "tail", `/a/{id:[/\d]+}/c`)
		routes.Add(c, "beyond", `/{x:a\b.*}z`)
		routes.Add(c, "predicate", "/a/{id}/b", kind("yes", true, nil), kind("no", false, nil), kind("never", true, nil))
		routes.Add(c, "broken", "/a/{id}/b", kind("store", false, errors.New("it went away")))
		routes.Add(c, "found", "/a/{id}/*rest", kind("yes", true, nil))
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
		`route "shorter" /a: the path goes on with "/7/b"`,
		`route "literal" /b/{id}/b: "a" is not "b"`,
		`route "expression" /a/x{id:\d+}.html/b: "7" is not "x{id:\d+}.html"`,
		`route "tail" /a/{id:[/\d]+}/c: "7/b" is not "{id:[/\d]+}/c"`,
		`route "beyond" /{x:a\b.*}z: its expressions do not take the path`,
		`route "predicate" /a/{id}/b: predicate no does not hold`,
		`route "broken" /a/{id}/b: predicate store failed: it went away`,
		`route "found" /a/{id}/*rest: matched`,
	}, lines)
	assert.Nil(t, r.Match(), "explaining changes nothing")
	assert.Equal(t, []web.Param{text("id", "7"), list("rest", "b")}, all[8].Params)

	web.Drive(r).SetMatch(web.NewMatch(web.Routed{Route: "mine"}))
	table.Explain(r)
	assert.Equal(t, "mine", r.Match().Route)
}
