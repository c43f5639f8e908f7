package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestImports(t *testing.T) {
	t.Parallel()
	for _, problem := range check(packages(t)) {
		t.Error(problem)
	}
}

// TestRoomsAreSmall keeps a package at a size that one can read. Lines of tests do not count.
func TestRoomsAreSmall(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		lines := 0
		for _, file := range p.GoFiles {
			code, err := os.ReadFile(filepath.Join(p.Dir, file))
			require.NoError(t, err)
			lines += bytes.Count(code, []byte("\n"))
		}
		name := strings.TrimPrefix(p.ImportPath, prefix)
		most, ok := larger[name]
		if !ok {
			most = mostLines
		}
		most = max(most, movingSize[name])
		assert.LessOrEqual(t, lines, most, "%s has too many lines: move one of its ideas into a room of its own", name)
	}
}

func packages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list",
		"-json=ImportPath,Dir,GoFiles,Imports,TestImports,XTestImports", prefix+"...").Output()
	require.NoError(t, err)
	var all []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
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
