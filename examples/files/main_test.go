package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/traversal/traversaltest"
	"github.com/mastaba-go/mastaba/views/web"
)

// tree is a directory as a literal: names ending in a slash are folders.
type tree map[string]string

// write creates the directory and returns its path. Beside it is secret.txt, which no response may
// ever contain.
func (t tree) write(tb testing.TB) string {
	tb.Helper()
	above := tb.TempDir()
	require.NoError(tb, os.WriteFile(filepath.Join(above, "secret.txt"), []byte(secret), 0o600))
	dir := filepath.Join(above, "site")
	require.NoError(tb, os.Mkdir(dir, 0o755))
	for name, text := range t {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if strings.HasSuffix(name, "/") {
			require.NoError(tb, os.MkdirAll(full, 0o755))
			continue
		}
		require.NoError(tb, os.MkdirAll(filepath.Dir(full), 0o755))
		require.NoError(tb, os.WriteFile(full, []byte(text), 0o644))
	}
	return dir
}

const secret = "TOP SECRET"

func newSite(tb testing.TB, dir string, hidden bool) *Site {
	tb.Helper()
	site, err := openSite(dir, hidden)
	require.NoError(tb, err)
	tb.Cleanup(func() { _ = site.Close() })
	return site
}

func newApp(tb testing.TB, site *Site) *frameworktest.App {
	tb.Helper()
	return frameworktest.New(tb, configure(site, framework.Options{Logger: new(frameworktest.Log).Logger()}))
}

var sample = tree{
	"README.md":          "# Hello *you*\n\n[guide](docs/guide.md) ![logo](docs/logo.png)\n",
	"docs/guide.md":      "Guide, see [home](/) and [code](../code.go#L2)\n",
	"docs/logo.png":      "\x89PNG\r\n\x1a\n",
	"code.go":            "package x\n\nvar a = \"<b>\"\n",
	"data.bin":           "\x00\x01\x02",
	"LICENSE":            "Do what you like.\n",
	"false.txt":          "a text?\x00no",
	"empty.txt":          "",
	"tone.mp3":           "ID3",
	"film.mp4":           "ftyp",
	"paper.pdf":          "%PDF-1.4",
	"page.html":          "<script>alert(1)</script>",
	"odd names/a b&c#?%": "odd",
	"odd names/naïve":    "naïve",
	"none/":              "",
	"raw":                "a file with the name of a view",
	".hidden":            secret,
	".git/config":        secret,
	"plain/README":       "Plain <README>\n",
	"plain/sub/deep.txt": "deep",
	"plain/sub/info":     "another one",
}

