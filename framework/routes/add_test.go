package routes_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// buildError returns the text of the error of what declare declares.
func buildError(t *testing.T, declare func(c *registry.Config)) string {
	t.Helper()
	c := registry.New(registry.Options{})
	declare(c)
	_, err := c.Build()
	require.Error(t, err)
	return err.Error()
}

func TestConflictsAndOverrides(t *testing.T) {
	t.Parallel()
	got := buildError(t, func(c *registry.Config) {
		routes.Add(c, "a", "/1")
		routes.Add(c, "a", "/2")
	})
	assert.Regexp(t, `^route "a" registered twice:\n    add_test.go:\d+\n    add_test.go:\d+\n    give one of them another name`, got)

	table := tableOf(t, func(c *registry.Config) {
		routes.Add(c, "first", "/first")
		c.Include("blog", func(c *registry.Config) error {
			routes.Add(c, "a", "/included")
			routes.Add(c, "b", "/b")
			return nil
		})
		routes.Add(c, "a", "/own")
	})
	assert.Equal(t, []string{"first /first", "b /b", "a /own"}, order(table), "an overriding route has its own place in the order")

	c := registry.New(registry.Options{})
	routes.Add(c, "a", "/1")
	routes.Add(c, "s", "/s", routes.GenerateOnly())
	routes.Add(c, "b", "/b")
	c.Commit()
	routes.Add(c, "a", "/2")
	routes.Add(c, "s", "/s")
	for range 2 { // a Config can be built again
		reg, err := c.Build()
		require.NoError(t, err)
		table = routes.TableOf(reg)
		assert.Equal(t, []string{"b /b", "a /2", "s /s"}, order(table), "a route declared after a commit moves to the end")
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

func TestGenerateOnlyRoutesNeverMatch(t *testing.T) {
	t.Parallel()
	table := tableOf(t, func(c *registry.Config) {
		routes.Add(c, "own", "/a", routes.GenerateOnly())
		routes.Add(c, "other", "https://Example.com:8080/a/{id}")
		routes.Add(c, "same scheme", "//cdn.example.com/{id}")
		routes.Add(c, "no host", "a://")
		routes.Add(c, "b", "/b")
	})
	assert.Zero(t, matchOf(t, table, "/a"))
	assert.Zero(t, matchOf(t, table, "/a/1"))
	assert.Equal(t, []string{"no host", "b", "own", "other", "same scheme"}, table.RouteNames())
	assert.True(t, table.HasRoute("own"))
	other, _ := table.Route("other")
	assert.Equal(t, "https://Example.com:8080", other.External())
	assert.Equal(t, "/a/{id}", other.Pattern.String())
	same, _ := table.Route("same scheme")
	assert.Equal(t, "//cdn.example.com", same.External())
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	var factory web.RootFactory
	got := buildError(t, func(c *registry.Config) {
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
		`: route "bad": pattern "/a/{x:[}", offset 6: invalid expression: missing closing ]`,
		`route "": missing name: want a name such as "user"`,
		`route "slash": routes.InheritSlash needs an empty pattern, got "/a"`,
		`route "root": routes.Root(nil)`,
		`route "traverse": routes.Traverse("/{y}"): pattern "/a/{x}" has no marker "y"`,
		`route "bad traverse": routes.Traverse: pattern "/{y", offset 1`,
		`route "host": pattern "https://{x}.example.com/": marker in the host`,
		`route "twice": option "header" given twice, as header="X-A" and as header="X-B": combine the values in one, or remove one`,
		`route "predicate": no such header`,
		`route "nil": <nil> is not a route option`,
	} {
		assert.Contains(t, got, want)
	}
	assert.NotContains(t, got, `route "both"`)
	assert.Regexp(t, `add_test.go:\d+: route "bad"`, got)
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
