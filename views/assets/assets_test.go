package assets_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/assets"
)

func Example() {
	house := fstest.MapFS{
		"templates/page.html": {Data: []byte("the page of the house")},
		"templates/menu.html": {Data: []byte("the menu of the house")},
	}
	site := fstest.MapFS{"pages/page.html": {Data: []byte("our own page")}}

	config := registry.New(registry.Options{})
	assets.Add(config, "house", house)
	assets.OverrideFS(config, "house:templates/", site, "pages")
	reg, err := config.Build()
	if err != nil {
		fmt.Println(err)
		return
	}
	templates, err := assets.Of(reg).FS("house:templates")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range []string{"page.html", "menu.html"} {
		text, err := fs.ReadFile(templates, name)
		fmt.Println(string(text), err)
	}
	// Output:
	// our own page <nil>
	// the menu of the house <nil>
}

// files makes a file system of files whose text is "NAME PATH".
func files(name string, paths ...string) fstest.MapFS {
	m := fstest.MapFS{}
	for _, p := range paths {
		m[p] = &fstest.MapFile{Data: []byte(name + " " + p)}
	}
	return m
}

func build(t *testing.T, fn func(c *registry.Config)) *assets.Assets {
	t.Helper()
	c := registry.New(registry.Options{})
	fn(c)
	reg, err := c.Build()
	require.NoError(t, err)
	return assets.Of(reg)
}

func TestFindOrder(t *testing.T) {
	t.Parallel()
	a := build(t, func(c *registry.Config) {
		c.Include("late", func(c *registry.Config) error { // nearness does not count, the order does
			assets.Override(c, "app:static/", "first:")
			return nil
		})
		assets.Add(c, "app", files("app", "static/a.css", "static/b.css", "static/c/d.css", "readme.txt"))
		assets.Add(c, "first", files("first", "a.css", "b.css", "new/x.css"))
		assets.Add(c, "second", files("second", "s/b.css", "s/c", "text"))
		assets.Add(c, "third", files("third", "s/b.css"))
		assets.Override(c, "app:static/", "second:s/")
		assets.Override(c, "app:readme.txt", "second:text")
		assets.Override(c, "second:s/", "third:s/")
	})
	for spec, want := range map[string]string{
		"app:static/a.css":   "first:a.css",
		"app:static/b.css":   "third:s/b.css", // the later override, and then the override of its package
		"app:static/c":       "second:s/c",    // a file in place of a folder
		"app:static/c/d.css": "app:static/c/d.css",
		"app:static/c/":      "app:static/c", // not the file
		"app:static/new":     "first:new",
		"app:static":         "app:static", // not covered by an override of static/
		"app:static/":        "third:s",
		"app:readme.txt":     "second:text",
		"app:readme.txt/":    "",
		"app:":               "app:",
		"app:static//a.css":  "first:a.css",
		"app:./readme.txt":   "",
		"app:static/../x":    "",
		"app:static/\x00":    "",
		"app:gone":           "",
	} {
		place, err := a.Find(spec)
		if want == "" {
			assert.ErrorIs(t, err, fs.ErrNotExist, spec)
			continue
		}
		require.NoError(t, err, spec)
		assert.Equal(t, want, place.Spec, spec)
	}
	_, err := a.Find("ap:x")
	var unknown *assets.UnknownError
	require.ErrorAs(t, err, &unknown)
	assert.Contains(t, err.Error(), `did you mean "app"?`)
	_, err = a.Find("static/a.css")
	assert.ErrorContains(t, err, "missing package")

	assert.Equal(t, "second:s/b.css", a.Target("app:static/b.css"), "one step")
	assert.Equal(t, "first:a.css", a.Target("app:static/a.css"))
	assert.Equal(t, "app:gone", a.Target("app:gone"))
}

