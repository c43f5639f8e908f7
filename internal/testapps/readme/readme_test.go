// Package readme builds the programs of README.md as they stand there.
package readme

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const root = "../../.."

func TestProgramsBuild(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	require.NoError(t, err)
	programs := 0
	for block := range strings.SplitSeq(string(readme), "```go\n") {
		code, _, _ := strings.Cut(block, "\n```")
		if !strings.HasPrefix(code, "package main") {
			continue
		}
		programs++
		t.Run(fmt.Sprint("program ", programs), func(t *testing.T) {
			t.Parallel()
			build(t, code+"\n")
		})
	}
	assert.GreaterOrEqual(t, programs, 2, "programs in the README")
}

// build vets and builds code in the place of a program of the module, without
// writing it there, and checks that gofmt leaves it alone.
func build(t *testing.T, code string) {
	t.Helper()
	dir := t.TempDir()
	source, overlay := filepath.Join(dir, "main.go"), filepath.Join(dir, "overlay.json")
	require.NoError(t, os.WriteFile(source, []byte(code), 0o600))
	module, err := filepath.Abs(root)
	require.NoError(t, err)
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {
		filepath.Join(module, "examples", "hello", "main.go"): source,
	}})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(overlay, replace, 0o600))

	changed, err := exec.CommandContext(t.Context(), "gofmt", "-l", source).CombinedOutput()
	require.NoError(t, err, "%s", changed)
	assert.Empty(t, string(changed), "gofmt would change it")
	for _, arguments := range [][]string{
		{"vet", "-overlay", overlay, "./examples/hello"},
		{"build", "-overlay", overlay, "-o", filepath.Join(dir, "program"), "./examples/hello"},
	} {
		cmd := exec.CommandContext(t.Context(), "go", arguments...)
		cmd.Dir = module
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "go %s:\n%s", arguments[0], out)
	}
}
