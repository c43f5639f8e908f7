package static_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/static"
)

// app builds an application with a static view "static" and one whose body is the URL of the
// parameter "of".
func app(t *testing.T, configure func(c *framework.Configurator)) *framework.App {
	t.Helper()
	c := framework.New(framework.Options{Logger: new(frameworktest.Log).Logger()})
	c.AddRoute("url", "/url")
	c.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		path, err := r.StaticPath(r.URL.Query().Get("of"))
		if err != nil {
			return nil, err
		}
		return r.Text(path), nil
	}), views.Route("url"))
	configure(c)
	app, err := c.App()
	require.NoError(t, err)
	return app
}

func get(h http.Handler, target string, headers ...string) *httptest.ResponseRecorder {
	return do(h, http.MethodGet, target, headers...)
}

func do(h http.Handler, method, target string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func urlOf(t *testing.T, h http.Handler, name string) string {
	t.Helper()
	w := get(h, "/url?of="+name)
	require.Equal(t, 200, w.Code, w.Body.String())
	return w.Body.String()
}

func text(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }

func TestServe(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{
		"app.css":     text("a { background: url(img/a.png) } b { src: url('x.woff?#iefix') }"),
		"img/a.png":   text("png"),
		"index.html":  text("<p>root"),
		"docs/a.txt":  text("a"),
		".env":        text("secret"),
		"sub/i.html":  text("<p>sub"),
		"noext":       text("bytes"),
		"x.woff":      text("font"),
		"code.js":     text("let a"),
		"code.js.gz":  text("gz"),
		"code.js.br":  text("b"),
		"code.js.zst": text("zstdx"),
	}
	h := app(t, func(c *framework.Configurator) { c.AddStaticView("static", files) })
	url := urlOf(t, h, "static/app.css")
	assert.Regexp(t, `^/static/app\.[0-9a-f]{10}\.css$`, url)
	w := get(h, url)
	require.Equal(t, 200, w.Code)
	assert.Equal(t, "public, max-age=31536000, immutable", w.Header().Get("Cache-Control"))
	assert.Regexp(t, `^a \{ background: url\(img/a\.[0-9a-f]{10}\.png\) \} b \{ src: url\('x\.[0-9a-f]{10}\.woff\?#iefix'\) \}$`, w.Body.String())
	assert.Equal(t, "text/css; charset=utf-8", w.Header().Get("Content-Type"))
	w = get(h, "/static/app.0123456789.css")
	require.Equal(t, 200, w.Code)
	assert.Equal(t, "no-cache", w.Header().Get("Cache-Control"))
	for path, status := range map[string]int{
		"/static/": 200, "/static/docs": 301, "/static/docs/": 404, "/static/gone": 404, "/static/.env": 404, "/static": 404,
		"/static/docs%2Fa.txt": 404, "/static/../static/noext": 404, "/static/docs/../noext": 200, "/static/noext/": 200,
		"/static/docs%5Ca.txt": 404, "/static/%00": 400, "/static/gone.0123456789.css": 404,
	} {
		assert.Equal(t, status, get(h, path).Code, path)
	}
	w = get(h, "/static/code.js", "Accept-Encoding", "gzip, br")
	assert.Equal(t, "b", w.Body.String())
	assert.Equal(t, "br", w.Header().Get("Content-Encoding"))
	w = do(h, "POST", "/static/noext")
	assert.Equal(t, 405, w.Code)
	assert.Equal(t, "GET, HEAD, OPTIONS", w.Header().Get("Allow"))
	var _ static.Option = static.Plain()
}

// The place of a static view may be given with slashes, or be everything.
func TestPlaces(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"a.css": text("a"), "dir/index.html": text("dir")}
	for name, prefix := range map[string]string{"static": "/static", "/static": "/static", "static/": "/static", "a/b": "/a/b", "": "", "/": ""} {
		h := app(t, func(c *framework.Configurator) { c.AddStaticView(name, files, static.As("files")) })
		assert.Equal(t, "a", get(h, prefix+"/a.css").Body.String(), "%q", name)
		assert.Equal(t, prefix+"/a.VERSION.css", marked(urlOf(t, h, "files/a.css")), "%q", name)
		assert.Equal(t, "dir", get(h, prefix+"/dir/").Body.String(), "%q", name)
		w := get(h, prefix+"/dir?x=1&y=%2F")
		assert.Equal(t, 301, w.Code, "%q", name)
		assert.Equal(t, prefix+"/dir/?x=1&y=%2F", w.Header().Get("Location"), "%q", name)
	}
	h := app(t, func(c *framework.Configurator) { c.AddStaticView("", fstest.MapFS{"evil.example/x": text("x")}) })
	to := get(h, "http://example.com//evil.example").Header().Get("Location")
	assert.Equal(t, "/evil.example/", to, "not another host")
}

// The files of a zip archive cannot be sought.
func TestArchive(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	content := strings.Repeat("0123456789", 100_000)
	for name, s := range map[string]string{"large.txt": content, "app.css": "a{b:url(i.png)}", "i.png": "png"} {
		w, err := z.Create(name)
		require.NoError(t, err)
		_, err = io.WriteString(w, s)
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	archive, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	require.NoError(t, err)
	h := app(t, func(c *framework.Configurator) { c.AddStaticView("static", archive) })
	assert.Equal(t, content, get(h, urlOf(t, h, "static/large.txt")).Body.String())
	assert.Equal(t, "56789", get(h, "/static/large.txt", "Range", "bytes=-5").Body.String())
	assert.Equal(t, "a{b:url(i.VERSION.png)}", marked(get(h, urlOf(t, h, "static/app.css")).Body.String()))
}

// Requests at once find the same, whatever is kept of it.
func TestConcurrently(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for n := range 20 {
		require.NoError(t, os.WriteFile(filepath.Join(dir, fmt.Sprint("f", n, ".css")), []byte(fmt.Sprintf("a{b:url(f%d.css)}", (n+1)%20)), 0o600))
	}
	h := app(t, func(c *framework.Configurator) { c.AddStaticView("static", os.DirFS(dir)) })
	want := urlOf(t, h, "static/f0.css")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for n := range 40 {
				assert.Equal(t, 200, get(h, fmt.Sprintf("/static/f%d.css", n%20)).Code)
				assert.Equal(t, want, get(h, "/url?of=static/f0.css").Body.String())
			}
		})
	}
	wg.Wait()
}
