package main

import (
	"context"
	"html"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/framework/transaction"
	"github.com/mastaba-go/mastaba/traversal/acl"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
)

// writeFiles makes a directory of files.
func writeFiles(t *testing.T, files map[string]string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, text := range files {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	return dir
}

// imported imports a directory, and returns what was counted and reported.
func imported(t *testing.T, w *wiki, dir, into, site string) (importCounts, []string) {
	t.Helper()
	folder, err := w.folderAt(t.Context(), into)
	require.NoError(t, err)
	var problems []string
	files := 0
	i := &importer{
		w: w, author: "carol", site: site, ready: func(int) {}, step: func(string) { files++ },
		report: func(problem string) { problems = append(problems, problem) },
	}
	counts, err := i.run(t.Context(), dir, folder)
	require.NoError(t, err)
	assert.Equal(t, i.files(), files)
	return counts, problems
}

func exported(t *testing.T, w *wiki, from string) (dir string, counts exportCounts, problems []string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "out")
	node, err := w.find(t.Context(), from)
	require.NoError(t, err)
	e := &exporter{w: w, step: func(string) {}, report: func(problem string) { problems = append(problems, problem) }}
	counts, err = e.run(t.Context(), node, dir)
	require.NoError(t, err)
	return dir, counts, problems
}

// filesOf returns the files of a directory, with their texts.
func filesOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	fsys := os.DirFS(dir)
	require.NoError(t, fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(fsys, name)
		files[name] = string(data)
		return err
	}))
	return files
}

var docs = map[string]string{
	"README.md":            "# The [docs](guide/)\n\n[Start](guide/start.md#first), [all](https://example.org/docs/guide/api), [home](/), [gone](gone.md)\n",
	"guide.md":             "About the guide: [start](./guide/start.md)\n",
	"guide/start.md":       "---\ntitle: \"How to start\"\n---\n[Up](../README.md), [API](api/index.html?x=1), `[code](no.md)`, [other](https://example.org/else/x.md)\n",
	"guide/api/index.md":   "# API\n\n[Spaces](<../What is it%3F.md>)\n",
	"guide/What is it?.md": "![picture](a.png) [self](#here)\n",
	"guide/a.png":          "PNG",
	"latin.md":             "caf\xe9\n",
	".hidden/x.md":         "x",
}

func TestImport(t *testing.T) {
	t.Parallel()
	w, app := newApp(t)
	dir := writeFiles(t, docs)
	require.NoError(t, os.Symlink("README.md", filepath.Join(dir, "link.md")))

	counts, problems := imported(t, w, dir, "/docs", "https://example.org/docs/")
	assert.Equal(t, importCounts{Folders: 2, Created: 6, Skipped: 2, Broken: 1}, counts)
	assert.ElementsMatch(t, []string{
		"link.md: skipped: it is no regular file",
		"latin.md: skipped: it is no text in UTF-8",
		"README.md:3: the link gone.md leads nowhere",
	}, problems)

	bob := member(t, w, app, "bob", "")
	page := read(t, bob, "/docs/README")
	assert.Equal(t, "The docs", page.Title)
	assert.Equal(t, "# The [docs](guide)\n\n[Start](guide/start#first), [all](guide/api), [home](./), [gone](gone.md)\n", page.Text)
	assert.Equal(t, "About the guide: [start](guide/start)\n", read(t, bob, "/docs/guide.md").Text)
	start := read(t, bob, "/docs/guide/start")
	assert.Equal(t, "How to start", start.Title)
	assert.Contains(t, start.Text, "[Up](../README), [API](api/index?x=1), `[code](no.md)`, [other](https://example.org/else/x.md)")
	assert.Equal(t, "# API\n\n[Spaces](<../What-is-it>)\n", read(t, bob, "/docs/guide/api/index").Text)
	assert.Contains(t, bob.Get("/docs/guide/start/@@history").Status(http.StatusOK).Body, "carol")

	require.NoError(t, os.WriteFile(filepath.Join(dir, "guide.md"), []byte("Changed\n"), 0o600))
	counts, _ = imported(t, w, dir, "/docs", "https://example.org/docs/")
	assert.Equal(t, importCounts{Updated: 1, Unchanged: 5, Skipped: 2, Broken: 1}, counts)
	assert.EqualValues(t, 2, read(t, bob, "/docs/guide.md").Version)

	assert.Equal(t, "PNG", bob.Get("/docs/guide/a.png/@@raw").Status(http.StatusOK).Body)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "guide", "a.png"), []byte("GIF"), 0o600)) // of the same size
	counts, _ = imported(t, w, dir, "/docs", "https://example.org/docs/")
	assert.Equal(t, importCounts{Updated: 1, Unchanged: 5, Skipped: 2, Broken: 1}, counts)
	assert.Equal(t, "GIF", bob.Get("/docs/guide/a.png/@@raw").Status(http.StatusOK).Body)

	w.maxFile = 4
	require.NoError(t, os.WriteFile(filepath.Join(dir, "guide", "b.png"), []byte("large"), 0o600))
	counts, problems = imported(t, w, dir, "/docs", "https://example.org/docs/")
	assert.Equal(t, importCounts{Unchanged: 6, Skipped: 3, Broken: 1}, counts)
	assert.Contains(t, problems, "guide/b.png: skipped: it is larger than 4 bytes")
}

