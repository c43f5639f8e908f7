package main

import (
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/frameworktest"
)

// protectedSite is a site with an access file beside its directory.
func protectedSite(t *testing.T, files tree, lists string) (*Site, error) {
	t.Helper()
	dir := files.write(t)
	file := filepath.Join(filepath.Dir(dir), "site.access")
	require.NoError(t, os.WriteFile(file, []byte(lists), 0o600))
	site := newSite(t, dir, false)
	return site, site.readAccess(file)
}

func TestAccess(t *testing.T) {
	t.Parallel()
	site, err := protectedSite(t, tree{
		"README.md": "Welcome", "open.txt": "open", "drafts/README.md": "secret readme", "drafts/deep/plan.txt": "secret plan",
		"notes/a.txt": "a", "notes/b.txt": "secret b", "lists/c.txt": "c",
	}, `
		/
			allow system.Everyone view
		/drafts
			allow alice view
			deny system.Everyone *
		/drafts/deep
			allow system.Everyone view   # but nobody gets here
		/notes/b.txt
			deny system.Everyone view
		/lists
			allow system.Everyone explain
	`)
	require.NoError(t, err)
	require.NoError(t, os.Symlink("drafts", filepath.Join(site.root.Name(), "alias")))
	require.NoError(t, os.Symlink("../drafts/deep/plan.txt", filepath.Join(site.root.Name(), "notes", "c.txt")))
	app := newApp(t, site)

	for _, target := range []string{"/", "/README.md", "/open.txt/raw", "/notes/", "/notes/a.txt", "/@@style.css"} {
		app.Get(target).Status(http.StatusOK)
	}
	for _, target := range []string{
		"/drafts", "/drafts/", "/drafts/README.md", "/drafts/README.md/raw", "/drafts/@@info", "/drafts/@@search?q=plan", "/drafts/nothing",
		"/drafts/deep/plan.txt", "/drafts/deep/plan.txt/raw", "/drafts/deep/@@info", "/notes/b.txt", "/notes/b.txt/raw", "/notes/b.txt/info",
		"/%64rafts/README.md", "/notes/../drafts/README.md", "/notes/%2e%2e/drafts/README.md", "/./drafts//README.md", "//drafts/README.md", "/@@access", "/notes/@@access",
	} {
		for _, method := range []string{"GET", "HEAD"} {
			body := app.Request(method, target).Status(http.StatusForbidden).Body
			assert.NotContains(t, body, "secret", target)
		}
	}
	for _, target := range []string{"/alias", "/alias/README.md/raw", "/notes/c.txt", "/notes/c.txt/raw", "/drafts%2FREADME.md", "/drafts%2fdeep%2fplan.txt/raw"} {
		assert.NotContains(t, app.Get(target).Status(http.StatusNotFound).Body, "secret", target)
	}
	// Nothing lists what it must not show.
	for _, target := range []string{"/", "/@@info", "/notes", "/notes/@@info", "/@@search?q=t", "/@@search?q=plan", "/@@search?q=drafts", "/@@search?q=b.txt"} {
		body := strings.ToLower(app.Get(target).Status(http.StatusOK).Body)
		for _, hidden := range []string{"drafts/", ">drafts", "secret", "/b.txt", ">b.txt", "alias", "c.txt/", ">plan"} {
			assert.NotContains(t, strings.ReplaceAll(body, "/lists/c.txt", ""), hidden, target)
		}
	}
	assert.Contains(t, app.Get("/@@search?q=txt").Status(http.StatusOK).Body, "3 results")
}

func TestAccessPage(t *testing.T) {
	t.Parallel()
	site, err := protectedSite(t, tree{"docs/a.txt": "a"}, `
		/
			allow system.Everyone view,explain
			allow group:staff edit
		/docs
			deny <mallory> view
	`)
	require.NoError(t, err)
	app := newApp(t, site)
	page := app.Get("/docs/a.txt/@@access").Status(http.StatusOK).Body
	for _, text := range []string{
		">allowed by entry 1 of /: allow system.Everyone view,explain",
		"deny &lt;mallory&gt; view</td><td>another principal",
		"<b>allow system.Everyone view,explain</b></td><td>decides",
		"<li>system.Everyone by entry 1 of /</li>",
	} {
		assert.Contains(t, page, text)
	}
	page = app.Get("/docs/a.txt/@@access?as=system.Everyone,+%3Cmallory%3E").Status(http.StatusOK).Body
	assert.Contains(t, page, ">denied by entry 1 of /docs: deny &lt;mallory&gt; view")
	page = app.Get("/docs/a.txt/@@access?permission=drop").Status(http.StatusOK).Body
	assert.Contains(t, page, "is granted here to nobody")

	// Without access lists the page does not exist.
	newApp(t, newSite(t, tree{"a.txt": "a"}.write(t), false)).Get("/a.txt/@@access", frameworktest.Header("Accept", "text/html")).Status(http.StatusNotFound)
}

// An access file that would not protect what it names stops the program.
func TestAccessFilesThatProtectNothing(t *testing.T) {
	t.Parallel()
	files := tree{"docs/a.txt": "a", ".git/config": "x"}
	for lists, want := range map[string]string{
		"/\nalow alice view":          "line 2: expected allow or deny",
		"/dosc\nallow alice view":     "the list of /dosc: ",
		"/.git\nallow alice view":     `".git" is not published`,
		"/docs%2Fa.txt\nallow a view": `"docs/a.txt" is not published`,
	} {
		_, err := protectedSite(t, files, lists)
		assert.ErrorContains(t, err, want)
		assert.ErrorContains(t, err, "site.access: ")
	}

	dir := tree{"docs/a.txt": "a", "site.access": "/", ".access": "/"}.write(t)
	require.NoError(t, os.Symlink("docs", filepath.Join(dir, "alias")))
	site := newSite(t, dir, false)
	assert.ErrorContains(t, site.readAccess(filepath.Join(dir, "site.access")), "would be published itself")
	require.NoError(t, site.readAccess(filepath.Join(dir, ".access")))
	require.ErrorIs(t, site.readAccess(filepath.Join(dir, "missing")), os.ErrNotExist)
	require.NoError(t, os.WriteFile(filepath.Join(dir, ".access"), []byte("/alias\nallow alice view"), 0o600))
	assert.ErrorContains(t, site.readAccess(filepath.Join(dir, ".access")), `"alias" is a link: give the list to its target`)
	open := newSite(t, dir, true)
	assert.ErrorContains(t, open.readAccess(filepath.Join(dir, ".access")), "would be published itself")

	if runtime.GOOS == "linux" { // elsewhere the file system may ignore case
		both, err := protectedSite(t, tree{"a/x": "x", "A/y": "y"}, "/a\nallow alice view\n/A\nallow bob view")
		require.NoError(t, err)
		assert.Len(t, both.access, 2)
	}
}
