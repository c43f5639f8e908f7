package static_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/views/static"
)

var versions = regexp.MustCompile(`\.[0-9a-f]{10}\b`)

// marked returns text with VERSION in place of each version.
func marked(s string) string { return versions.ReplaceAllString(s, ".VERSION") }

func TestReferencesFollow(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ sheet, want string }{
		"bare":               {`a{b:url(img/a.png)}`, `a{b:url(img/a.VERSION.png)}`},
		"spaces":             {"a{b:url(  img/a.png\n)}", "a{b:url(  img/a.VERSION.png\n)}"},
		"quotes":             {`a{b:url("img/a.png") url('img/a.png')}`, `a{b:url("img/a.VERSION.png") url('img/a.VERSION.png')}`},
		"capitals":           {`a{b:URL(img/a.png)}`, `a{b:URL(img/a.VERSION.png)}`},
		"import":             {`@import "b.css"; @IMPORT 'b.css' print;`, `@import "b.VERSION.css"; @IMPORT 'b.VERSION.css' print;`},
		"import url":         {`@import url(b.css) screen;`, `@import url(b.VERSION.css) screen;`},
		"upwards":            {`a{b:url(../css/img/a.png)}`, `a{b:url(../css/img/a.VERSION.png)}`},
		"dot":                {`a{b:url(./img/a.png)}`, `a{b:url(./img/a.VERSION.png)}`},
		"query and fragment": {`a{b:url(f.woff?#iefix),url(f.woff#x)}`, `a{b:url(f.VERSION.woff?#iefix),url(f.VERSION.woff#x)}`},
		"escaped path":       {`a{b:url(a%20b.png)}`, `a{b:url(a%20b.VERSION.png)}`},
		"without extension":  {`a{b:url(noext)}`, `a{b:url(noext.VERSION)}`},

		"missing":             {`a{b:url(gone.png)}`, `a{b:url(gone.png)}`},
		"outside":             {`a{b:url(../../css/img/a.png)}`, `a{b:url(../../css/img/a.png)}`},
		"folder":              {`a{b:url(img/)}`, `a{b:url(img/)}`},
		"absolute":            {`a{b:url(/static/css/img/a.png)}`, `a{b:url(/static/css/img/a.png)}`},
		"scheme":              {`a{b:url(data:image/png,img/a.png)}`, `a{b:url(data:image/png,img/a.png)}`},
		"host":                {`a{b:url(//cdn/img/a.png)}`, `a{b:url(//cdn/img/a.png)}`},
		"fragment":            {`a{b:url(#img/a.png)}`, `a{b:url(#img/a.png)}`},
		"empty":               {`a{b:url()}`, `a{b:url()}`},
		"comment":             {`/* url(img/a.png) @import "b.css" */`, `/* url(img/a.png) @import "b.css" */`},
		"string":              {`a{content:"url(img/a.png)"}`, `a{content:"url(img/a.png)"}`},
		"string with quote":   {`a{content:"\"";b:url(img/a.png)}`, `a{content:"\"";b:url(img/a.VERSION.png)}`},
		"other function":      {`a{b:myurl(img/a.png) -url(img/a.png)}`, `a{b:myurl(img/a.png) -url(img/a.png)}`},
		"string after import": {`@import url(b.css); a{content:"b.css"}`, `@import url(b.VERSION.css); a{content:"b.css"}`},
		"import without end":  {`@import "b.css`, `@import "b.css`},
		"url without end":     {`a{b:url(img/a.png`, `a{b:url(img/a.png`},
		"comment without end": {`/* url(img/a.png)`, `/* url(img/a.png)`},
		"escape in url":       {`a{b:url(img/\61.png)}`, `a{b:url(img/\61.png)}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := fstest.MapFS{
				"css/a.css": text(test.sheet), "css/b.css": text("b"), "css/img/a.png": text("png"), "css/f.woff": text("font"),
				"css/a b.png": text("png"), "css/noext": text("x"),
			}
			h := app(t, func(c *framework.Configurator) { c.AddStaticView("static", files) })
			assert.Equal(t, test.want, marked(get(h, "/static/css/a.css").Body.String()))
			plain := app(t, func(c *framework.Configurator) { c.AddStaticView("static", files, static.Plain()) })
			assert.Equal(t, test.sheet, get(plain, "/static/css/a.css").Body.String())
		})
	}
}

// Every reference in a sheet leads to a file under the version that it has.
func TestReferencesLeadSomewhere(t *testing.T) {
	t.Parallel()
	h := app(t, func(c *framework.Configurator) {
		c.AddStaticView("static", fstest.MapFS{
			"a.css": text(`@import "deep/b.css"; a{b:url("img/a%20b.png?x#y")}`), "deep/b.css": text(`@import "../a.css"; a{b:url(../img/a%20b.png)}`),
			"img/a b.png": text("png"),
		})
	})
	body := get(h, urlOf(t, h, "static/a.css")).Body.String()
	assert.Equal(t, `@import "deep/b.VERSION.css"; a{b:url("img/a%20b.VERSION.png?x#y")}`, marked(body))
	for _, m := range regexp.MustCompile(`(?:deep|img)/[^"?]+`).FindAllString(body, -1) {
		w := get(h, "/static/"+m)
		require.Equal(t, 200, w.Code, m)
		assert.Contains(t, w.Header().Get("Cache-Control"), "immutable", m)
	}
	w := get(h, urlOf(t, h, "static/deep/b.css"))
	assert.Equal(t, `@import "../a.VERSION.css"; a{b:url(../img/a%20b.VERSION.png)}`, marked(w.Body.String()), "a cycle")
}

// The version of a sheet depends on everything that can be reached from it, through cycles too, and
// on nothing else.
func TestVersionFollowsReferences(t *testing.T) {
	t.Parallel()
	version := func(change string) string {
		files := fstest.MapFS{
			"a.css": text(`@import "b.css";`), "b.css": text(`@import "a.css"; @import "c.css";`), "c.css": text(`a{b:url(i.png)}`),
			"i.png": text("png"), "other.css": text(""),
		}
		if change != "" {
			files[change] = text(string(files[change].Data) + " ")
		}
		h := app(t, func(c *framework.Configurator) { c.AddStaticView("static", files) })
		return urlOf(t, h, "static/a.css")
	}
	first := version("")
	assert.Equal(t, first, version(""), "the same in each application")
	assert.Equal(t, first, version("other.css"))
	for _, file := range []string{"a.css", "b.css", "c.css", "i.png"} {
		assert.NotEqual(t, first, version(file), file)
	}
}

// A file on the disk that changes, comes or goes is noticed at once.
func TestChangesOnDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, content string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
	}
	settle := func() { // as if the files had been there for a while
		old := time.Now().Add(-time.Hour)
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		for _, e := range entries {
			require.NoError(t, os.Chtimes(filepath.Join(dir, e.Name()), old, old))
		}
	}
	write("a.css", "a{b:url(i.png)}")
	write("note.txt", "one")
	settle()
	h := app(t, func(c *framework.Configurator) { c.AddStaticView("static", os.DirFS(dir)) })
	first := urlOf(t, h, "static/a.css")
	assert.Equal(t, "a{b:url(i.png)}", get(h, first).Body.String(), "nothing to refer to")
	write("i.png", "png")
	second := urlOf(t, h, "static/a.css")
	assert.NotEqual(t, first, second)
	assert.Equal(t, "a{b:url(i.VERSION.png)}", marked(get(h, second).Body.String()))
	write("i.png", "PNG")
	third := urlOf(t, h, "static/a.css")
	assert.NotEqual(t, second, third, "as long as before")
	w := get(h, second)
	assert.Equal(t, get(h, third).Body.String(), w.Body.String(), "an old version gets what there is")
	assert.Equal(t, "no-cache", w.Header().Get("Cache-Control"))

	for n := range 5 { // of one length, in quick succession
		content := fmt.Sprint("note", n)
		write("note.txt", content)
		w := get(h, "/static/note.txt")
		assert.Equal(t, content, w.Body.String())
		assert.Equal(t, hashTag(content), w.Header().Get("Etag"))
	}
	for n := range 5 { // too large to be kept
		content := strings.Repeat(fmt.Sprint(n), 300<<10)
		write("large.txt", content)
		if n > 0 {
			settle()
		}
		assert.Equal(t, content, get(h, "/static/large.txt").Body.String())
		assert.Equal(t, content[:5], get(h, "/static/large.txt", "Range", "bytes=0-4").Body.String())
		assert.Equal(t, "/static/large.VERSION.txt", marked(urlOf(t, h, "static/large.txt")))
		assert.Equal(t, content, get(h, urlOf(t, h, "static/large.txt")).Body.String())
	}
	assert.Equal(t, 404, get(h, "/static/").Code)
	write("index.html", "index")
	assert.Equal(t, "index", get(h, "/static/").Body.String())
	require.NoError(t, os.Mkdir(filepath.Join(dir, "sub"), 0o700))
	assert.Equal(t, 301, get(h, "/static/sub").Code)
	assert.Equal(t, 404, get(h, "/static/sub/").Code)
	write("sub/index.html", "below")
	assert.Equal(t, "below", get(h, "/static/sub/").Body.String())
	assert.Equal(t, 404, get(h, "/static/gone/gone.txt").Code)
	write("note.txt.gz", "gz")
	w = get(h, "/static/note.txt", "Accept-Encoding", "gzip")
	assert.Equal(t, "gz", w.Body.String())
	require.NoError(t, os.Remove(filepath.Join(dir, "note.txt.gz")))
	assert.Equal(t, "note4", get(h, "/static/note.txt", "Accept-Encoding", "gzip").Body.String())
	require.NoError(t, os.Remove(filepath.Join(dir, "note.txt")))
	assert.Equal(t, 404, get(h, "/static/note.txt").Code)
	assert.Equal(t, "/static/note.txt", urlOf(t, h, "static/note.txt"), "without a file there is no version")
}

