package pages_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/internal/testapps/pages"
)

// browser sends requests with cookies.
type browser struct {
	t      *testing.T
	client *http.Client
	url    string
	user   string
}

func open(t *testing.T, user string) *browser {
	t.Helper()
	app, err := pages.New()
	require.NoError(t, err)
	server := httptest.NewTLSServer(app)
	t.Cleanup(server.Close)
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	client := server.Client()
	client.Jar = jar
	return &browser{t, client, server.URL, user}
}

func (b *browser) do(method, path string, form url.Values) (int, string, http.Header) {
	b.t.Helper()
	hr, err := http.NewRequest(method, b.url+path, strings.NewReader(form.Encode()))
	require.NoError(b.t, err)
	hr.Header.Set("Accept", "text/html")
	if form != nil {
		hr.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		hr.Header.Set("Origin", b.url)
	}
	if b.user != "" {
		hr.Header.Set("X-User", b.user)
	}
	resp, err := b.client.Do(hr)
	require.NoError(b.t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(b.t, err)
	return resp.StatusCode, string(body), resp.Header
}

func TestPages(t *testing.T) {
	t.Parallel()
	b := open(t, "")
	status, body, header := b.do("GET", "/", nil)
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, "text/html; charset=utf-8", header.Get("Content-Type"))
	assert.Contains(t, body, `<title>Guest &lt;book&gt;</title>`)
	assert.Contains(t, body, `<nav><b>Guest &lt;book&gt;</b></nav>`)
	assert.Contains(t, body, `<li><a href="/one/">First &amp; last</a></li>`)
	assert.Contains(t, body, `<li><a href="/a%20b/">&lt;script&gt;</a></li>`)
	assert.Contains(t, body, `<p>2 notes</p>`)
	assert.Contains(t, body, `<script type="application/json" id="data">"Guest \u003cbook\u003e"</script>`)
	assert.Contains(t, body, `Welcome, stranger.`)
	assert.NotContains(t, body, `<form`, "a stranger may not edit")
	nonce := regexp.MustCompile(`nonce="([^"]+)"`).FindStringSubmatch(body)
	require.NotNil(t, nonce)
	assert.Contains(t, header.Get("Content-Security-Policy"), "'nonce-"+nonce[1]+"'")

	_, body, _ = b.do("GET", "/one?page=1&q=x", nil)
	assert.Contains(t, body, `<title>Book</title>`, "the default of the block")
	assert.Contains(t, body, `<nav><a href="/">Guest &lt;book&gt;</a> / <b>one</b></nav>`)
	assert.Contains(t, body, `<h1>First &amp; last</h1><p>GET First &amp; last!</p>`)
	assert.Contains(t, body, `<a href="/one/?q=x&amp;page=2">next</a>`)
}

func TestForm(t *testing.T) {
	t.Parallel()
	b := open(t, "alice")
	_, body, _ := b.do("GET", "/", nil)
	assert.Contains(t, body, `You are alice.`)
	assert.Contains(t, body, `<a href="/one/edit?from=list">edit</a>`)
	field := regexp.MustCompile(`<form method="post" action="/sign"><input type="hidden" name="([^"]+)" value="([^"]+)">`).FindStringSubmatch(body)
	require.NotNil(t, field, body)

	status, body, _ := b.do("POST", "/sign", url.Values{"name": {"Bob"}})
	assert.Equal(t, http.StatusBadRequest, status, "without the token")
	assert.Contains(t, body, `<h1>400</h1>`)

	_, body, _ = b.do("POST", "/sign", url.Values{"name": {"<Bob>"}, field[1]: {field[2]}})
	assert.Contains(t, body, `<p class="flash">Thank you, &lt;Bob&gt;!</p>`)
	_, body, _ = b.do("GET", "/", nil)
	assert.NotContains(t, body, `class="flash"`, "a message is shown once")
}

func TestErrorPages(t *testing.T) {
	t.Parallel()
	b := open(t, "alice")
	status, body, _ := b.do("GET", "/missing", nil)
	assert.Equal(t, http.StatusNotFound, status)
	assert.Contains(t, body, `<title>404</title>`)
	assert.Contains(t, body, `<h1>404</h1><p>Not Found</p>`)

	status, body, _ = b.do("GET", "/fail", nil)
	assert.Equal(t, http.StatusInternalServerError, status)
	assert.Contains(t, body, `<h1>500</h1><p>Internal Server Error</p>`)
	assert.NotContains(t, body, "half a page")
	assert.NotContains(t, body, "s3cret")
}
