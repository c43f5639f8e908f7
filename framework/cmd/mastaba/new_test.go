package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// checkout returns the folder of this module.
func checkout(t *testing.T) string {
	t.Helper()
	dir, err := goCommand(t.Context(), "", "list", "-m", "-f", "{{.Dir}}", modulePath)
	require.NoError(t, err)
	return dir
}

// Each variant builds, passes its own tests and go vet, serves at the first try, and is short.
func TestNewApplications(t *testing.T) {
	t.Parallel()
	for _, variant := range variants {
		t.Run(variant, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "shop")
			status, stdout, stderr := command(t, "new", "example.com/shop", "--variant", variant, "--dir", dir, "--checkout", checkout(t))
			require.Zero(t, status, stderr)
			assert.Contains(t, stdout, "shop is ready")

			lines := 0
			require.NoError(t, filepath.WalkDir(dir, func(file string, d os.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return err
				}
				text, err := os.ReadFile(file)
				assert.NotContains(t, string(text), placeholder, file)
				assert.NotContains(t, string(text), secretPlaceholder, file)
				if strings.HasSuffix(file, ".go") && !strings.HasSuffix(file, "_test.go") {
					lines += bytes.Count(text, []byte("\n"))
				}
				return err
			}))
			assert.Less(t, lines, 300, "lines of Go")
			for _, file := range []string{"Dockerfile", ".dockerignore", ".gitignore", ".github/workflows/test.yml", "README.md", "shop.toml"} {
				assert.FileExists(t, filepath.Join(dir, file))
			}
			for _, args := range [][]string{{"vet", "./..."}, {"test", "./..."}, {"mod", "tidy", "-diff"}, {"build", "-o", "shop" + exe, "."}} {
				out, err := goCommand(t.Context(), dir, args...)
				require.NoError(t, err, out)
			}
			serves(t, dir, map[string]int{"tree": http.StatusOK, "api": http.StatusUnauthorized, "minimal": http.StatusOK}[variant])
		})
	}
}

var exe = map[string]string{"windows": ".exe"}[runtime.GOOS]

// serves starts the application of a folder, checks how it responds, and ends it.
func serves(t *testing.T, dir string, status int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), filepath.Join(dir, "shop"+exe), "serve", "--dev", "--set", "addr=127.0.0.1:0", "--set", "log_format=json")
	cmd.Dir = dir
	log, err := cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	var line struct{ Message, Address string }
	for lines := bufio.NewScanner(log); line.Address == "" && lines.Scan(); {
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Log(lines.Text())
		}
	}
	require.Equal(t, "serving", line.Message)
	resp, err := http.Get("http://" + line.Address)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, status, resp.StatusCode)
	assert.Equal(t, "nosniff", resp.Header.Get("X-Content-Type-Options"))
}

func TestNewApplicationRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for want, args := range map[string][]string{
		"want one NAME":                            {"new"},
		`invalid name "Shop"`:                      {"new", "Shop"},
		`invalid name "../shop"`:                   {"new", "../shop"},
		`invalid name "main"`:                      {"new", "main"},
		`unknown variant "big": want tree`:         {"new", "shop", "--variant", "big"},
		"exists already":                           {"new", "shop", "--dir", dir},
		"strings is a package of the standard lib": {"new", "strings", "--dir", filepath.Join(dir, "strings")},
	} {
		status, _, stderr := command(t, args...)
		assert.Contains(t, stderr, want)
		assert.NotZero(t, status, want)
	}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Empty(t, entries, "nothing is left of an application that was not made")
}
