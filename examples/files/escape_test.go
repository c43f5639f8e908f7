package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/frameworktest"
)

// link creates a symbolic link, or skips the test if the system does not allow it.
func link(t *testing.T, to, at string) {
	t.Helper()
	if err := os.Symlink(to, at); err != nil {
		t.Skip(err)
	}
}

func TestNoPathLeavesTheDirectory(t *testing.T) {
	t.Parallel()
	dir := tree{"a/b/c.txt": "inside", "open.txt": "open"}.write(t)
	app := newApp(t, newSite(t, dir, true))
	above := filepath.ToSlash(filepath.Dir(dir))
	targets := []struct {
		target string
		status int
	}{
		{"/../secret.txt", 404},
		{"/a/b/../../../secret.txt", 404},
		{"/%2e%2e/secret.txt", 404},
		{"/%2E%2E/%2e%2e/secret.txt", 404},
		{"/.%2e/secret.txt", 404},
		{"/a/%2e%2e/%2e%2e/secret.txt", 404},
		{"/..%2Fsecret.txt", 404},
		{"/%2e%2e%2fsecret.txt", 404},
		{"/a%2F..%2F..%2Fsecret.txt", 404},
		{"/a/b%2F..%2F..%2F..%2Fsecret.txt/raw", 404},
		{"/..%5Csecret.txt", 404},
		{"/..%5c..%5csecret.txt", 404},
		{"/%252e%252e/secret.txt", 404},
		{"/..;/secret.txt", 404},
		{"/" + above + "/secret.txt", 404},
		{"//" + strings.TrimPrefix(above, "/") + "/secret.txt", 404},
		{"/%2F" + strings.ReplaceAll(strings.TrimPrefix(above, "/"), "/", "%2F") + "%2Fsecret.txt", 404},
		{"/file:%2F%2F" + strings.ReplaceAll(above, "/", "%2F") + "%2Fsecret.txt", 404},
		{"/open.txt%00.png", 400},
		{"/%00", 400},
		{"/a/..%00/secret.txt", 400},
		{"/%c0%ae%c0%ae/secret.txt", 400}, // an overlong encoding of "..", which no decoder may accept
		{"/%", 400},
		{"/@@raw/../secret.txt", 404},
		{"/a/@@search/..%2f..%2fsecret.txt?q=secret", 404}, // the rest is a subpath, which no view takes
		{"/@@search?q=..%2Fsecret", 200},
		{"/a%2Fb%2Fc.txt", 404}, // a slash in a name is not a separator
		{"/a/b/../b/./c.txt/raw", 200},
		{"/../open.txt/raw", 200}, // cannot climb above the top, as in any URL
		{"/" + strings.Repeat("a/../", 3000) + "open.txt", 200},
		{"/" + strings.Repeat("x", 5000), 404},
		{"/" + strings.Repeat("a/b/", 3000), 404},
	}
	for _, test := range targets {
		for _, view := range []string{"", "/raw", "/info", "/@@source"} {
			request, err := http.NewRequest("GET", "http://example.com/", nil)
			require.NoError(t, err)
			target := test.target
			if test.status == 404 {
				target += view
			}
			if err := setPath(request, target); err != nil {
				require.Equal(t, 400, test.status, "%s: %v", target, err) // net/http rejects it first
				continue
			}
			response := app.Send(request)
			assert.Equal(t, test.status, response.Code, target)
			assert.NotContains(t, response.Body, secret, target)
		}
	}
}

// setPath parses the target as net/http's server parses the request line.
func setPath(r *http.Request, target string) error {
	u, err := url.ParseRequestURI(target)
	if err == nil {
		r.URL = u
	}
	return err
}

func TestLinks(t *testing.T) {
	t.Parallel()
	dir := tree{"real/file.txt": "inside", "real/sub/x.txt": "x"}.write(t)
	above := filepath.Dir(dir)
	for name, to := range map[string]string{
		"in":          "real",
		"infile.txt":  "real/file.txt",
		"real/up":     "../real/sub",
		"through":     "in/file.txt",
		"out":         "..",
		"outfile.txt": "../secret.txt",
		"real/out":    "../../secret.txt",
		"back":        "../site/real/file.txt", // leaves the site on its way
		"absolute":    filepath.Join(above, "secret.txt"),
		"absolutein":  filepath.Join(dir, "real"),
		"rooted":      "/",
		"loop":        "loop",
		"ping":        "pong", "pong": "ping",
		"broken": "nothing",
		"self":   ".",
	} {
		link(t, to, filepath.Join(dir, filepath.FromSlash(name)))
	}
	app := newApp(t, newSite(t, dir, false))

	for target, text := range map[string]string{
		"/in/file.txt/raw": "inside", "/infile.txt/raw": "inside", "/real/up/x.txt/raw": "x", "/through/raw": "inside", "/in/up/x.txt/raw": "x",
		"/self/self/self/real/file.txt/raw": "inside",
	} {
		assert.Equal(t, text, app.Get(target).Status(http.StatusOK).Body, target)
	}
	for _, target := range []string{
		"/out", "/out/secret.txt", "/out/secret.txt/raw", "/outfile.txt", "/outfile.txt/raw", "/outfile.txt/info", "/real/out/raw", "/in/out/raw", "/back/raw",
		"/absolute", "/absolute/raw", "/absolutein", "/absolutein/file.txt/raw", "/rooted", "/rooted/etc/passwd/raw", "/loop", "/loop/raw", "/ping/raw", "/broken", "/broken/raw",
		"/" + strings.Repeat("self/", 2*maxDepth) + "real/file.txt",
	} {
		assert.NotContains(t, app.Get(target).Status(http.StatusNotFound).Body, secret, target)
	}
	page := app.Get("/").Status(http.StatusOK).Body
	assert.Contains(t, page, `<a href="/in/">in</a>`)
	assert.Contains(t, page, `<span class="dead">absolute</span>`, "listed, but not a link")
	assert.Contains(t, page, `<span class="dead">loop</span>`)
	assert.NotContains(t, page, above, "the target of a link stays private")
	assert.Contains(t, app.Get("/@@search?q=file").Status(http.StatusOK).Body, "2 results", "links to folders are not followed, links to files are names")
	assert.NotContains(t, app.Get("/@@info").Status(http.StatusOK).Body, `"/absolute`)
}

