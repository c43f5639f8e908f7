package static_test

import (
	"net/http"
	"net/http/httptest"
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
