package static_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/static"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestURLs(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"a b.css": text("x"), "deep/x.tar.gz": text("y"), "LICENSE": text("z"), "café.txt": text("")}
	h := app(t, func(c *framework.Configurator) {
		c.AddStaticView("static", files)
		c.AddStaticView("plain/files/", files, static.Plain())
		c.AddStaticView("//cdn.example.com/x", files, static.As("cdn"))
		c.AddStaticView("https://cdn.example.com", files, static.As("secure"), static.Plain())
		c.Include(func(c *framework.Configurator) error {
			c.AddStaticView("static", files, static.As("inner"), static.Plain())
			return nil
		}, framework.As("inner"), framework.RoutePrefix("/in"))
		c.AddAssets("house", files)
		c.AddStaticAssets("house", "house:deep/")
	})
	for name, want := range map[string]string{
		"static/a%2520b.css":          "/static/a%2520b.css", // no such file
		"static/a%20b.css":            "/static/a%20b.VERSION.css",
		"static/deep/x.tar.gz":        "/static/deep/x.tar.VERSION.gz",
		"static/LICENSE":              "/static/LICENSE.VERSION",
		"static/caf%C3%A9.txt":        "/static/caf%C3%A9.VERSION.txt",
		"static/deep":                 "/static/deep", // a folder
		"static/":                     "/static/",
		"static":                      "/static/",
		"plain/files/LICENSE":         "/plain/files/LICENSE",
		"cdn/LICENSE":                 "http://cdn.example.com/x/LICENSE.VERSION",
		"secure/LICENSE":              "https://cdn.example.com/LICENSE",
		"inner/LICENSE":               "/in/static/LICENSE",
		"house:deep/x.tar.gz":         "/house/x.tar.VERSION.gz",
		"house/x.tar.gz":              "/house/x.tar.VERSION.gz",
		"static/LICENSE%3Fx%23y":      "/static/LICENSE%3Fx%23y",
		"plain/files/deep/x.tar.gz":   "/plain/files/deep/x.tar.gz",
		"house:deep/gone":             "/house/gone",
		"https://cdn.example.com/a.c": "",
		"other/LICENSE":               "",
		"statics/LICENSE":             "",
		"house:LICENSE":               "",
	} {
		w := get(h, "/url?of="+name)
		if want == "" {
			assert.Equal(t, 500, w.Code, name)
			continue
		}
		assert.Equal(t, want, marked(w.Body.String()), name)
	}
	for _, name := range []string{"static/a%20b.css", "static/deep/x.tar.gz", "static/LICENSE", "house:deep/x.tar.gz", "inner/LICENSE"} {
		assert.Equal(t, 200, get(h, urlOf(t, h, name)).Code, "the URL of %s leads to it", name)
	}
}

func TestURLOptions(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"a.css": text("x")}
	c := framework.New(framework.Options{})
	c.AddStaticView("static", files, static.Plain())
	c.AddStaticView("//cdn.example.com/x", files, static.As("cdn"), static.Plain())
	c.AddCacheBuster("static", static.Query("v", "7"))
	var got []string
	c.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		for _, name := range []string{"static/a.css", "cdn/a.css"} {
			u, err := r.StaticURL(name, web.Query("q", 1), web.Anchor("x y"), web.Scheme("https"), web.Host("h"))
			if err != nil {
				return nil, err
			}
			p, err := r.StaticPath(name, web.AppURL("http://other"))
			if err != nil {
				return nil, err
			}
			raw, err := r.StaticPath(name, web.RawQuery("whole"))
			if err != nil {
				return nil, err
			}
			got = append(got, u, p, raw)
		}
		_, err := r.StaticPath("nowhere/a.css")
		assert.ErrorIs(t, err, static.ErrNoView)
		assert.ErrorContains(t, err, `static file "nowhere/a.css": no static view has such a file`)
		var urlErr *web.URLError
		assert.ErrorAs(t, err, &urlErr)
		return r.Text(""), nil
	}))
	h, err := c.App()
	require.NoError(t, err)
	require.Equal(t, 200, get(h, "/").Code)
	assert.Equal(t, []string{
		"https://h/static/a.css?q=1&v=7#x%20y", "/static/a.css?v=7", "/static/a.css?whole&v=7",
		"http://cdn.example.com/x/a.css?q=1#x%20y", "http://cdn.example.com/x/a.css", "http://cdn.example.com/x/a.css?whole",
	}, got)
}

