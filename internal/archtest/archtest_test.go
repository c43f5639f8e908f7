// Package archtest holds the picture of the house against the code: which
// package may import which. A wrong edge fails the build, so that the picture
// stays true.
package archtest

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "github.com/mastaba-go/mastaba/"

// allowed lists, for each room, what it may import of ours. Tests may in
// addition import whatever their package may, and the test kits.
var allowed = map[string][]string{
	"internal/suggest":        {},
	"internal/order":          {},
	"registry":                {},
	"traversal":               {"traversal/async"},
	"traversal/async":         {},
	"traversal/traversaltest": {"traversal", "traversal/async"},
	"views/web":               {"registry", "traversal", "traversal/async"},
	"views":                   {"internal/suggest", "views/web", "registry", "traversal", "traversal/async", "internal/order"},
	"tweens":                  {"views/web", "registry", "traversal", "traversal/async", "internal/order"},
	"tweens/oteltween":        {"tweens", "views/web", "registry"},
	"tweens/promtween":        {"tweens", "views/web", "registry"},
	"framework":               {"framework/routes", "views", "views/web", "tweens", "registry", "traversal", "traversal/async"},
	"framework/cli":           {"internal/suggest", "framework", "framework/routes", "views", "views/web", "tweens", "registry"},
	"framework/routes":        {"internal/suggest", "views/web", "registry", "traversal"},
	"framework/frameworktest": {"framework", "views/web", "views", "tweens", "registry", "traversal"},
	"internal/archtest":       {},
	"internal/conformance":    {"*"},
	"internal/testapps":       {"*"},
	"internal/testapps/...":   {"*"},
	"internal/load/bare":      {},
	"internal/load/logged":    {"framework", "framework/cli", "tweens", "views"},
	"examples/...":            {"framework", "framework/cli", "views", "views/web", "tweens", "registry", "traversal", "traversal/async"},
	"examples/hello":          {"framework", "tweens", "views"}, // the least: without the command line
}

// standardOnly are the rooms that import nothing but the standard library and ours.
var standardOnly = []string{"internal/order", "internal/suggest", "registry", "traversal", "traversal/async", "traversal/traversaltest"}

type listed struct {
	ImportPath string
	Standard   bool
	Imports    []string
}

func TestImportsPointDown(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		room := strings.TrimPrefix(p.ImportPath, module)
		may, known := rule(room)
		if !assert.True(t, known, "package %s has no rule in archtest: say what it may import", room) {
			continue
		}
		for _, imp := range p.Imports {
			below, ours := strings.CutPrefix(imp, module)
			if ours {
				assert.True(t, permits(may, below), "%s imports %s, which lies beside or above it", room, below)
			}
		}
	}
}

func TestLowerRoomsUseTheStandardLibraryAlone(t *testing.T) {
	t.Parallel()
	lower := map[string]bool{}
	for _, room := range standardOnly {
		lower[room] = true
	}
	for _, p := range packages(t) {
		if !lower[strings.TrimPrefix(p.ImportPath, module)] {
			continue
		}
		for _, imp := range p.Imports {
			first, _, _ := strings.Cut(imp, "/")
			foreign := strings.Contains(first, ".") && !strings.HasPrefix(imp, module)
			assert.False(t, foreign, "%s imports %s: the lower rooms use the standard library alone", p.ImportPath, imp)
		}
	}
}

// rule finds the imports that a room may have: its own line, or that of the
// folder above it ending in "/...".
func rule(room string) (may []string, known bool) {
	if may, known = allowed[room]; known {
		return may, true
	}
	for dir := path.Dir(room); dir != "."; dir = path.Dir(dir) {
		if may, known = allowed[dir+"/..."]; known {
			return append([]string{dir}, may...), true
		}
	}
	return nil, false
}

func permits(may []string, imported string) bool {
	for _, m := range may {
		if m == "*" || m == imported || strings.HasPrefix(imported, m+"/") && strings.HasPrefix(m, "examples") {
			return true
		}
	}
	return false
}

func packages(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Standard,Imports", module+"...")
	out, err := cmd.Output()
	require.NoError(t, err)
	var all []listed
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else {
			require.NoError(t, err)
		}
		all = append(all, p)
	}
	require.NotEmpty(t, all)
	return all
}
