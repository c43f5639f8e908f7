package routes_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/registry"

	"github.com/mastaba-go/mastaba/framework/routes"
)

func TestLiteralSegmentsAreFound(t *testing.T) {
	t.Parallel()
	var lengths, ends, numbers []string
	for n := range 70 {
		lengths = append(lengths, strings.Repeat("a", n+1))
		ends = append(ends, fmt.Sprintf("begin---%02d---the-end", n)) // the hash reads neither digit
		numbers = append(numbers, fmt.Sprint(n))
	}
	for _, tt := range []struct {
		name  string
		texts []string
	}{
		{"one", []string{"a"}},
		{"few", []string{"a", "b", "ab", "ba"}},
		{"short", []string{"a", "b", "aa", "ab", "ba", "aba", "abb", "abcd", "abcde", "é"}},
		{"of every length", lengths},
		{"with the same ends", ends},
		{"numbers", numbers},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			table := tableOf(t, func(c *registry.Config) {
				for _, text := range tt.texts {
					routes.Add(c, text, "/{x}/"+text)
				}
			})
			for _, text := range tt.texts {
				assert.Equal(t, text, matchOf(t, table, "/1/"+text).route)
				assert.Zero(t, matchOf(t, table, "/1/"+text+"-"))
				assert.Zero(t, matchOf(t, table, "/1/-"+text))
			}
			assert.Zero(t, matchOf(t, table, "/1/"))
		})
	}
}

func TestFixedPaths(t *testing.T) {
	t.Parallel()
	paths := []string{"/", "/login", "/login/", "/log", "/login/help", "/a/b/c", "/a//b", "/é"}
	table := tableOf(t, func(c *registry.Config) {
		for _, path := range paths {
			routes.Add(c, path, path)
		}
	})
	for _, path := range paths {
		assert.Equal(t, path, matchOf(t, table, path).route)
	}
	for _, path := range []string{"/logi", "/login/hel", "/a/b", "/a/b/c/d", "/a/", "/A/b/c", "/login/help/", "/a%2Fb/c"} {
		assert.Zero(t, matchOf(t, table, path), path)
	}
}
