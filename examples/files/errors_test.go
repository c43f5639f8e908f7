package main

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
)

var (
	styleLink = regexp.MustCompile(`<link rel="stylesheet" href="([^"]+)">`)
	iconLink  = regexp.MustCompile(`<link rel="icon" href="([^"]+)">`)
	button    = regexp.MustCompile(`<a class="button main" href="([^"]*)">([^<]*)</a>`)
)

func TestErrorPages(t *testing.T) {
	t.Parallel()
	site := newSite(t, sample.write(t), false)
	app := newApp(t, site)
	tests := []struct {
		name, method, host, target string
		status                     int
		contains, back             string
	}{
		{"missing", "GET", "localhost", "/docs/x", 404, "There is no “x” in docs.", "/docs/"},
		{"below a file", "GET", "localhost", "/code.go/x", 404, "There is no “x” in code.go.", "/code.go"},
		{"no such page of a folder", "GET", "localhost", "/docs/?page=7", 404, "this folder has 1 page", "/docs/"},
		{"invalid query", "GET", "localhost", "/?sort=x", 422, "expected name, kind, size or time", "/"},
		{"wrong method", "POST", "localhost", "/code.go", 405, "Allowed methods: GET, HEAD, OPTIONS.", "/code.go"},
		{"a NUL", "GET", "localhost", "/%00", 400, "This address is malformed: contains NUL.", "/"},
		{"not UTF-8", "GET", "localhost", "/x/%ff", 400, "This address is malformed: not UTF-8.", "/"},
		{"not UTF-8, its address", "GET", "localhost", "/x/%ff", 400, "<code>/x/%ff</code>", "/"},
		{"a query that is not UTF-8", "GET", "localhost", "/code.go/raw?%ff", 400, "the query string is not UTF-8", "/code.go"},
		{"wrong host", "GET", "evil.example.com", "/docs/", 421, "This server accepts localhost", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			response := loadPage(t, app, test.method, test.host, test.target)
			assert.Equal(t, test.status, response.Code)
			requireStyled(t, app, test.host, response.Body.String())
			assert.Contains(t, response.Body.String(), test.contains)
			assert.Equal(t, test.back, backOf(response.Body.String()))
		})
	}
	assert.NotContains(t, loadPage(t, app, "GET", "evil.example.com", "/").Body.String(), site.name, "nor who is the publisher")
	under := loadPage(t, http.StripPrefix("/pub", app), "GET", "localhost", "/pub/%00").Body.String()
	assert.Contains(t, under, `href="/pub/@@style.css?v=`)
	assert.Equal(t, "/pub/", backOf(under))
}

// requireStyled checks that the style sheet of a page loads.
func requireStyled(t *testing.T, app http.Handler, host, page string) {
	t.Helper()
	for _, link := range []*regexp.Regexp{styleLink, iconLink} {
		match := link.FindStringSubmatch(page)
		require.NotNil(t, match, page)
		assert.Equal(t, http.StatusOK, loadPage(t, app, "GET", host, match[1]).Code, match[1])
	}
}

func backOf(page string) string {
	if match := button.FindStringSubmatch(page); match != nil {
		return match[1]
	}
	return ""
}

// The link on an error page must not lead to the same error.
func TestBackFromForbiddenFolder(t *testing.T) {
	t.Parallel()
	dir := tree{"a/closed/x.txt": "", "a/unlisted/x.txt": "x", "a/closed.txt": secret}.write(t)
	for name, mode := range map[string]os.FileMode{"a/closed": 0, "a/unlisted": 0o100, "a/closed.txt": 0} {
		at := filepath.Join(dir, name)
		require.NoError(t, os.Chmod(at, mode))
		t.Cleanup(func() { _ = os.Chmod(at, 0o700) })
	}
	if _, err := os.ReadFile(filepath.Join(dir, "a/closed.txt")); err == nil {
		t.Skip("nothing is closed to this user")
	}
	app := newApp(t, newSite(t, dir, false))
	for target, back := range map[string]string{
		"/a/closed/x.txt": "/", // during the walk
		"/a/closed/":      "/a/", "/a/unlisted": "/a/", "/a/unlisted/@@info": "/a/", "/a/closed.txt": "/a/", "/a/closed.txt/raw": "/a/", "/a/closed.txt?x": "/a/",
	} {
		response := loadPage(t, app, "GET", "localhost", target)
		assert.Equal(t, http.StatusForbidden, response.Code, target)
		requireStyled(t, app, "localhost", response.Body.String())
		assert.Equal(t, back, backOf(response.Body.String()), target)
	}
	require.NoError(t, os.Chmod(dir, 0o100))
	t.Cleanup(func() { _ = os.Chmod(dir, 0o700) })
	assert.Empty(t, backOf(loadPage(t, app, "GET", "localhost", "/").Body.String()), "there is nothing above")
}

func TestBackFromBrokenResource(t *testing.T) {
	t.Parallel()
	site := newSite(t, sample.write(t), false)
	config := configure(site, framework.Options{Logger: new(frameworktest.Log).Logger()})
	app := frameworktest.New(t, config)
	require.NoError(t, site.Close())
	for target, back := range map[string]string{"/docs/": "/", "/": ""} {
		response := loadPage(t, app, "GET", "localhost", target)
		assert.Equal(t, http.StatusInternalServerError, response.Code)
		assert.Equal(t, back, backOf(response.Body.String()), target)
	}
}
