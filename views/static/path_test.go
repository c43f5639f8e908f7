package static_test

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
)

// watched is a folder that notes the names that are opened.
type watched struct {
	fs.FS
	names *[]string
}

func (w watched) Open(name string) (fs.File, error) {
	*w.names = append(*w.names, name)
	return w.FS.Open(name)
}

// Whatever the path, only files of the folder are sent, no hidden one, and nothing is a server
// error. The file system is never asked for an invalid name.
func FuzzPath(f *testing.F) {
	for _, p := range []string{
		"a.txt", "sub/", "sub", "..%2fsecret.txt", "../secret.txt", "%2e%2e/secret.txt", "sub/..%5c..%5csecret.txt", "sub%00", ".hidden", "sub/.git/x",
		"a.txt/", "//a.txt", "a.0123456789.txt", ".well-known/x", "a.txt.gz", "sub//../a.txt", "C:/x", "\\\\host\\x", "a.txt::$DATA", strings.Repeat("x", 300), "%",
	} {
		f.Add(p)
	}
	root := f.TempDir()
	dir := filepath.Join(root, "public")
	for name, content := range map[string]string{
		"secret.txt": "secret", ".hidden": "secret", "public/.env": "secret", "public/.git/x": "secret", "public/sub/.x/y": "secret", "public-2/x": "secret",
		"public/a.txt": "public", "public/sub/index.html": "public", "public/.well-known/x": "public", "public/s p.css": "public",
	} {
		file := filepath.Join(root, name)
		require.NoError(f, os.MkdirAll(filepath.Dir(file), 0o700))
		require.NoError(f, os.WriteFile(file, []byte(content), 0o600))
	}
	require.NoError(f, os.Symlink(filepath.Join(root, "secret.txt"), filepath.Join(dir, "link")))
	opened, err := os.OpenRoot(dir) // unlike os.DirFS, it does not follow the link
	require.NoError(f, err)
	f.Cleanup(func() { assert.NoError(f, opened.Close()) })
	var asked []string
	config := framework.New(framework.Options{})
	config.AddStaticView("static", watched{opened.FS(), &asked})
	h, err := config.App()
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, p string) {
		plain, err := url.PathUnescape(p)
		if err != nil {
			t.Skip()
		}
		asked = nil
		r := httptest.NewRequest(http.MethodGet, "/static/x", nil)
		r.URL = &url.URL{Path: "/static/" + plain, RawPath: "/static/" + p}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		switch w.Code {
		case 200:
			assert.Equal(t, "public", w.Body.String())
		case 301:
			to := w.Header().Get("Location")
			assert.True(t, strings.HasPrefix(to, "/static/") && strings.HasSuffix(to, "/") && !strings.Contains(to, "//"), to)
		case 400, 404:
		default:
			t.Errorf("status %d", w.Code)
		}
		for _, name := range asked {
			assert.True(t, fs.ValidPath(name), "asked for %q", name)
			assert.NotContains(t, name, "\\")
		}
	})
}

func TestSymbolicLinks(t *testing.T) {
	t.Parallel()
	dir, outside := t.TempDir(), filepath.Join(t.TempDir(), "x.txt")
	require.NoError(t, os.WriteFile(outside, []byte("outside"), 0o600))
	require.NoError(t, os.Symlink(outside, filepath.Join(dir, "link.txt")))
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, root.Close()) })
	h := app(t, func(c *framework.Configurator) {
		c.AddStaticView("open", os.DirFS(dir))
		c.AddStaticView("closed", root.FS())
	})
	assert.Equal(t, "outside", get(h, "/open/link.txt").Body.String())
	assert.Equal(t, 404, get(h, "/closed/link.txt").Code)
}