// An export has links that work as files, and comes back as what it was.
func TestExport(t *testing.T) {
	t.Parallel()
	w, app := newApp(t)
	imported(t, w, writeFiles(t, docs), "/docs", "https://example.org/docs/")
	bob := member(t, w, app, "bob", "")
	send(bob, "/docs/guide/@@newpage", "/docs/guide/@@newpage", "name", "own", "title", "Its own title", "text", "[up](../) [x](./start)\n").Status(http.StatusSeeOther)
	node, err := w.find(t.Context(), "/docs/guide")
	require.NoError(t, err)
	secret := acl.List{acl.Allow("user:bob", acl.AllPermissions), acl.DenyAll}
	require.NoError(t, transaction.Run(t.Context(), w.db, transaction.RunOptions{}, func(ctx context.Context) error {
		return w.tree.SetACL(ctx, node.Resource().(sqltree.Resource), secret)
	}))

	dir, counts, problems := exported(t, w, "/docs")
	assert.Equal(t, exportCounts{Folders: 2, Pages: 6, Files: 1, Broken: 1}, counts)
	assert.ElementsMatch(t, []string{"README.md:3: the link gone.md leads nowhere"}, problems)
	files := filesOf(t, dir)
	assert.Equal(t, "# The [docs](guide)\n\n[Start](guide/start.md#first), [all](guide/api), [home](./), [gone](gone.md)\n", files["README.md"])
	assert.Equal(t, "[up](../) [x](start.md)\n", files["guide/own.md"])
	assert.Equal(t, "PNG", files["guide/a.png"])

	other, otherApp := newApp(t)
	counted, _ := imported(t, other, dir, "/", "")
	assert.Equal(t, importCounts{Folders: 2, Created: 7, Broken: 1}, counted)
	carol := member(t, other, otherApp, "carol", "")
	carol.Get("/guide/own").Status(http.StatusForbidden)
	bob = member(t, other, otherApp, "bob", "")
	assert.Equal(t, "Its own title", read(t, bob, "/guide/own").Title)
	again, _, _ := exported(t, other, "/")
	delete(files, manifestName) // lists the page welcome besides
	for name, text := range files {
		assert.Equal(t, text, filesOf(t, again)[name], name)
	}
	_, _, problems = exported(t, other, "/guide")
	assert.Contains(t, problems, "start.md:4: the link ../README leads nowhere", "it leads out of the folder")

	_, err = (&exporter{w: w}).run(t.Context(), node, dir)
	assert.ErrorContains(t, err, "is not empty")
}

// A directory of real documentation: every page is shown, and every link of a page to another leads
// to something, or was listed. MASTABA_CORPUS is the directory, and MASTABA_CORPUS_SITE its address.
func TestCorpus(t *testing.T) {
	dir := os.Getenv("MASTABA_CORPUS")
	if dir == "" {
		t.Skip("MASTABA_CORPUS names no directory")
	}
	w, app := newApp(t)
	counts, problems := imported(t, w, dir, "/docs", os.Getenv("MASTABA_CORPUS_SITE"))
	broken := map[string]bool{} // "page link"
	for _, problem := range problems {
		if place, rest, ok := strings.Cut(problem, ": the link "); ok {
			file := place[:strings.LastIndexByte(place, ':')]
			broken[file+" "+strings.TrimSuffix(rest, " leads nowhere")] = true
		}
	}
	bob := member(t, w, app, "bob", "")
	links := map[string]string{} // to a page that has it
	pages := 0
	root, err := w.find(t.Context(), "/docs")
	require.NoError(t, err)
	for node, err := range w.tree.Walk(t.Context(), root) {
		require.NoError(t, err)
		if _, ok := node.Resource().(*Page); !ok {
			continue
		}
		pages++
		at := node.Path()
		_, body, _ := strings.Cut(bob.Get(at, frameworktest.Header("Accept", "text/html")).Status(http.StatusOK).Body, "<main")
		for _, found := range hrefs.FindAllStringSubmatch(body, -1) {
			link, _, _ := strings.Cut(html.UnescapeString(found[1]), "#")
			if strings.HasPrefix(link, "/") && !strings.Contains(link, "@@") {
				links[link] = at
			}
		}
	}
	assert.GreaterOrEqual(t, pages, 2000)
	assert.LessOrEqual(t, pages, counts.Created)
	unlisted := 0
	for link, page := range links {
		if app.In(t).Browser(); bob.Get(link).Code == http.StatusOK {
			continue
		}
		name, err := url.PathUnescape(strings.TrimPrefix(link, "/docs/"))
		require.NoError(t, err)
		if !listed(broken, name) {
			unlisted++
			t.Errorf("%s has a link to %s, which leads nowhere and was not listed", page, link)
		}
	}
	t.Logf("%d pages shown, %d different links followed, %d links listed as broken, %d not listed", pages, len(links), counts.Broken, unlisted)
}

// listed reports whether a link that ends like a name was listed as broken.
func listed(broken map[string]bool, name string) bool {
	for link := range broken {
		if strings.Contains(link, filepath.Base(name)) {
			return true
		}
	}
	return false
}

var hrefs = regexp.MustCompile(`<a [^>]*\bhref="([^"]*)"`)