// A sheet whose references have versions differs from the compressed copies beside it, so it is
// compressed anew.
func TestCompressedSheet(t *testing.T) {
	t.Parallel()
	sheet := "a{b:url(i.png)}" + strings.Repeat("/* long */", 100)
	h := app(t, func(c *framework.Configurator) {
		c.AddStaticView("static", fstest.MapFS{"a.css": text(sheet), "a.css.br": text("old"), "i.png": text("png"), "b.css": text(sheet)})
	})
	w := get(h, "/static/a.css", "Accept-Encoding", "gzip, br")
	require.Equal(t, "gzip", w.Header().Get("Content-Encoding"))
	plain, err := decode("gzip", w.Body.Bytes())
	require.NoError(t, err)
	assert.Equal(t, marked(plain), strings.Replace(sheet, "i.png", "i.VERSION.png", 1))
	assert.Equal(t, get(h, "/static/a.css").Body.String(), plain)
	assert.Empty(t, get(h, "/static/b.css", "Accept-Encoding", "gzip, br").Header().Get("Content-Encoding"), "without a copy there is none")
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	sheet := fstest.MapFS{"css/a.css": text("a{b:url(gone.png)}")}
	for name, test := range map[string]struct {
		fn   func(c *framework.Configurator)
		want string
	}{
		"reference": {func(c *framework.Configurator) { c.AddStaticView("static", sheet) }, "style sheet css/a.css refers to css/gone.png, which does not exist"},
		"reference of assets": {func(c *framework.Configurator) {
			c.AddAssets("house", sheet)
			c.AddStaticAssets("static", "house:css")
		}, "style sheet a.css refers to gone.png, which does not exist"},
		"folder": {func(c *framework.Configurator) { c.AddStaticView("static", os.DirFS("gone")) }, "the folder of a static view does not exist: gone/"},
		"folder of assets": {func(c *framework.Configurator) {
			c.AddAssets("house", sheet)
			c.AddStaticAssets("static", "house:ccs")
		}, "the folder of a static view does not exist: house:ccs/"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			warnings := app(t, test.fn).Registry().Warnings()
			require.Len(t, warnings, 1)
			assert.Contains(t, warnings[0].String(), test.want)
			assert.Contains(t, warnings[0].String(), "style_test.go:")
		})
	}
}

// The scanner never panics, what it does not touch stays as it is, and without the versions the
// sheet is what it was.
func FuzzStyle(f *testing.F) {
	for _, s := range []string{`a{b:url(i.png)}`, `@import "i.png";`, "url('i.png", `\`, `/*`, `url("i.png"`, "@import url( i.png )x", `u\rl(i.png)`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, sheet string) {
		if versions.MatchString(sheet) {
			t.Skip()
		}
		h := app(t, func(c *framework.Configurator) {
			c.AddStaticView("static", fstest.MapFS{"a.css": text(sheet), "i.png": text("png")})
		})
		got := get(h, "/static/a.css")
		require.Equal(t, 200, got.Code)
		if !strings.Contains(sheet, "%") { // with it, the name of a file may be spelt anew
			assert.Equal(t, sheet, versions.ReplaceAllString(got.Body.String(), ""))
		}
	})
}
