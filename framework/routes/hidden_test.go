package routes_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/registry"
)

// hidden adds a route for each pattern, whose name is its number and whose line is too. It returns
// the names of those that the build warns of.
func hidden(t testing.TB, patterns []string, options ...[]routes.Option) (names []string, table *routes.Table) {
	t.Helper()
	c := registry.New(registry.Options{})
	for i, pattern := range patterns {
		var o []routes.Option
		if i < len(options) {
			o = options[i]
		}
		routes.Add(c.At(registry.Source{File: "app.go", Line: i + 1}), fmt.Sprint(i+1), pattern, o...)
	}
	reg, err := c.Build()
	require.NoError(t, err)
	for _, w := range reg.Warnings() {
		name, rest, _ := strings.Cut(strings.TrimPrefix(w.Text, `route "`), `"`)
		if strings.HasPrefix(rest, " matches no request") {
			names = append(names, name)
		}
	}
	return names, routes.TableOf(reg)
}

func TestHiddenRoutes(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		patterns []string
		options  [][]routes.Option
		want     []string
	}{
		"the same":                 {[]string{"/a/{x}", "/a/{y}"}, nil, []string{"2"}},
		"the same expression":      {[]string{`/a/{x:\d+}.html`, `/a/{y:\d+}.html`}, nil, []string{"2"}},
		"another expression":       {[]string{`/a/{x:\d+}`, `/a/{x:\w+}`}, nil, nil},
		"a fixed path":             {[]string{"/users/{id}", "/users/new"}, nil, []string{"2"}},
		"a fixed path, expression": {[]string{`/users/{id:\w+}`, "/users/new", "/users/a-b"}, nil, []string{"2"}},
		"a fixed path first":       {[]string{"/users/new", "/users/{id}"}, nil, nil},
		"an expression":            {[]string{"/users/{id}", `/users/{id:\d+}`, "/users/{id}.html", "/users/{a}-{b}"}, nil, []string{"2", "3", "4"}},
		"empty segments":           {[]string{"/users/{id}", `/users/{id:\d*}`, "/users/"}, nil, []string{"3"}},
		"a star":                   {[]string{"/a/*rest", "/a", "/a/", "/a/b/{c}", "/a/{b}/*c", `/a/{x:.*}`, "/b/*rest"}, nil, []string{"3", "4", "5", "6"}},
		"a star for everything":    {[]string{"*path", "/", "/a/{b}"}, nil, []string{"2", "3"}},
		"a star in part":           {[]string{"/a/b*rest", "/a/c", "/a/bc"}, nil, []string{"3"}},
		"several markers":          {[]string{"/{a}/b/{c}", "/x/b/{c}", "/x/{b}/c", "/x/b/c"}, nil, []string{"2", "4"}},
		"looking around":           {[]string{`/a/{x:\bb}`, `/a/{x:\bb}`, "/a/{y}"}, nil, []string{"2"}},
		"an earlier predicate":     {[]string{"/a", "/a"}, [][]routes.Option{{header("X")}}, nil},
		"a later predicate":        {[]string{"/a", "/a"}, [][]routes.Option{nil, {header("X")}}, []string{"2"}},
		"the same predicate":       {[]string{"/a/{x}", "/a/b"}, [][]routes.Option{{header("X")}, {header("X"), routes.GlobalViews()}}, []string{"2"}},
		"another predicate":        {[]string{"/a/{x}", "/a/b"}, [][]routes.Option{{header("X")}, {header("Y")}}, nil},
		"generate only":            {[]string{"/a", "/a"}, [][]routes.Option{nil, {routes.GenerateOnly()}}, nil},
		"old style":                {[]string{"/a/:x", "/a/{y}"}, nil, []string{"2"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, _ := hidden(t, tt.patterns, tt.options...)
			assert.Equal(t, tt.want, got)
		})
	}
	t.Run("text", func(t *testing.T) {
		t.Parallel()
		c := registry.New(registry.Options{})
		routes.Add(c.At(registry.Source{File: "app.go", Line: 1}), "user", "/users/{id}")
		routes.Add(c.At(registry.Source{File: "app.go", Line: 2}), "new", "/users/new")
		reg, err := c.Build()
		require.NoError(t, err)
		require.Len(t, reg.Warnings(), 1)
		assert.Equal(t, `app.go:2: route "new" matches no request: route "user" (app.go:1) is tried before it, and its pattern "/users/{id}" matches every path that "/users/new" does: `+
			`register it first, narrow the other pattern, or add routes.GenerateOnly() if it only generates URLs`, reg.Warnings()[0].String())
	})
}

// TestHiddenRoutesMatchNothing: no path leads to a route that a build warns of.
func TestHiddenRoutesMatchNothing(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	pick := func(of ...string) string { return of[random.IntN(len(of))] }
	warned := 0
	for range 300 {
		var patterns []string
		for range 6 {
			pattern := pick("/a", "/{m}")
			for i := range 1 + random.IntN(3) {
				pattern += "/" + pick("a", "b", fmt.Sprintf("{m%d}", i), fmt.Sprintf(`{m%d:\d*}`, i), fmt.Sprintf("{m%d:[ab]+}", i), fmt.Sprintf("a{m%d}", i), fmt.Sprintf("{m%d}b", i), "")
			}
			patterns = append(patterns, pattern+pick("", "", "", "/*rest", "*rest"))
		}
		names, table := hidden(t, patterns)
		warned += len(names)
		for range 60 {
			path := ""
			for range 1 + random.IntN(4) {
				path += "/" + pick("", "a", "b", "ab", "1", "a%2Fb", "c")
			}
			if route := matchOf(t, table, path).route; route != "" {
				assert.NotContains(t, names, route, "%q leads to a route of %q", path, patterns)
			}
		}
	}
	assert.Greater(t, warned, 100)
}
