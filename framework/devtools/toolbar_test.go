package devtools_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/devtools"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// site builds an application with a toolbar as serve --dev does.
func site(t *testing.T, loopback bool, declare func(*framework.Configurator)) http.Handler {
	t.Helper()
	bar := devtools.New(loopback)
	log := zerolog.New(io.MultiWriter(io.Discard, bar.Log()))
	config := framework.New(framework.Options{Logger: &log, Root: frameworktest.Root(frameworktest.Tree{"wiki/Front": struct{}{}})})
	declare(config)
	bar.Configure(config)
	config.AddTween("record", tweens.Wrap(bar.Record), tweens.Under(tweens.Ingress))
	app, err := config.App()
	require.NoError(t, err)
	bar.Show(app)
	return bar.Handler(app)
}

func get(h http.Handler, method, target string, change func(*http.Request)) *httptest.ResponseRecorder {
	hr := httptest.NewRequest(method, target, http.NoBody)
	hr.RemoteAddr = "127.0.0.1:1234"
	if change != nil {
		change(hr)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, hr)
	return w
}

func hello(config *framework.Configurator) {
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		resp := r.HTML("<body>hello</body>")
		resp.SetHeader("Set-Cookie", "session=quite-secret")
		resp.SetHeader("X-CSRF-Token", "quite-secret")
		resp.SetHeader("Content-Security-Policy", "default-src 'none'")
		return resp, nil
	}))
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) { panic("broken") }), views.Name("broken"))
}

func TestRequestsAreRecorded(t *testing.T) {
	t.Parallel()
	h := site(t, true, hello)
	page := get(h, "GET", "/wiki/Front", func(hr *http.Request) { hr.Header.Set("X-Xsrf-Token", "quite-secret") })
	assert.Contains(t, page.Body.String(), `data-request="1" data-status="200"`)
	assert.Contains(t, page.Header().Get("Content-Security-Policy"), "script-src 'self'")
	assert.Equal(t, http.StatusInternalServerError, get(h, "GET", "/@@broken", nil).Code)

	one := get(h, "GET", "/-/dev/requests/1", nil).Body.String()
	for _, words := range []string{"&#34;wiki&#34;", "&#34;Front&#34;", "struct {} at /wiki/Front", "sending the response", "Set-Cookie", "lookups: 2"} {
		assert.Contains(t, one, words)
	}
	assert.NotContains(t, one, "quite-secret")
	two := get(h, "GET", "/-/dev/requests/2", nil).Body.String()
	assert.Contains(t, two, "broken")
	assert.Contains(t, two, "error")

	assert.Equal(t, http.StatusSeeOther, get(h, "POST", "/-/dev/clear", nil).Code)
	assert.Contains(t, get(h, "GET", "/-/dev/", nil).Body.String(), "No requests yet")
}

// Only the newest requests are kept, also if many come at once.
func TestHistoryIsBounded(t *testing.T) {
	t.Parallel()
	h := site(t, true, hello)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for i := range 60 {
				get(h, "GET", fmt.Sprintf("/wiki/%d", i), nil)
				get(h, "GET", "/-/dev/", nil)
			}
		})
	}
	all.Wait()
	list := get(h, "GET", "/-/dev/", nil).Body.String()
	assert.Equal(t, 100, strings.Count(list, `href="/-/dev/requests/`))
	assert.Contains(t, list, `href="/-/dev/requests/240"`)
	assert.NotContains(t, list, `href="/-/dev/requests/140"`)
	// They have 16 MiB in all.
	for i := range 100 {
		get(h, "GET", "/wiki", func(hr *http.Request) { hr.Header.Set("X-Large", strings.Repeat(fmt.Sprint(i%10), 400<<10)) })
	}
	list = get(h, "GET", "/-/dev/", nil).Body.String()
	kept := strings.Count(list, `href="/-/dev/requests/`)
	assert.Less(t, kept, 50)
	assert.Greater(t, kept, 20)
}

func TestToolbarWithoutLoopback(t *testing.T) {
	t.Parallel()
	h := site(t, false, hello)
	assert.NotContains(t, get(h, "GET", "/", nil).Body.String(), "/-/dev/")
	assert.Equal(t, http.StatusForbidden, get(h, "GET", "/-/dev/", nil).Code)
	away := func(hr *http.Request) { hr.RemoteAddr = "192.0.2.1:99" }
	assert.Equal(t, http.StatusForbidden, get(site(t, true, hello), "GET", "/-/dev/", away).Code)
}

// Only the prefix belongs to the toolbar, and what clients write is text in its pages.
func TestPagesEscape(t *testing.T) {
	t.Parallel()
	h := site(t, true, hello)
	assert.Equal(t, http.StatusNotFound, get(h, "GET", "/-/devil", nil).Code)
	evil := `"><script>alert(1)</script>`
	get(h, "GET", "/"+url.PathEscape(evil)+"?q="+url.QueryEscape(evil), func(hr *http.Request) { hr.Header.Set("X-Evil", evil) })
	for _, target := range []string{
		"/-/dev/", "/-/dev/requests/1", "/-/dev/requests/2", "/-/dev/explain?url=" + url.QueryEscape(evil) + "&user=" + url.QueryEscape(evil),
		"/-/dev/tree?path=" + url.QueryEscape("/"+evil),
	} {
		assert.NotContains(t, get(h, "GET", target, nil).Body.String(), "<script>", target)
	}
}

// A tween that compresses leaves pages as they are, so that the panel gets in. It compresses the rest.
func TestCompressedPages(t *testing.T) {
	t.Parallel()
	h := site(t, true, func(config *framework.Configurator) {
		config.AddTween("compress", tweens.Compress(tweens.CompressOptions{}))
		config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			return r.HTML("<body>" + strings.Repeat("hello ", 2000) + "</body>"), nil
		}))
	})
	page := get(h, "GET", "/", func(hr *http.Request) {
		hr.Header.Set("Accept", "text/html")
		hr.Header.Set("Accept-Encoding", "gzip")
	})
	assert.Contains(t, page.Body.String(), "/-/dev/panel.js")
	other := get(h, "GET", "/", func(hr *http.Request) { hr.Header.Set("Accept-Encoding", "gzip") })
	assert.Equal(t, "gzip", other.Header().Get("Content-Encoding"))
	assert.Contains(t, get(h, "GET", "/-/dev/requests/1", nil).Body.String(), "Accept-Encoding")
}

// A stream is listed while it lasts, and passes through unchanged.
func TestStreams(t *testing.T) {
	t.Parallel()
	var h http.Handler
	during := make(chan string, 2)
	h = site(t, true, func(config *framework.Configurator) {
		config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			resp := r.Response()
			resp.SetContentType("text/html")
			resp.SetStream(func(w web.StreamWriter) error {
				during <- get(h, "GET", "/-/dev/", nil).Body.String()
				during <- get(h, "GET", "/-/dev/requests/1", nil).Body.String()
				_, err := io.WriteString(w, "<body>slow</body>")
				return err
			})
			return resp, nil
		}))
	})
	assert.Equal(t, "<body>slow</body>", get(h, "GET", "/", nil).Body.String())
	assert.Contains(t, <-during, "in progress")
	assert.Contains(t, <-during, "sending the response")
	assert.NotContains(t, get(h, "GET", "/-/dev/", nil).Body.String(), "in progress")
}