// The order, manifests and explicit busters are in the conformance suite "assets".
func TestBusters(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	manifest := filepath.Join(dir, "m.json")
	require.NoError(t, os.WriteFile(manifest, []byte(`{"a.css": "built/a-1.css"}`), 0o600))
	files := fstest.MapFS{"a.css": text("x"), "js/a.js": text("x"), "js/deep/a.js": text("x"), "img/a.png": text("x")}
	h := app(t, func(c *framework.Configurator) {
		c.AddStaticView("static", files)
		c.AddCacheBuster("static/js", static.Query("", "one"))
		c.AddCacheBuster("static/js/deep/", static.BusterFunc(func(_ *web.Request, a *static.Asset) error {
			a.Path = "v1/" + a.Path
			return nil
		}))
		c.AddStaticView("built", files, static.As("built"))
		c.AddCacheBuster("built", static.ManifestFS(os.DirFS(dir), "m.json", static.ManifestOptions{Reload: true}))
	})
	assert.Equal(t, "/static/js/a.js?x=one", urlOf(t, h, "static/js/a.js"))
	assert.Equal(t, "/static/v1/js/deep/a.js", urlOf(t, h, "static/js/deep/a.js"))
	assert.Equal(t, "/static/img/a.VERSION.png", marked(urlOf(t, h, "static/img/a.png")))
	assert.Equal(t, "/built/built/a-1.css", urlOf(t, h, "built/a.css"))
	assert.Equal(t, "/built/img/a.png", urlOf(t, h, "built/img/a.png"))
	require.NoError(t, os.WriteFile(manifest, []byte(`{"a.css": 7}`), 0o600))
	later := time.Now().Add(time.Minute)
	require.NoError(t, os.Chtimes(manifest, later, later))
	assert.Equal(t, 500, get(h, "/url?of=built/a.css").Code, "a manifest that cannot be read is not ignored")
}

func TestPreventCacheBust(t *testing.T) {
	t.Parallel()
	c := framework.New(framework.Options{Settings: registry.Settings{"prevent_cachebust": "yes"}})
	c.AddStaticView("static", fstest.MapFS{"a.css": text("x")})
	c.AddCacheBuster("static", static.Query("", "x"))
	c.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		path, err := r.StaticPath("static/a.css")
		return r.Text(path), err
	}))
	h, err := c.App()
	require.NoError(t, err)
	assert.Equal(t, "/static/a.css", get(h, "/").Body.String())
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"a.css": text("x")}
	for name, test := range map[string]struct {
		fn   func(c *framework.Configurator)
		want string
	}{
		"nil":    {func(c *framework.Configurator) { c.AddStaticView("s", nil) }, `static view "s": nil file system`},
		"marker": {func(c *framework.Configurator) { c.AddStaticView("s/{x}", files) }, `static view "s/{x}": invalid name`},
		"twice":  {func(c *framework.Configurator) { c.AddStaticView("s", files); c.AddStaticView("s", files) }, `registered twice`},
		"same name in URLs": {func(c *framework.Configurator) {
			c.AddStaticView("s", files)
			c.AddStaticView("t", files, static.As("s"))
		}, `two static views are called "s" in URLs: give this one another name with static.As`},
		"as":               {func(c *framework.Configurator) { c.AddStaticView("s", files, static.As("a:b")) }, `static.As("a:b"): want a name without a colon`},
		"permission":       {func(c *framework.Configurator) { c.AddStaticView("s", files, static.Permission("")) }, `static.Permission(""): want a permission`},
		"no policy":        {func(c *framework.Configurator) { c.AddStaticView("s", files, static.Permission("view")) }, `no security policy`},
		"duration":         {func(c *framework.Configurator) { c.AddStaticView("s", files, static.CacheFor(-1)) }, `static.CacheFor(-1ns): negative duration`},
		"directive":        {func(c *framework.Configurator) { c.AddStaticView("s", files, static.CacheFor(time.Hour, "")) }, `empty directive`},
		"coding":           {func(c *framework.Configurator) { c.AddStaticView("s", files, static.Encodings("deflate")) }, `unknown coding`},
		"nil option":       {func(c *framework.Configurator) { c.AddStaticView("s", files, nil) }, `nil option`},
		"no assets":        {func(c *framework.Configurator) { c.AddAssets("house", files); c.AddStaticAssets("s", "huose:x") }, `no assets are called "huose": did you mean "house"?`},
		"no specification": {func(c *framework.Configurator) { c.AddStaticAssets("s", "x/y") }, `invalid specification "x/y"`},
		"nil buster":       {func(c *framework.Configurator) { c.AddCacheBuster("s", nil) }, `cache buster for "s/" is nil`},
		"no folder":        {func(c *framework.Configurator) { c.AddCacheBuster("", static.Query("", "x")) }, `cache buster without a folder`},
		"no manifest": {func(c *framework.Configurator) {
			c.AddCacheBuster("s", static.ManifestFS(files, "gone.json", static.ManifestOptions{}))
		}, `manifest "gone.json": `},
		"manifest": {func(c *framework.Configurator) {
			c.AddCacheBuster("s", static.ManifestFS(files, "a.css", static.ManifestOptions{}))
		}, `manifest "a.css": invalid character`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := framework.New(framework.Options{})
			test.fn(c)
			_, err := c.App()
			require.Error(t, err)
			assert.Contains(t, err.Error(), test.want)
			assert.Contains(t, err.Error(), "urls_test.go:", "the error names the line")
		})
	}
	_, err := registryOnly(files)
	assert.ErrorContains(t, err, "there is no router: use framework.New, or static.WithRoutes")
}

func registryOnly(files fs.FS) (*registry.Registry, error) {
	c := registry.New(registry.Options{})
	static.Add(c, "static", files)
	return c.Build()
}

