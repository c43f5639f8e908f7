package security_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestSafeNext(t *testing.T) {
	t.Parallel()
	r := web.Begin(nil, httptest.NewRequest("GET", "https://example.com/login", nil))
	for _, good := range []string{
		"/", "/wiki/Front", "/a?b=c&d=%2F%2Fe", "/a#b", "/a//b", "/a/../b", "/ä/%C3%A4", "/a?next=https://evil.example/", "/a/%2F/x", "/a:b@c", "/a;b",
	} {
		assert.Equal(t, good, security.SafeNext(r, good))
		assert.Equal(t, good, security.SafeNext(r, "https://example.com"+good))
	}
	for _, bad := range []string{
		"", " ", "x", "wiki/Front", "?a=b", "#a",
		"//", "///", "//evil.example", "//evil.example/%2F..", "///evil.example", "////evil.example", "https:///evil.example",
		`/\evil.example`, `\/evil.example`, `\\evil.example`, `/\/evil.example`, `/x\evil.example`, `https:\\evil.example`,
		"https://evil.example", "http://evil.example/", "HTTPS://EVIL.EXAMPLE/", "https:evil.example", "https:/evil.example", "//evil.example:80",
		"https://example.com.evil.example/", "https://example.com@evil.example/", "https://example.com:pw@evil.example/", "https://example.comevil/",
		"http://example.com/", "https://example.com:8443/", "https://user@example.com/", "https://example.com", "https://example.com?x", `https://example.com\@evil.example`,
		"https://example.com//evil.example", `https://example.com/\evil.example`,
		"javascript:alert(1)", "data:text/html,x", "JaVaScRiPt://example.com/%0aalert(1)", "mailto:x@evil.example",
		"/\t/evil.example", "/\n/evil.example", "/\r\n/evil.example", "\t//evil.example", " //evil.example", "/ /evil.example", "//\tevil.example",
		"/\x00/evil.example", "/\u00a0/evil.example", "/\u2028x", "/\u0085x", "/\x7f",
		"/x\r\nSet-Cookie: a=b", "/x\nLocation: //evil.example",
		"/.//evil.example", "/./%2F", "/%2F/x", "/%2Fevil.example", "/x/..//evil.example", "/x/%2e%2e//evil.example", "/%2e//evil.example", "/..//evil.example", "/a/b/../..//evil.example",
		"/%5C/%zz", "/%", "/\xff", "/" + strings.Repeat("x", 4096),
		"／／evil.example", "/／evil.example\\",
	} {
		assert.Equal(t, "/", security.SafeNext(r, bad), "%q", bad)
	}
}