func TestOverridesThatLeadToEachOther(t *testing.T) {
	t.Parallel()
	a := build(t, func(c *registry.Config) {
		assets.Add(c, "a", files("a", "x", "y"))
		assets.Add(c, "b", files("b", "x", "z"))
		assets.Override(c, "a:", "b:")
		assets.Override(c, "b", "a")
		assets.Override(c, "a:s/", "a:s/s/")
	})
	for spec, want := range map[string]string{"a:x": "a:x", "a:z": "b:z", "b:y": "a:y", "b:x": "b:x"} {
		place, err := a.Find(spec)
		require.NoError(t, err, spec)
		assert.Equal(t, want, place.Spec, spec)
	}
	_, err := a.Find("a:s/gone")
	assert.ErrorIs(t, err, fs.ErrNotExist)
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	ok := files("ok", "dir/file")
	for name, test := range map[string]struct {
		fn   func(c *registry.Config)
		want string
	}{
		"file for folder":   {func(c *registry.Config) { assets.Override(c, "ok:dir/", "ok:file") }, `override folder "ok:dir/" with file "ok:file"`},
		"folder for file":   {func(c *registry.Config) { assets.Override(c, "ok:file", "ok:dir/") }, `override file "ok:file" with folder "ok:dir/"`},
		"package for file":  {func(c *registry.Config) { assets.Override(c, "ok:file", "ok") }, `override file "ok:file" with folder "ok"`},
		"itself":            {func(c *registry.Config) { assets.Override(c, "ok:file", "ok:file") }, `override asset "ok:file" with itself`},
		"unknown":           {func(c *registry.Config) { assets.Override(c, "oh:file", "ok:file") }, `no assets are called "oh": did you mean "ok"?`},
		"unknown with":      {func(c *registry.Config) { assets.Override(c, "ok:", "zzzzz") }, `no assets are called "zzzzz" (have: ok)`},
		"relative":          {func(c *registry.Config) { assets.Override(c, "dir/", "ok:dir/") }, `asset "dir/": missing package`},
		"relative with":     {func(c *registry.Config) { assets.Override(c, "ok:dir/", "dir/") }, `asset "dir/": missing package`},
		"missing place":     {func(c *registry.Config) { assets.OverrideFS(c, "ok:dir/", ok, "gone") }, `no file or folder "gone"`},
		"place is a file":   {func(c *registry.Config) { assets.OverrideFS(c, "ok:dir/", ok, "dir/file") }, `override folder "ok:dir/" with file`},
		"place is a folder": {func(c *registry.Config) { assets.OverrideFS(c, "ok:file", ok, "dir") }, `override file "ok:file" with folder`},
		"nil place":         {func(c *registry.Config) { assets.OverrideFS(c, "ok:file", fstest.MapFS(nil), "dir") }, `nil file system`},
		"nil":               {func(c *registry.Config) { assets.Add(c, "nil", nil) }, `assets "nil": nil file system`},
		"name":              {func(c *registry.Config) { assets.Add(c, "a:b", ok) }, `assets "a:b": invalid name`},
		"no name":           {func(c *registry.Config) { assets.Add(c, "", ok) }, `assets "": invalid name`},
		"twice":             {func(c *registry.Config) { assets.Add(c, "ok", ok) }, `registered twice`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := registry.New(registry.Options{})
			assets.Add(c, "ok", ok)
			test.fn(c)
			_, err := c.Build()
			require.Error(t, err)
			assert.Contains(t, err.Error(), test.want)
			assert.Contains(t, err.Error(), "assets_test.go:", "the error names the line")
		})
	}
}

func TestFS(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "own", "deep"), 0o755))
	for _, name := range []string{"own/page.html", "own/extra.html", "own/deep/new.html"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("disk "+name), 0o644))
	}
	a := build(t, func(c *registry.Config) {
		assets.Add(c, "house", files("house", "t/page.html", "t/menu.html", "t/sub/a.html", "other"))
		assets.Add(c, "site", files("site", "b.html", "logo"))
		assets.OverrideFS(c, "house:t/", os.DirFS(dir), "own")
		assets.Override(c, "house:t/sub/b.html", "site:b.html")
		assets.Override(c, "house:t/img/logo.svg", "site:logo")
	})
	fsys, err := a.FS("house:t")
	require.NoError(t, err)
	require.NoError(t, fstest.TestFS(fsys, "page.html", "menu.html", "extra.html", "deep/new.html", "sub/a.html", "sub/b.html"))
	text, err := fs.ReadFile(fsys, "page.html")
	require.NoError(t, err)
	assert.Equal(t, "disk own/page.html", string(text))
	info, err := fs.Stat(fsys, "sub/b.html")
	require.NoError(t, err)
	assert.Equal(t, "b.html", info.Name())
	text, err = fs.ReadFile(fsys, "img/logo.svg")
	require.NoError(t, err)
	assert.Equal(t, "site logo", string(text))
	f, err := fsys.Open("img/logo.svg")
	require.NoError(t, err)
	defer f.Close()
	info, err = f.Stat()
	require.NoError(t, err)
	assert.Equal(t, "logo.svg", info.Name(), "the name asked for")

	place, err := a.Find("house:t/page.html")
	require.NoError(t, err)
	assert.Equal(t, dir+"/own/page.html", place.Spec)
	all, err := a.FS("house")
	require.NoError(t, err)
	require.NoError(t, fstest.TestFS(all, "other", "t/extra.html"))
	_, err = a.FS("house:gone")
	assert.ErrorIs(t, err, fs.ErrNotExist)
	_, err = a.FS("house:other")
	assert.Error(t, err)
	_, err = a.FS("home:")
	assert.ErrorContains(t, err, `did you mean "house"?`)
}

// TestNothing: an application without assets has none to find.
func TestNothing(t *testing.T) {
	t.Parallel()
	reg, err := registry.New(registry.Options{}).Build()
	require.NoError(t, err)
	_, err = assets.Of(reg).Find("a:b")
	assert.ErrorContains(t, err, `no assets are called "a"`)
	assert.Empty(t, assets.Of(reg).Names())
}
