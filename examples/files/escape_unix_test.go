//go:build unix

package main

import (
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Opening a pipe without a writer would block forever.
func TestPipesAndSockets(t *testing.T) {
	t.Parallel()
	dir := tree{}.write(t)
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "README.md"), 0o644))
	link(t, "README.md", filepath.Join(dir, "link"))
	site := newSite(t, dir, false)
	app := newApp(t, site)
	for _, target := range []string{"/README.md", "/README.md/raw", "/link", "/link/raw"} {
		app.Get(target).Status(http.StatusNotFound)
	}
	assert.Contains(t, app.Get("/").Status(http.StatusOK).Body, `<span class="dead">README.md</span>`)
	_, _, err := site.open("README.md")
	assert.ErrorIs(t, err, os.ErrNotExist, "nor if it took the place of a file just now")
}
