package main

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/mastaba-go/mastaba/framework/frameworktest"
)

// linksOf returns the links and images of a page.
func linksOf(t *testing.T, page string) []string {
	t.Helper()
	document, err := html.Parse(strings.NewReader(page))
	require.NoError(t, err)
	var links []string
	for n := range document.Descendants() {
		for _, a := range n.Attr {
			if n.Type == html.ElementNode && n.Data != "use" && (a.Key == "href" || a.Key == "src") {
				links = append(links, a.Val)
			}
		}
	}
	return links
}

// resolve returns the path and query of a link on a page.
func resolve(t *testing.T, page, link string) string {
	t.Helper()
	base, err := url.Parse(page)
	require.NoError(t, err)
	u, err := base.Parse(link)
	require.NoError(t, err)
	require.Empty(t, u.Host, "%s on %s leaves the site", link, page)
	u.Fragment = ""
	return u.String()
}

// errorsOf returns the lines of a log that have an error.
func errorsOf(log *frameworktest.Log) []map[string]any {
	return slices.DeleteFunc(log.Lines(), func(line map[string]any) bool { return line["error"] == nil })
}

func bodyOf(t *testing.T, h http.Handler, target string) string {
	t.Helper()
	recorder := httptest.NewRecorder()
	h.ServeHTTP(recorder, httptest.NewRequest("GET", target, nil))
	require.Equal(t, http.StatusOK, recorder.Code, recorder.Body.String())
	return recorder.Body.String()
}

// loadPage sends a request as a browser on this machine does.
func loadPage(t *testing.T, h http.Handler, method, host, target string) *httptest.ResponseRecorder {
	t.Helper()
	return loadPageAt(t, h, "127.0.0.1", method, host, target)
}

// loadPageAt sends the request to a given address of this machine.
func loadPageAt(t *testing.T, h http.Handler, address, method, host, target string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, target, nil)
	r.Host = host
	r.Header.Set("Accept", "text/html,*/*;q=0.8")
	local := net.Addr(&net.TCPAddr{IP: net.ParseIP(address), Port: 6543})
	recorder := httptest.NewRecorder()
	h.ServeHTTP(recorder, r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, local)))
	return recorder
}
