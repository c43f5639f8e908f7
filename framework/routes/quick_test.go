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

// The quick search finds what the whole search finds, or leaves the path to it.
func TestQuickAgreesWithTheWholeSearch(t *testing.T) {
	t.Parallel()
	w := world{rand.New(rand.NewPCG(1, 2))}
	quick, none := 0, 0
	for range 400 {
		var patterns []string
		table := tableOf(t, func(c *registry.Config) {
			for i := range 1 + w.IntN(12) {
				var pattern strings.Builder
				for n := range 1 + w.IntN(4) {
					if n == 0 {
						pattern.WriteString("/" + w.of("a", "b", "c", "d", "e", "f", "{m}"))
						continue
					}
					pattern.WriteString("/" + w.of("a", "b", "c", "d", "e", "f", "ab", "", fmt.Sprintf("{m%d}", n), fmt.Sprintf("{m%d}", n), fmt.Sprintf("x-{m%d}", n)))
				}
				if w.IntN(8) == 0 {
					pattern.WriteString("/*rest")
				}
				patterns = append(patterns, pattern.String())
				routes.Add(c, fmt.Sprint(i), pattern.String())
			}
		})
		for range 50 {
			var path strings.Builder
			for range 1 + w.IntN(5) {
				path.WriteString("/" + w.of("a", "b", "c", "d", "e", "f", "ab", "", "z", "é", "x-1"))
			}
			want := table.Whole(path.String())
			got, sure := table.Quick(path.String())
			if !sure {
				continue
			}
			if quick++; got == nil {
				none++
			}
			require.Equal(t, want, got, "%s in %q", path.String(), patterns)
		}
	}
	assert.Greater(t, quick-none, 500, "it finds some")
	assert.Greater(t, none, 5000, "and is sure of many others")
}

func TestQuickLeavesToTheWholeSearch(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		patterns []string
		path     string
		quick    bool
	}{
		"a literal before a marker":        {[]string{"/a/b", "/a/{m}"}, "/a/b", true},
		"a marker beside a literal":        {[]string{"/a/b", "/a/{m}"}, "/a/c", true},
		"a marker before a literal":        {[]string{"/a/{m}", "/a/b"}, "/a/b", false},
		"a literal that leads nowhere":     {[]string{"/a/b/c", "/a/{m}/d"}, "/a/b/d", false},
		"a star after":                     {[]string{"/a/{m}", "/a/*rest"}, "/a/c", true},
		"a star before":                    {[]string{"/a/*rest", "/a/{m}"}, "/a/c", false},
		"an empty segment":                 {[]string{"/a/{m}"}, "/a/", false},
		"an expression":                    {[]string{`/a/{m:\d+}`}, "/a/1", false},
		"two routes of one shape":          {[]string{`/a/{m:\d+}`, "/a/{m}"}, "/a/1", false},
		"not ASCII":                        {[]string{"/a/{m}"}, "/a/é", false},
		"NUL":                              {[]string{"/a/{m}"}, "/a/\x00", false},
		"as many markers as a request has": {[]string{"/{a}/{b}/{c}/{d}/{e}/{f}"}, "/1/2/3/4/5/6", true},
		"more markers":                     {[]string{"/{a}/{b}/{c}/{d}/{e}/{f}/{g}"}, "/1/2/3/4/5/6/7", false},
		"many literals":                    {[]string{"/a", "/b", "/c", "/d", "/e", "/f", "/{m}/x"}, "/g/x", true},
		"an empty path":                    {[]string{"/a"}, "", false},
		"no literal":                       {[]string{"/a/b", "/b/{m}"}, "/c/d", true},
		"no literal, not ASCII":            {[]string{"/a/b", "/b/{m}"}, "/c/é", false},
		"the end within a pattern":         {[]string{"/a/b/c"}, "/a/b", true},
		"the end before a star":            {[]string{"/a/*rest"}, "/a", true},
		"past a star":                      {[]string{"/*rest", "/a/b"}, "/a/c", false},
		"no literal beside a marker":       {[]string{"/a/b/c", "/{m}/d"}, "/a/d", false},
	} {
		table := tableOf(t, func(c *registry.Config) {
			for i, pattern := range tc.patterns {
				routes.Add(c, fmt.Sprint(i), pattern)
			}
		})
		got, sure := table.Quick(tc.path)
		require.Equal(t, tc.quick, sure, name)
		if tc.quick {
			assert.Equal(t, table.Whole(tc.path), got, name)
		}
	}
}
