package readme

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestFirstHourIsShort counts what the README tells a newcomer to read before the first page, form
// and test: its own first part, and the package comments it names.
func TestFirstHourIsShort(t *testing.T) {
	t.Parallel()
	const most = 3000
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	require.NoError(t, err)
	text, _, found := strings.Cut(string(readme), "\n## Where to go next\n")
	require.True(t, found)
	words := len(strings.Fields(text))
	t.Logf("README.md: %d words", words)
	packages := regexp.MustCompile("`go doc \\./([a-z/]+)`").FindAllStringSubmatch(text, -1)
	require.Len(t, packages, 4)
	for _, p := range packages {
		doc, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(p[1]), "doc.go"))
		require.NoError(t, err)
		n := len(strings.Fields(string(doc)))
		t.Logf("%s/doc.go: %d words", p[1], n)
		words += n
	}
	assert.Less(t, words, most)
}