func TestPages(t *testing.T) {
	t.Parallel()
	app := newApp(t, newSite(t, sample.write(t), false))
	tests := []struct {
		name, method, target string
		status               int
		contains             string
	}{
		{"the root", "GET", "/", 200, `<a href="/docs/">docs</a>`},
		{"its README", "GET", "/", 200, `<h1 id="hello-you">Hello <em>you</em></h1>`},
		{"a folder", "GET", "/docs", 200, `<a href="/docs/guide.md">guide.md</a>`},
		{"a folder with a slash", "GET", "/docs/", 200, `<a href="/docs/guide.md">guide.md</a>`},
		{"breadcrumbs", "GET", "/plain/sub/deep.txt", 200, `<a href="/plain/sub/"><span>sub</span></a>`},
		{"an empty folder", "GET", "/none/", 200, "This folder is empty"},
		{"a README without Markdown", "GET", "/plain", 200, "<pre>Plain &lt;README&gt;"},
		{"text with numbers", "GET", "/code.go", 200, `<span id="L3"><a href="#L3" aria-label="line 3"></a>var a = &#34;&lt;b&gt;&#34;`},
		{"text without an extension", "GET", "/LICENSE", 200, "Do what you like."},
		{"an empty text", "GET", "/empty.txt", 200, "The file is empty"},
		{"not the text that its name says", "GET", "/false.txt", 200, "?download"},
		{"Markdown", "GET", "/docs/guide.md", 200, `<a href="/code.go#L2"`},
		{"the source of Markdown", "GET", "/docs/guide.md/source", 200, "see [home](/)"},
		{"an image", "GET", "/docs/logo.png", 200, `<img src="/docs/logo.png/raw" alt="logo.png">`},
		{"audio", "GET", "/tone.mp3", 200, "<audio controls"},
		{"video", "GET", "/film.mp4", 200, "<video controls"},
		{"a PDF", "GET", "/paper.pdf", 200, "Open document"},
		{"something else", "GET", "/data.bin", 200, "00 01 02"},
		{"odd names are escaped", "GET", "/odd%20names", 200, `<a href="/odd%20names/a%20b&amp;c%23%3F%25">a b&amp;c#?%</a>`},
		{"odd names are found", "GET", "/odd%20names/a%20b&c%23%3F%25/raw", 200, "odd"},
		{"a name in UTF-8", "GET", "/odd%20names/na%C3%AFve/raw", 200, "naïve"},
		{"a file with the name of a view", "GET", "/raw", 200, "a file with the name of a view"},
		{"the view behind it", "GET", "/plain/sub/@@info", 200, `"kind": "Folder"`},
		{"info of a file", "GET", "/code.go/info", 200, `"type": "text/plain; charset=utf-8"`},
		{"info of a folder", "GET", "/@@info", 200, `"info": "/docs/@@info"`},
		{"the style sheet", "GET", "/@@style.css", 200, "--ground"},
		{"search", "GET", "/@@search?q=DEEP", 200, `<a href="/plain/sub/deep.txt">plain/sub/<mark>deep</mark>.txt</a>`},
		{"search below a folder", "GET", "/docs/@@search?q=deep", 200, "No matching names"},
		{"search for nothing", "GET", "/@@search", 200, "Enter one or more parts of a name"},
		{"search is escaped", "GET", "/@@search?q=%3Cscript%3E", 200, "“&lt;script&gt;”"},
		{"missing", "GET", "/docs/nothing/here", 404, "There is no “nothing” in docs."},
		{"below a file", "GET", "/code.go/more", 404, "Back to code.go"},
		{"wrong method", "POST", "/code.go", 405, "Method Not Allowed"},
		{"wrong column", "GET", "/?sort=colour", 422, "expected name, kind, size or time"},
		{"no such page", "GET", "/?page=2", 404, "this folder has 1 page"},
		{"no raw folder", "GET", "/docs/raw", 404, "Not Found"},
		{"a malformed path", "GET", "/%FF", 400, "Bad Request"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			response := app.Request(test.method, test.target, frameworktest.Header("Accept", "text/html,*/*;q=0.8")).Status(test.status)
			assert.Contains(t, response.Body, test.contains)
			assert.Equal(t, "nosniff", response.Header.Get("X-Content-Type-Options"))
			assert.NotEmpty(t, response.Header.Get("Content-Type"))
			assert.NotContains(t, response.Body, secret)
			if strings.HasPrefix(response.Body, "<!doctype") {
				assert.Equal(t, pagePolicy, response.Header.Get("Content-Security-Policy"))
			}
		})
	}
}

func TestErrorsForPrograms(t *testing.T) {
	t.Parallel()
	app := newApp(t, newSite(t, sample.write(t), false))
	response := app.Get("/nothing", frameworktest.Header("Accept", "application/json")).Status(http.StatusNotFound)
	assert.Equal(t, "application/problem+json", response.Header.Get("Content-Type"))
	response = app.Request("DELETE", "/code.go").Status(http.StatusMethodNotAllowed)
	assert.Contains(t, response.Header.Get("Allow"), "GET")
}

func TestInternalErrorsRevealNothing(t *testing.T) {
	t.Parallel()
	site, log := newSite(t, sample.write(t), false), new(frameworktest.Log)
	app := frameworktest.New(t, configure(site, framework.Options{Logger: log.Logger()}))
	require.NoError(t, site.Close())
	response := app.Get("/docs").Status(http.StatusInternalServerError)
	assert.NotContains(t, response.Body, "closed")
	logged := errorsOf(log)
	require.Len(t, logged, 1)
	assert.Contains(t, logged[0]["error"], "closed")
	require.NotEmpty(t, logged[0]["request_id"])
	assert.Contains(t, response.Body, logged[0]["request_id"])

	response = app.Get("/docs", frameworktest.Header("Accept", "application/json")).Status(http.StatusInternalServerError)
	assert.Equal(t, "nosniff", response.Header.Get("X-Content-Type-Options"), "although no view handles this error")
	assert.Equal(t, "same-origin", response.Header.Get("Cross-Origin-Resource-Policy"))
}

func TestEveryLinkLeadsSomewhere(t *testing.T) {
	t.Parallel()
	app := newApp(t, newSite(t, sample.write(t), false))
	seen, queue := map[string]bool{"/": true}, []string{"/"}
	for len(queue) > 0 {
		target := queue[0]
		queue = queue[1:]
		response := app.Get(target).Status(http.StatusOK)
		if response.Header.Get("Content-Security-Policy") != pagePolicy {
			continue
		}
		for _, link := range linksOf(t, response.Body) {
			if next := resolve(t, target, link); !seen[next] {
				seen[next] = true
				queue = append(queue, next)
			}
		}
	}
	assert.Greater(t, len(seen), 80)
}

