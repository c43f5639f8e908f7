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
	"github.com/mastaba-go/mastaba/views/web"
)

func TestIndexMatchesTheModel(t *testing.T) {
	t.Parallel()
	tables, matches := 800, 0
	if testing.Short() {
		tables = 200
	}
	for seed := range tables {
		w := world{rand.New(rand.NewPCG(uint64(seed), 3))}
		matches += compareWithModel(t, w, 1+w.IntN(30), 60)
	}
	assert.Greater(t, matches, tables*20, "most paths must match")
}

func TestLargeIndexMatchesTheModel(t *testing.T) {
	t.Parallel()
	for seed := range 3 {
		w := world{rand.New(rand.NewPCG(uint64(seed), 4))}
		compareWithModel(t, w, 1500, 50)
	}
}

// compareWithModel compares a random table of up to count routes with its model on random paths,
// and returns the number of matches.
func compareWithModel(t *testing.T, w world, count, paths int) (matches int) {
	t.Helper()
	var model []plainRoute
	var got []found // by the predicates, which do not hold, so that all routes are tried
	record := web.NewPredicate("record", "", func(r *web.Request) (bool, error) {
		got = append(got, found{r.Match().Route, r.Match().Params()})
		return false, nil
	})
	var patterns []string
	table := tableOf(t, func(c *registry.Config) {
		for i := range count {
			pattern := w.pattern()
			if _, err := routes.Parse(pattern); err != nil || strings.HasPrefix(pattern, "//") {
				continue // some never match, and two leading slashes are a host
			}
			name := fmt.Sprintf("r%d", i)
			patterns = append(patterns, name+" "+pattern)
			routes.Add(c, name, pattern, record)
			model = append(model, plainRouteOf(name, pattern))
		}
	})
	for range paths {
		escaped, decoded := w.path()
		var want []found
		for _, p := range model {
			if f, ok := p.match(decoded); ok {
				want = append(want, f)
			}
		}
		got = nil
		route, err := table.Match(request(escaped))
		require.NoError(t, err)
		require.Nil(t, route)
		require.Equal(t, want, got, "path %q of\n%s", escaped, strings.Join(patterns, "\n"))
		require.Equal(t, len(want) > 0, table.MatchesPath(escaped))
		matches += len(want)
	}
	return matches
}
