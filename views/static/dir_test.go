package static_test

import (
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/views/assets"
	"github.com/mastaba-go/mastaba/views/static"
)

// Embedded files are read from their folder in development alone.
func TestDir(t *testing.T) {
	t.Parallel()
	embedded := fstest.MapFS{"app.css": {Data: []byte("old")}}
	dir := t.TempDir()
	file := filepath.Join(dir, "app.css")
	require.NoError(t, os.WriteFile(file, []byte("new"), 0o600))
	serve := func(dir string, development bool) *framework.App {
		return app(t, func(c *framework.Configurator) {
			c.AddStaticView("static", embedded, static.Dir(dir))
			if development {
				c.SetDevelopment()
			}
		})
	}
	assert.Equal(t, "old", get(serve(dir, false), "/static/app.css").Body.String())
	assert.Equal(t, "old", get(serve(filepath.Join(dir, "no"), true), "/static/app.css").Body.String(), "elsewhere there is no such folder")

	live := serve(dir, true)
	assert.Equal(t, "new", get(live, "/static/app.css").Body.String())
	before := urlOf(t, live, "static/app.css")
	require.NoError(t, os.WriteFile(file, []byte("newer"), 0o600))
	assert.Equal(t, "newer", get(live, "/static/app.css").Body.String())
	assert.NotEqual(t, before, urlOf(t, live, "static/app.css"))
	assert.Equal(t, []string{dir}, assets.LiveFolders(live.Registry()))
	assert.Empty(t, assets.LiveFolders(serve(dir, false).Registry()))
}
