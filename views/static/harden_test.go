package static_test

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/views/static"
)

// TestNosniff: browsers do not take a file for a script or a page whose type does not say so.
func TestNosniff(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"a.txt": text("<script>"), "a.css": text("x"), "a.js": text("x"), "a.html": text("x"), "a": text("x")}
	h := app(t, func(c *framework.Configurator) { c.AddStaticView("static", files) })
	for name, want := range map[string]string{"a.txt": "nosniff", "a": "nosniff", "a.css": "", "a.js": "", "a.html": ""} {
		assert.Equal(t, want, get(h, "/static/"+name).Header().Get("X-Content-Type-Options"), name)
	}
	assert.Equal(t, "nosniff", get(h, "/static/a.txt", "Range", "bytes=0-1").Header().Get("X-Content-Type-Options"))
}

// TestStaleCopies: a compressed copy that is older than its file is of another content.
func TestStaleCopies(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	made := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for name, at := range map[string]time.Time{
		"new.js": made, "new.js.gz": made.Add(time.Hour), "old.js": made, "old.js.gz": made.Add(-time.Hour),
		"same.js": made, "same.js.gz": made.Add(-time.Second),
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(name), 0o600))
		require.NoError(t, os.Chtimes(filepath.Join(dir, name), at, at))
	}
	h := app(t, func(c *framework.Configurator) { c.AddStaticView("static", os.DirFS(dir)) })
	for name, want := range map[string]string{"new.js": "new.js", "old.js": "old.js", "same.js": "same.js"} {
		w := get(h, "/static/"+name, "Accept-Encoding", "gzip, identity;q=0")
		if name != "old.js" {
			want += ".gz"
		}
		assert.Equal(t, want, w.Body.String())
	}
	require.NoError(t, os.Chtimes(filepath.Join(dir, "old.js.gz"), made, made))
	assert.Equal(t, "old.js.gz", get(h, "/static/old.js", "Accept-Encoding", "gzip, identity;q=0").Body.String(), "made again")
}

// TestRangesOfZip: a file that cannot be sought is read up to the range, and not kept in memory.
func TestRangesOfZip(t *testing.T) {
	t.Parallel()
	big := make([]byte, 1<<20)
	for i := range big {
		big[i] = byte(i >> 8)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.Create("big.bin")
	require.NoError(t, err)
	_, err = f.Write(big)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	archive, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	require.NoError(t, err)
	h := app(t, func(c *framework.Configurator) { c.AddStaticView("static", archive) })

	got := get(h, "/static/big.bin", "Range", "bytes=700000-700999")
	require.Equal(t, 206, got.Code)
	assert.Equal(t, big[700000:701000], got.Body.Bytes())
	got = get(h, "/static/big.bin", "Range", "bytes=10-19,700000-700009")
	require.Equal(t, 206, got.Code)
	assert.Contains(t, got.Body.String(), string(big[700000:700010]))
	assert.Equal(t, got.Header().Get("Content-Length"), strconv.Itoa(got.Body.Len()))
	got = get(h, "/static/big.bin", "Range", "bytes=700000-700009,10-19")
	assert.Equal(t, 200, got.Code, "it would have to be read twice")
	assert.True(t, bytes.Equal(big, got.Body.Bytes()))
}

// TestRedirectOfProtectedFolder: a shared cache does not keep the redirect, which others do not get.
func TestRedirectOfProtectedFolder(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"docs/index.html": text("x")}
	h := app(t, func(c *framework.Configurator) {
		c.SetSecurityPolicy(framework.NoPolicy{})
		c.AddStaticView("open", files)
		c.AddStaticView("closed", files, static.Permission("read"))
	})
	for path, want := range map[string]string{"/open/docs": "", "/closed/docs": "private"} {
		w := get(h, path)
		require.Equal(t, 301, w.Code)
		assert.Equal(t, want, w.Header().Get("Cache-Control"), path)
	}
}