func TestResourceContract(t *testing.T) {
	t.Parallel()
	site := newSite(t, sample.write(t), false)
	root, err := site.Root(nil)
	require.NoError(t, err)
	assert.NoError(t, traversaltest.Check(t.Context(), root, traversaltest.Options{
		Paths:   []string{"/plain/sub/deep.txt"},
		Missing: []string{"/.hidden", "/.git/config", "/docs%2Fguide.md", "/%5C", "/docs/..%2Fcode.go"},
	}))
}

// Pages can be used without a mouse, and without seeing them: each has a heading, its search form
// has a button, and what scrolls takes the focus and has a name.
func TestPagesAreAccessible(t *testing.T) {
	t.Parallel()
	files := tree{
		"README.md": "# Title\n\n```\ncode\n```\n\n|a|\n|-|\n|b|\n\n- [ ] task", "readme/README.txt": "plain", "a.txt": "text", "a.bin": "\x00", "a.png": "\x89PNG", "a.mp3": "ID3",
	}
	app := newApp(t, newSite(t, files.write(t), false))
	for _, target := range []string{"/", "/README.md", "/readme/", "/a.txt", "/a.bin", "/a.png", "/a.mp3", "/@@search", "/@@search?q=a", "/nothing"} {
		t.Run(target, func(t *testing.T) {
			t.Parallel()
			document, err := html.Parse(strings.NewReader(app.Get(target, frameworktest.Header("Accept", "text/html")).Body))
			require.NoError(t, err)
			count := map[string]int{}
			for n := range document.Descendants() {
				if n.Type != html.ElementNode {
					continue
				}
				count[n.Data]++
				attributes := map[string]string{}
				for _, a := range n.Attr {
					attributes[a.Key] = a.Val
				}
				switch {
				case n.Data == "pre" && attributes["tabindex"] == "":
					require.Contains(t, n.Parent.Attr, html.Attribute{Key: "class", Val: "scroll"})
				case n.Data == "input", attributes["tabindex"] == "0", n.Data == "nav":
					assert.NotEmpty(t, attributes["aria-label"], n.Data)
				case n.Data == "img":
					assert.NotEmpty(t, attributes["alt"])
				}
			}
			assert.Equal(t, 1, count["main"])
			assert.Equal(t, 1, count["button"])
			assert.NotZero(t, count["h1"])
		})
	}
}

func TestUnderAPrefix(t *testing.T) {
	t.Parallel()
	app := newApp(t, newSite(t, sample.write(t), false))
	response := bodyOf(t, http.StripPrefix("/pub", app), "/pub/docs/guide.md")
	assert.Contains(t, response, `<a href="/pub/code.go#L2"`)
	assert.Contains(t, response, `<a href="/pub/" `)
	assert.Contains(t, response, `href="/pub/@@style.css?v=`)
	assert.Contains(t, response, `<a href="/pub/docs/"><span>docs</span></a>`)
}

func TestAssets(t *testing.T) {
	t.Parallel()
	app := newApp(t, newSite(t, tree{"many/x.txt": ""}.write(t), false))
	for _, a := range assets {
		assert.Equal(t, string(a.body), app.Get("/@@"+a.name).Status(http.StatusOK).Body)
		for _, target := range []string{"/", "/many/", "/many/@@", "/many/x.txt/"} {
			app.Get(target + a.name).Status(http.StatusNotFound)
		}
	}
	app = newApp(t, newSite(t, tree{"style.css": "mine", "many/style.css": "mine, too"}.write(t), false))
	assert.Equal(t, "mine", app.Get("/style.css/raw").Status(http.StatusOK).Body)
	assert.Contains(t, app.Get("/style.css").Status(http.StatusOK).Body, ">mine\n<")
	assert.Contains(t, app.Get("/many/style.css").Status(http.StatusOK).Body, ">mine, too\n<")
	assert.Contains(t, app.Get("/@@style.css").Status(http.StatusOK).Body, "--ground")
}

// A proxy may publish a folder as the whole site.
func TestVirtualRoot(t *testing.T) {
	t.Parallel()
	site := newSite(t, sample.write(t), false)
	app := frameworktest.New(t, configure(site, framework.Options{Logger: new(frameworktest.Log).Logger(), TrustedProxies: []string{"192.0.2.1"}}))
	for target, status := range map[string]int{"/sub/": 200, "/sub/deep.txt": 200, "/nothing": 404} {
		response := app.Get(target, frameworktest.Header(web.VirtualRootHeader, "/plain"), frameworktest.Header("Accept", "text/html")).Status(status)
		assert.Contains(t, response.Body, `href="/@@style.css?v=`, target)
		assert.NotContains(t, response.Body, `href="/plain/`, target)
	}
	app.Get("/@@style.css", frameworktest.Header(web.VirtualRootHeader, "/plain")).Status(http.StatusOK)
}
