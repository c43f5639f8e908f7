package routes_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
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
