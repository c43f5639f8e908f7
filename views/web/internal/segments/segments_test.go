package segments_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web/internal/segments"
)

func TestSplit(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string][]string{
		"":            {},
		"/":           {},
		"a":           {"a"},
		"/a//b/":      {"a", "b"},
		"a/./b":       {"a", "b"},
		"a/../b":      {"b"},
		"../a":        {"a"},
		"a/..":        {},
		"a\x00b/c":    {"a/b", "c"},
		"..\x00a":     {"../a"},
		"a%2Fb/ä/...": {"a%2Fb", "ä", "..."},
	} {
		assert.Equal(t, want, segments.Split(raw), "%q", raw)
		clean := segments.Clean(raw)
		assert.Equal(t, len(want) == 0, clean == nil, "%q", raw)
	}
}

func TestFolderAndSlashed(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		names   []string
		folder  string
		slashed []string
	}{
		{nil, "/", []string{""}},
		{[]string{"a"}, "/a/", []string{"", "a", ""}},
		{[]string{"a/b", "ä c"}, "/a%2Fb/%C3%A4%20c/", []string{"", "a/b", "ä c", ""}},
	} {
		assert.Equal(t, tc.folder, segments.Folder(tc.names))
		assert.Equal(t, tc.slashed, segments.Slashed(tc.names))
	}
}

// Names that a path can hold come back, joined by slashes and with their own slashes as NUL.
func FuzzSplit(f *testing.F) {
	f.Add("a", "b/c")
	f.Fuzz(func(t *testing.T, a, b string) {
		names := []string{a, b}
		var raw []string
		for _, name := range names {
			if traversal.CheckName(name) != nil {
				return
			}
			raw = append(raw, strings.ReplaceAll(name, "/", "\x00"))
		}
		if got := segments.Split(strings.Join(raw, "/")); !slices.Equal(got, names) {
			t.Fatalf("%q, want %q", got, names)
		}
	})
}