// Redirects and errors never have a lifetime, files do.
func TestCacheFor(t *testing.T) {
	t.Parallel()
	h := app(t, func(c *framework.Configurator) {
		c.AddStaticView("static", fstest.MapFS{"dir/a.css": text("x")}, static.CacheFor(90*time.Second, "public"))
	})
	assert.Equal(t, "max-age=90, public", get(h, "/static/dir/a.css").Header().Get("Cache-Control"))
	tag := get(h, "/static/dir/a.css").Header().Get("Etag")
	w := get(h, "/static/dir/a.css", "If-None-Match", tag)
	assert.Equal(t, 304, w.Code)
	assert.Equal(t, "max-age=90, public", w.Header().Get("Cache-Control"))
	for path, status := range map[string]int{"/static/dir": 301, "/static/dir/": 404, "/static/gone": 404} {
		w := get(h, path)
		assert.Equal(t, status, w.Code)
		assert.Empty(t, w.Header().Get("Cache-Control"), path)
		assert.Empty(t, w.Header().Get("Expires"), path)
	}
	for _, headers := range [][]string{{"If-Match", `"x"`}, {"Range", "bytes=9-"}} {
		w := get(h, "/static/dir/a.css", headers...)
		assert.GreaterOrEqual(t, w.Code, 400)
		assert.Empty(t, w.Header().Get("Cache-Control"), headers)
		assert.Empty(t, w.Header().Get("Etag"), headers)
	}
}

// A missing file is answered by the not-found view, and files of a permission stay private.
func TestApplication(t *testing.T) {
	t.Parallel()
	h := app(t, func(c *framework.Configurator) {
		c.AddStaticView("static", fstest.MapFS{"a.css": text("x")})
		c.AddNotFoundView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			return r.Text("our own page for " + r.URL.Path), nil
		}))
	})
	w := get(h, "/static/gone")
	assert.Equal(t, 404, w.Code)
	assert.Equal(t, "our own page for /static/gone", w.Body.String())

	c := framework.New(framework.Options{Security: framework.NoPolicy{}})
	c.AddStaticView("static", fstest.MapFS{"a.css": text("x")}, static.Permission("read"))
	c.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		path, err := r.StaticPath("static/a.css")
		return r.Text(path), err
	}))
	private, err := c.App()
	require.NoError(t, err)
	w = get(private, get(private, "/").Body.String())
	assert.Equal(t, "private, max-age=31536000, immutable", w.Header().Get("Cache-Control"))
}

// No shared cache may keep a file of a permission: not under its plain name, not under an old version,
// and not by a 304. A lifetime changes nothing about that, but "public" is the application's word.
func TestPermissionKeepsFilesOutOfSharedCaches(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		options []static.Option
		want    string
	}{
		{nil, "private"},
		{[]static.Option{static.CacheFor(time.Minute)}, "private, max-age=60"},
		{[]static.Option{static.CacheFor(time.Minute, "Private")}, "max-age=60, Private"},
		{[]static.Option{static.CacheFor(0, "no-store")}, "max-age=0, no-store"},
		{[]static.Option{static.CacheFor(time.Minute, "public")}, "max-age=60, public"},
	} {
		c := framework.New(framework.Options{Security: framework.NoPolicy{}})
		c.AddStaticView("static", fstest.MapFS{"a.css": text("x")}, append(test.options, static.Permission("read"))...)
		h, err := c.App()
		require.NoError(t, err)
		w := get(h, "/static/a.css")
		assert.Equal(t, test.want, w.Header().Get("Cache-Control"))
		w = get(h, "/static/a.css", "If-None-Match", w.Header().Get("Etag"))
		assert.Equal(t, 304, w.Code)
		assert.Equal(t, test.want, w.Header().Get("Cache-Control"))
		assert.Equal(t, "private, no-cache", get(h, "/static/a.0123456789.css").Header().Get("Cache-Control"))
	}
}

// Overriding a file changes its content and version, under the same name.
func TestOverrides(t *testing.T) {
	t.Parallel()
	house := fstest.MapFS{"static/a.css": text("a{b:url(i.png)}"), "static/i.png": text("house"), "static/own.txt": text("house")}
	build := func(override bool) *framework.App {
		return app(t, func(c *framework.Configurator) {
			c.AddAssets("house", house)
			c.AddStaticAssets("static", "house:static")
			if override {
				c.OverrideAssetFS("house:static/", fstest.MapFS{"i.png": text("site"), "new.txt": text("new")}, ".")
			}
		})
	}
	plain, over := build(false), build(true)
	assert.NotEqual(t, urlOf(t, plain, "static/a.css"), urlOf(t, over, "static/a.css"), "what the sheet refers to is another")
	assert.Equal(t, "site", get(over, urlOf(t, over, "static/i.png")).Body.String())
	assert.Equal(t, "house", get(over, "/static/own.txt").Body.String())
	assert.Equal(t, "new", get(over, urlOf(t, over, "house:static/new.txt")).Body.String())
	assert.Equal(t, 404, get(plain, "/static/new.txt").Code)
}
