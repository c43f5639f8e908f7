package routes_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/registry"
)

// endpoint is an endpoint of GitHub's REST API.
type endpoint struct{ method, pattern, path string }

// github returns the endpoints, each with a path that matches it.
func github(t testing.TB) []endpoint {
	t.Helper()
	text, err := os.ReadFile("testdata/github.txt")
	require.NoError(t, err)
	var all []endpoint
	for line := range strings.Lines(string(text)) {
		method, pattern, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || method == "#" {
			continue
		}
		path := strings.NewReplacer("{", "a-", "}", "", "*", "b/").Replace(pattern)
		all = append(all, endpoint{method, pattern, path})
	}
	require.Len(t, all, 219)
	return all
}

// patterns returns the distinct patterns of the endpoints.
func patterns(all []endpoint) []string {
	var list []string
	seen := map[string]bool{}
	for _, e := range all {
		if !seen[e.pattern] {
			seen[e.pattern] = true
			list = append(list, e.pattern)
		}
	}
	return list
}

func TestHTTPRouterFindsMostOfGitHub(t *testing.T) {
	t.Parallel()
	all := github(t)
	table := tableOf(t, func(c *registry.Config) {
		for _, pattern := range patterns(all) {
			routes.Add(c, pattern, pattern)
		}
	})
	shapes, inRouter, alone := routes.InRouter(table)
	t.Logf("httprouter finds %d of %d shapes, %d of them alone", inRouter, shapes, alone)
	assert.Greater(t, float64(inRouter)/float64(shapes), 0.9)
	assert.Greater(t, float64(alone)/float64(shapes), 0.75)

	for _, e := range all {
		assert.Equal(t, e.pattern, matchOf(t, table, e.path).route, e.path)
	}
	for _, path := range []string{"/nothing", "/repos/a", "/repos/a/b/nothing", "/gists/", "/repos/a/b/contents", "/users//events"} {
		assert.Zero(t, matchOf(t, table, path), path)
	}
}
