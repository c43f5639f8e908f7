package cli

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Every setting that a package documents or reads is declared, so that a program accepts it.
func TestDocumentedSettingsAreDeclared(t *testing.T) {
	declared := map[string]bool{}
	for _, s := range builtin() {
		assert.False(t, declared[s.Name], "%s is declared twice", s.Name)
		assert.NoError(t, s.check())
		declared[s.Name] = true
	}
	mention := regexp.MustCompile(`(?:[Ss]ettings? |registry\.Setting\([^,"]+, )("[a-z_.]+"(?:, "[a-z_.]+")*(?:,? and "[a-z_.]+")?)`)
	name := regexp.MustCompile(`"([a-z_.]+)"`)
	space := regexp.MustCompile(`\s*\n\s*// |\s+`)
	mentioned := map[string]bool{}
	root := os.DirFS("../..")
	require.NoError(t, fs.WalkDir(root, ".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (path == "examples" || path == "internal" || path == "framework/cli" || strings.HasPrefix(entry.Name(), ".") && path != "."):
			return fs.SkipDir
		case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		text, err := fs.ReadFile(root, path)
		for _, list := range mention.FindAllStringSubmatch(space.ReplaceAllString(string(text), " "), -1) {
			for _, found := range name.FindAllStringSubmatch(list[1], -1) {
				mentioned[found[1]] = true
				assert.True(t, declared[found[1]], "%s mentions the setting %q", path, found[1])
			}
		}
		return err
	}))
	for _, name := range []string{"async.workers", "async.queue", "async.retry_after", "prevent_http_cache", "debug_notfound"} {
		assert.True(t, mentioned[name], name)
	}
}