// Whatever a client sends, a browser that follows the result stays on the site.
func FuzzSafeNext(f *testing.F) {
	for _, seed := range []string{"/", "//evil.example", `/\evil.example`, "https://example.com/x", "/a/..//b", "/x?y#z", "/\t/evil.example"} {
		f.Add(seed)
	}
	base, err := url.Parse("https://example.com/app/login?next=x")
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, next string) {
		r := web.Begin(nil, httptest.NewRequest("GET", "https://example.com/app/login", nil))
		got := security.SafeNext(r, next)
		require.NotContains(t, got, `\`)
		// Browsers remove these before they read a URL.
		require.Equal(t, got, strings.Map(func(c rune) rune {
			if c <= ' ' {
				return -1
			}
			return c
		}, got))
		to, err := base.Parse(got)
		require.NoError(t, err)
		require.Equal(t, "https", to.Scheme)
		require.Equal(t, "example.com", to.Host)
		require.False(t, strings.HasPrefix(to.EscapedPath(), "//"), got)
	})
}

func TestSafeNextBelowAPrefix(t *testing.T) {
	t.Parallel()
	var r *web.Request
	http.StripPrefix("/app", http.HandlerFunc(func(_ http.ResponseWriter, hr *http.Request) { r = web.Begin(nil, hr) })).
		ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/app/login", nil))
	assert.Equal(t, "/app/", security.SafeNext(r, "//evil.example"))
	assert.Equal(t, "/app/x", security.SafeNext(r, "/app/x"))
}

func TestRedirectToLogin(t *testing.T) {
	t.Parallel()
	config := configure(framework.Options{Security: security.New(security.Options{
		Identify: named("test"), Authorize: func(_ *web.Request, _ traversal.Node, _ string, principals []string) (web.Decision, error) {
			return web.Decision{Allowed: len(principals) > 2 && principals[2] == "alice"}, nil
		}}),
	})
	config.AddForbiddenView(views.Func(security.RedirectToLogin("/login")))
	app := build(t, config)
	for name, tc := range map[string]struct {
		method, path string
		header       []string
		status       int
		location     string
	}{
		"browser":        {"GET", "/private", []string{"Accept", "text/html,application/xhtml+xml,*/*;q=0.8", "Sec-Fetch-Mode", "navigate"}, 303, "/login?next=%2Fprivate"},
		"query":          {"GET", "/private?a=b&next=//evil.example", []string{"Accept", "text/html"}, 303, "/login?next=%2Fprivate%3Fa%3Db%26next%3D%2F%2Fevil.example"},
		"curl":           {"GET", "/private", []string{"Accept", "*/*"}, 303, "/login?next=%2Fprivate"},
		"no Accept":      {"HEAD", "/private", nil, 303, "/login?next=%2Fprivate"},
		"double slash":   {"GET", "//private", nil, 303, "/login?next=%2F"},
		"form":           {"POST", "/private", []string{"Accept", "text/html"}, 403, ""},
		"JSON":           {"GET", "/private", []string{"Accept", "application/json"}, 403, ""},
		"rather JSON":    {"GET", "/private", []string{"Accept", "application/json, */*;q=0.1"}, 403, ""},
		"fetch":          {"GET", "/private", []string{"Accept", "*/*", "Sec-Fetch-Mode", "cors"}, 403, ""},
		"XMLHttpRequest": {"GET", "/private", []string{"Accept", "text/html", "X-Requested-With", "XMLHttpRequest"}, 403, ""},
		"image":          {"GET", "/private", []string{"Accept", "image/png"}, 403, ""},
		"logged in":      {"GET", "/private", []string{"X-User", "bob", "Accept", "text/html"}, 403, ""},
		"permitted":      {"GET", "/private", []string{"X-User", "alice", "Accept", "text/html"}, 200, ""},
	} {
		hr := httptest.NewRequest(tc.method, "https://example.com"+tc.path, nil)
		for i := 0; i < len(tc.header); i += 2 {
			hr.Header.Set(tc.header[i], tc.header[i+1])
		}
		w := httptest.NewRecorder()
		app.ServeHTTP(w, hr)
		assert.Equal(t, tc.status, w.Code, name)
		assert.Equal(t, tc.location, w.Header().Get("Location"), name)
		if tc.status != 200 {
			assert.Equal(t, "no-store", w.Header().Get("Cache-Control"), name)
			assert.Equal(t, "Accept, Authorization, Sec-Fetch-Mode, X-Requested-With", w.Header().Get("Vary"), name)
		}
	}
}

// A browser gets the login page, a program the challenge.
func TestRedirectToLoginBesideAChallenge(t *testing.T) {
	t.Parallel()
	config := configure(framework.Options{Security: security.New(security.Options{
		Identify: security.FirstOf(tickets(secret), security.Basic("wiki", noPassword), security.Bearer("api", noToken)), Authorize: security.AnyUser,
	})})
	config.AddForbiddenView(views.Func(security.RedirectToLogin("/login")))
	app := build(t, config)
	basic, bearer := `Basic realm="wiki", charset="UTF-8"`, `Bearer realm="api"`
	for name, tc := range map[string]struct {
		header     []string
		status     int
		challenges []string
	}{
		"browser":        {[]string{"Accept", "text/html,*/*;q=0.8"}, 303, nil},
		"curl":           {[]string{"Accept", "*/*"}, 401, []string{basic, bearer}},
		"no Accept":      {nil, 401, []string{basic, bearer}},
		"JSON":           {[]string{"Accept", "application/json"}, 401, []string{basic, bearer}},
		"wrong password": {[]string{"Accept", "text/html", "Authorization", basicHeader("a:b")}, 401, []string{basic, bearer}},
		"wrong token": {[]string{"Accept", "text/html", "Authorization", "Bearer x"}, 401,
			[]string{basic, bearer + `, error="invalid_token", error_description="the token is unknown, expired or revoked"`}},
	} {
		b := newBrowser(t, app)
		b.before = func(hr *http.Request) {
			for i := 0; i < len(tc.header); i += 2 {
				hr.Header.Set(tc.header[i], tc.header[i+1])
			}
		}
		resp, body := b.send("GET", "/private", "")
		assert.Equal(t, tc.status, resp.StatusCode, name)
		assert.Equal(t, tc.challenges, resp.Header["Www-Authenticate"], name)
		assert.NotContains(t, body, "private", name)
	}
}