func TestHidden(t *testing.T) {
	t.Parallel()
	dir := sample.write(t)
	closed, open := newApp(t, newSite(t, dir, false)), newApp(t, newSite(t, dir, true))
	for _, target := range []string{"/.hidden", "/.hidden/raw", "/.git/", "/.git/config", "/.git/config/raw", "/%2egit/config/raw", "/docs/../.hidden/raw"} {
		closed.Get(target).Status(http.StatusNotFound)
		open.Get(target).Status(http.StatusOK)
	}
	for _, target := range []string{"/", "/@@info", "/@@search?q=config", "/@@search?q=hidden"} {
		assert.NotContains(t, closed.Get(target).Status(http.StatusOK).Body, "/.", target)
	}
	assert.Contains(t, open.Get("/@@search?q=config").Status(http.StatusOK).Body, `href="/.git/config"`)
}

// A link cannot publish a hidden name, whatever its own name is.
func TestLinksToHidden(t *testing.T) {
	t.Parallel()
	dir := tree{".git/config": "hidden text", ".git/sub/x.txt": "hidden text", "docs/a.md": "visible", "docs/.notes.md": "hidden text", ".env": "hidden text"}.write(t)
	for name, to := range map[string]string{
		"folder":         ".git",
		"below":          ".git/sub",
		"file.txt":       ".env",
		"chain":          "folder",
		"through.txt":    "folder/config",
		"docs/up":        "../.git",
		"docs/README.md": ".notes.md",
		"dotted":         "./docs/../.git",
		".plain":         "docs",
		"visible":        ".plain", // through a hidden link to what is visible anyway
		"lost":           ".nothing",
	} {
		link(t, to, filepath.Join(dir, filepath.FromSlash(name)))
	}
	closed, open := newApp(t, newSite(t, dir, false)), newApp(t, newSite(t, dir, true))
	for _, name := range []string{"folder", "folder/config", "below", "below/x.txt", "file.txt", "chain", "chain/config", "through.txt", "docs/up", "docs/up/config", "docs/README.md", "dotted", "dotted/config"} {
		for _, view := range []string{"", "/raw", "/info", "/@@search?q=config"} {
			if view == "" || !strings.Contains(name, "folder") {
				closed.Get("/" + name + view).Status(http.StatusNotFound)
			}
		}
		open.Get("/" + name).Status(http.StatusOK)
	}
	assert.Equal(t, "visible", closed.Get("/visible/a.md/raw").Status(http.StatusOK).Body)
	for _, target := range []string{"/", "/docs", "/@@info", "/docs/info", "/@@search?q=f", "/@@search?q=t"} {
		body := closed.Get(target).Status(http.StatusOK).Body
		for _, hidden := range []string{"hidden text", "folder<", "below", "file.txt", "chain", "through", "README", "dotted"} {
			assert.NotContains(t, body, hidden, target)
		}
	}
	assert.Contains(t, closed.Get("/").Status(http.StatusOK).Body, `<span class="dead">lost</span>`)
	assert.Contains(t, open.Get("/@@search?q=config").Status(http.StatusOK).Body, "1 result")
}

// A link that changes its target to the outside after it was checked must not be followed: os.Root
// checks at each opening.
func TestLinkChangesTarget(t *testing.T) {
	t.Parallel()
	dir := tree{"good/secret.txt": "inside"}.write(t)
	app := newApp(t, newSite(t, dir, false))
	at := filepath.Join(dir, "turn")
	link(t, "good", at)

	stop := make(chan struct{})
	var turning sync.WaitGroup
	turning.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			next := fmt.Sprintf("%s.%d", at, i%2)
			if os.Symlink([]string{"good", ".."}[i%2], next) == nil {
				_ = os.Rename(next, at)
			}
		}
	})
	for range 500 {
		for _, target := range []string{"/turn/secret.txt/raw", "/turn/secret.txt", "/turn"} {
			recorder := httptest.NewRecorder()
			app.ServeHTTP(recorder, httptest.NewRequest("GET", target, nil))
			assert.NotContains(t, recorder.Body.String(), secret)
			assert.Contains(t, []int{200, 404}, recorder.Code, "%s: %s", target, recorder.Body)
		}
	}
	close(stop)
	turning.Wait()
}

func TestNamesThatNoURLReaches(t *testing.T) {
	t.Parallel()
	dir := tree{"@@raw": "x", "fine": "y"}.write(t)
	if err := os.WriteFile(filepath.Join(dir, "bad\xff"), nil, 0o644); err != nil {
		t.Log("this file system does not support the name: ", err)
	}
	app := newApp(t, newSite(t, dir, false))
	page := app.Get("/").Status(http.StatusOK).Body
	assert.Contains(t, page, `<span class="dead">@@raw</span>`)
	assert.NotContains(t, page, "\xff")
	app.Get("/@@info").Status(http.StatusOK)
	app.Get("/@@search?q=a", frameworktest.Header("Accept", "text/html")).Status(http.StatusOK)
}
