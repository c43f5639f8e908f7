package web_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/web"
)

func TestForwardedOrigin(t *testing.T) {
	t.Parallel()
	// Requests come from 192.0.2.1, which is trusted, as is 10.0.0.0/8.
	for name, c := range map[string]struct {
		headers []string
		url     string // default http://example.com
		client  string // default 192.0.2.1
	}{
		"nothing said": {},
		"all of X": {
			headers: []string{"X-Forwarded-For", "203.0.113.7", "X-Forwarded-Proto", "https", "X-Forwarded-Host", "shop.org", "X-Forwarded-Port", "8443", "X-Forwarded-Prefix", "/eu"},
			url:     "https://shop.org:8443/eu", client: "203.0.113.7",
		},
		"default port":           {headers: []string{"X-Forwarded-Proto", "https", "X-Forwarded-Port", "443"}, url: "https://example.com"},
		"port in the host":       {headers: []string{"X-Forwarded-Host", "shop.org:81", "X-Forwarded-Port", "82"}, url: "http://shop.org:81"},
		"port alone":             {headers: []string{"X-Forwarded-Port", "8080"}, url: "http://example.com:8080"},
		"no port":                {headers: []string{"X-Forwarded-Port", "http"}},
		"port 0":                 {headers: []string{"X-Forwarded-Port", "0"}},
		"websocket":              {headers: []string{"X-Forwarded-Proto", "WSS"}, url: "https://example.com"},
		"no scheme":              {headers: []string{"X-Forwarded-Proto", "javascript"}},
		"IPv6 host":              {headers: []string{"X-Forwarded-Host", "[2001:db8::1]:81"}, url: "http://[2001:db8::1]:81"},
		"host with a path":       {headers: []string{"X-Forwarded-Host", "evil.org/x"}},
		"host with a user":       {headers: []string{"X-Forwarded-Host", "a@evil.org"}},
		"host with a zone":       {headers: []string{"X-Forwarded-Host", "[fe80::1%25eth0]"}},
		"host of two ports":      {headers: []string{"X-Forwarded-Host", "shop.org:1:2"}},
		"host of an odd port":    {headers: []string{"X-Forwarded-Host", "shop.org:x"}},
		"no host":                {headers: []string{"X-Forwarded-Host", ":80"}},
		"host with a percent":    {headers: []string{"X-Forwarded-Host", "%"}},
		"host with a line break": {headers: []string{"X-Forwarded-Host", "evil.org\r\nX: y"}},
		"the last host counts":   {headers: []string{"X-Forwarded-Host", "evil.org, shop.org"}, url: "http://shop.org"},
		"in several lines":       {headers: []string{"X-Forwarded-Host", "evil.org", "X-Forwarded-Host", "shop.org"}, url: "http://shop.org"},
		"prefix":                 {headers: []string{"X-Forwarded-Prefix", "/a b/%63/"}, url: "http://example.com/a%20b/c"},
		"prefix /":               {headers: []string{"X-Forwarded-Prefix", "/"}},
		"prefix of another host": {headers: []string{"X-Forwarded-Prefix", "//evil.org"}},
		"prefix with ..":         {headers: []string{"X-Forwarded-Prefix", "/a/%2e%2E/b"}},
		"prefix without slash":   {headers: []string{"X-Forwarded-Prefix", "a"}},
		"prefix of markup":       {headers: []string{"X-Forwarded-Prefix", `/"><script>`}, url: "http://example.com/%22%3E%3Cscript%3E"},

		"two proxies":        {headers: []string{"X-Forwarded-For", "203.0.113.7, 10.1.2.3"}, client: "203.0.113.7"},
		"a forged entry":     {headers: []string{"X-Forwarded-For", "1.2.3.4, 203.0.113.7, 10.1.2.3"}, client: "203.0.113.7"},
		"a forged line":      {headers: []string{"X-Forwarded-For", "1.2.3.4", "X-Forwarded-For", "203.0.113.7"}, client: "203.0.113.7"},
		"all trusted":        {headers: []string{"X-Forwarded-For", "10.0.0.9,10.0.0.8"}, client: "10.0.0.9"},
		"unknown":            {headers: []string{"X-Forwarded-For", "1.2.3.4, unknown, 10.0.0.8"}, client: "10.0.0.8"},
		"with ports":         {headers: []string{"X-Forwarded-For", "203.0.113.7:99, [::ffff:10.0.0.8]:12"}, client: "203.0.113.7"},
		"IPv6 client":        {headers: []string{"X-Forwarded-For", "2001:db8::7"}, client: "2001:db8::7"},
		"empty entries":      {headers: []string{"X-Forwarded-For", ", 203.0.113.7,, "}, client: "203.0.113.7"},
		"an empty header":    {headers: []string{"X-Forwarded-For", ""}},
		"no proxy's address": {headers: []string{"X-Real-Ip", "1.2.3.4"}},

		"Forwarded": {
			headers: []string{"Forwarded", `for=203.0.113.7;proto=https;host="shop.org:8443";by=10.0.0.1`},
			url:     "https://shop.org:8443", client: "203.0.113.7",
		},
		"Forwarded, two proxies": {
			headers: []string{"Forwarded", `For="[2001:db8::7]:4711"; Proto=https ;host=shop.org, for=10.0.0.2;proto=http;host=inner`},
			url:     "https://shop.org", client: "2001:db8::7",
		},
		"Forwarded, the outer proxy says no scheme": {
			headers: []string{"Forwarded", `for=203.0.113.7;host=shop.org`, "Forwarded", `for=10.0.0.2;proto=https;host=inner`},
			url:     "https://shop.org", client: "203.0.113.7",
		},
		"Forwarded, forged in front": {
			headers: []string{"Forwarded", `for=1.2.3.4;host=evil.org;proto=https, for=203.0.113.7`},
			client:  "203.0.113.7",
		},
		"Forwarded, a quote left open in front": {
			headers: []string{"Forwarded", `for=1.2.3.4;host="evil.org, for=203.0.113.7;host="shop.org"`},
			url:     "http://shop.org", client: "203.0.113.7",
		},
		"Forwarded, a comma in quotes": {
			headers: []string{"Forwarded", `for=203.0.113.7;ext="a,b\",c";proto=https`},
			url:     "https://example.com", client: "203.0.113.7",
		},
		"upper case": {
			headers: []string{"X-Forwarded-Host", "Shop.ORG:8443", "X-Forwarded-For", "203.0.113.7"},
			url:     "http://shop.org:8443", client: "203.0.113.7",
		},
		"Forwarded, hidden":     {headers: []string{"Forwarded", `for=_secret;proto=https`}, url: "https://example.com"},
		"Forwarded, unreadable": {headers: []string{"Forwarded", `for=1.2.3.4, proto`}},
		"both kinds": {
			headers: []string{"X-Forwarded-For", "203.0.113.7", "Forwarded", "for=1.2.3.4;host=evil.org;proto=https"},
			client:  "203.0.113.7",
		},
		"a list without end": {
			headers: []string{"X-Forwarded-For", "203.0.113.7" + strings.Repeat(", 10.0.0.8", 10_000)},
			client:  "10.0.0.8",
		},
		"a Forwarded list without end": {
			headers: []string{"Forwarded", "for=203.0.113.7;host=far.example" + strings.Repeat(", for=10.0.0.8;host=near.example", 10_000)},
			client:  "10.0.0.8", url: "http://near.example",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantURL, wantClient := c.url, c.client
			if wantURL == "" {
				wantURL = "http://example.com"
			}
			if wantClient == "" {
				wantClient = "192.0.2.1"
			}
			r := beginIn(proxied(t, "10.0.0.0/8"), http.MethodGet, "/", "", c.headers...)
			assert.Equal(t, wantURL, r.ApplicationURL())
			assert.Equal(t, wantClient, r.ClientAddr().String())
			u, err := url.Parse(wantURL)
			require.NoError(t, err)
			assert.Equal(t, u.Scheme, r.Scheme())
			assert.Equal(t, u.Host, r.Authority())
			assert.Equal(t, u.EscapedPath(), r.Prefix())

			for _, app := range []*web.Application{nil, proxied(t)} {
				r = beginIn(app, http.MethodGet, "/", "", c.headers...)
				r.Request.RemoteAddr = "198.51.100.1:1234"
				assert.Equal(t, "http://example.com", r.ApplicationURL(), "not from a trusted proxy")
				assert.Equal(t, "198.51.100.1", r.ClientAddr().String(), "not from a trusted proxy")
			}
		})
	}
}

func TestOriginOfRequest(t *testing.T) {
	t.Parallel()
	byHand, err := http.NewRequest(http.MethodGet, "https://example.com:8443/x", nil)
	require.NoError(t, err)
	old := httptest.NewRequest(http.MethodGet, "/", nil)
	old.Host = ""
	bound := old.WithContext(t.Context())
	bound = bound.WithContext(contextWith(bound, http.LocalAddrContextKey, &net.TCPAddr{IP: net.IPv4(10, 0, 0, 1), Port: 8080}))
	for want, hr := range map[string]*http.Request{
		"https://example.com:8443": byHand,
		"http://localhost":         old,
		"http://10.0.0.1:8080":     bound,
		"https://example.com":      httptest.NewRequest(http.MethodGet, "https://example.com/", nil),
	} {
		assert.Equal(t, want, web.Begin(nil, hr).ApplicationURL())
	}
	r := web.Begin(nil, byHand)
	assert.False(t, r.ClientAddr().IsValid())
	r.Request.RemoteAddr = "@"
	assert.False(t, r.ClientAddr().IsValid(), "a unix socket")
}

func TestUnixSocket(t *testing.T) {
	t.Parallel()
	for _, trusted := range []string{"unix", "10.0.0.1"} {
		r := beginIn(proxied(t, trusted), http.MethodGet, "/", "", "X-Forwarded-For", "203.0.113.7", "X-Forwarded-Proto", "https")
		for _, remote := range []string{"@", "@abstract", "/run/proxy.sock"} {
			r.Request.RemoteAddr = remote
			assert.Equal(t, trusted == "unix", r.FromTrustedProxy(), remote)
			assert.Equal(t, trusted == "unix", r.ClientAddr().String() == "203.0.113.7", remote)
			assert.Equal(t, trusted == "unix", r.Scheme() == "https", remote)
		}
		r.Request.RemoteAddr = ""
		assert.False(t, r.FromTrustedProxy(), "a request that came over no connection")
		r.Request.RemoteAddr = "nonsense"
		assert.False(t, r.FromTrustedProxy())
	}
}

// TestMounted mounts an application below prefixes in the ways of net/http, sends it a request over
// the wire, and another one with the URL that it generated.
func TestMounted(t *testing.T) {
	t.Parallel()
	app := http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		r := web.Begin(routed, hr)
		url, err := r.RouteURL("user", web.With("id", 7))
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		fmt.Fprintf(w, "%s\n%s\n%s", r.Prefix(), hr.URL.Path, url)
	})
	mux := http.NewServeMux()
	mux.Handle("/", app)
	mux.Handle("/app/", http.StripPrefix("/app", app))
	mux.Handle("/slash/", http.StripPrefix("/slash/", app))
	mux.Handle("/a/b/", http.StripPrefix("/a", http.StripPrefix("/b", app)))
	mux.Handle("/my%20app/", http.StripPrefix("/my app", app))
	mux.Handle("/in/{tenant}/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.StripPrefix("/in/"+r.PathValue("tenant"), app).ServeHTTP(w, r)
	}))
	mux.Handle("/rewritten/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.URL.Path, r.URL.RawPath = "/other", ""
		app.ServeHTTP(w, r)
	}))
	server := httptest.NewServer(mux)
	defer server.Close()
	for _, c := range []struct{ ask, prefix, path string }{
		{"/", "", "/"},
		{"/users/1?a=/app", "", "/users/1"},
		{"/app", "/app", "/"}, // redirected by the mux
		{"/app/", "/app", "/"},
		{"/app/users/1?x=/y", "/app", "/users/1"},
		{"/app/app/app", "/app", "/app/app"},
		{"/app/a%2Fb/%20/%61", "/app", "/a/b/ /a"},
		{"/slash/users/1", "/slash", "users/1"},
		{"/slash/", "/slash", ""},
		{"/a/b/users/1", "/a/b", "/users/1"},
		{"/my%20app/users/1", "/my%20app", "/users/1"},
		{"/in/%C3%A9/users/1", "/in/%C3%A9", "/users/1"},
		{"/in/x%3Fy/users/1", "/in/x%3Fy", "/users/1"},
		{"/rewritten/users/1", "", "/other"},
	} {
		body := fetch(t, server.URL+c.ask)
		want := fmt.Sprintf("%s\n%s\n%s%s/users/7", c.prefix, c.path, server.URL, c.prefix)
		assert.Equal(t, want, body, c.ask)
		if c.prefix != "" {
			again := fetch(t, server.URL+c.prefix+"/users/7")
			assert.Equal(t, fmt.Sprintf("%s\n%s\n%s%s/users/7", c.prefix, trimmed("/users/7", c.path), server.URL, c.prefix), again)
		}
	}
}

// trimmed returns path, without its slash at the end if the other path has none.
func trimmed(path, other string) string {
	if other == "" || other[0] != '/' {
		return path[1:]
	}
	return path
}

func fetch(t *testing.T, url string) string {
	t.Helper()
	resp, err := http.Get(url)
	require.NoError(t, err)
	defer resp.Body.Close()
	return read(t, resp.Body)
}

func TestPrefixInPaths(t *testing.T) {
	t.Parallel()
	for uri, want := range map[string]string{
		"/my%20app/":              "/my app/plain", // unescaped, as in Pyramid
		"/caf%C3%A9/":             "/café/plain",
		"/50%25/":                 "/50%25/plain", // characters that would change the path stay escaped
		"/a%3Fb%23c%2Fd%22%0A/":   "/a%3Fb%23c%2Fd%22%0A/plain",
		"/":                       "/plain",
		"/a/../":                  "/plain", // cleaned, not mounted
		"//evil.org/":             "/plain",
		"/%2e%2e/":                "/plain",
		"/%ZZ/":                   "/plain",
		"/%FF/":                   "/plain",
		"http://example.com/app/": "/app/plain",
		"http://example.com":      "/plain",
		"*":                       "/plain",
		"":                        "/plain",
		"example.com:443":         "/plain",
	} {
		r := beginIn(routed, http.MethodGet, "/", "")
		r.Request.RequestURI = uri
		got, err := r.RoutePath("plain")
		require.NoError(t, err)
		assert.Equal(t, want, got, uri)
	}
	r := beginIn(proxied(t), http.MethodGet, "/", "", "X-Forwarded-Prefix", "/outer")
	r.Request.RequestURI = "/inner/"
	assert.Equal(t, "http://example.com/outer/inner", r.ApplicationURL())
}

func FuzzForwarded(f *testing.F) {
	f.Add("for=1.2.3.4", "1.2.3.4", "/a", "/b/c", "/c")
	f.Add(`for="a\",b;host=`, ", ,", "//x", "http://h/%2f", "/")
	f.Add("", "1.2.3.4", "/+h%2F%2Fh", "/a..%2F/b", "/b")
	f.Fuzz(func(t *testing.T, forwarded, xff, prefix, uri, path string) {
		r := beginIn(proxied(t), http.MethodGet, "/", "", "Forwarded", forwarded, "X-Forwarded-Prefix", prefix)
		if xff != "" {
			r.Request.Header.Set("X-Forwarded-For", xff)
			r.Request.Header.Set("X-Forwarded-Host", xff)
		}
		r.Request.RequestURI, r.URL.Path = uri, path
		u, err := url.Parse(r.ApplicationURL())
		require.NoError(t, err, r.ApplicationURL())
		assert.Contains(t, []string{"http", "https"}, u.Scheme)
		assert.NotEmpty(t, u.Host)
		assert.Nil(t, u.User)
		assert.Empty(t, u.RawQuery+u.Fragment)
		assert.NotRegexp(t, `//|/\.\.?/`, u.EscapedPath()+"/") // %2F does not separate segments
		assert.True(t, r.ClientAddr().IsValid())
		got, err := r.RoutePath("plain")
		require.NoError(t, err)
		assert.Regexp(t, `^/($|[^/\\])`, got)
	})
}

func contextWith(hr *http.Request, key, value any) context.Context {
	return context.WithValue(hr.Context(), key, value)
}

func read(t *testing.T, from io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(from)
	require.NoError(t, err)
	return string(b)
}

func TestTrustedProxies(t *testing.T) {
	t.Parallel()
	trusted, err := web.ParseTrustedProxies([]string{" 10.0.0.0/8", "192.0.2.7", "fd00::/8", "::ffff:198.51.100.0/120"})
	require.NoError(t, err)
	for addr, want := range map[string]bool{
		"10.9.9.9:1": true, "10.9.9.9": true, "11.0.0.1:1": false, "192.0.2.7:80": true, "192.0.2.8:80": false, "[fd00::1]:80": true, "[fd00::1%eth0]:80": true,
		"fd00::1": true, "[::ffff:10.0.0.1]:80": true, "198.51.100.9:1": true, "": false, "@": false, "nonsense": false, "[fe80::1]:1": false,
	} {
		assert.Equal(t, want, trusted.Trusts(addr), addr)
	}
	assert.False(t, web.TrustedProxies(nil).Trusts("10.0.0.1:1"))
	for _, bad := range []string{"", "proxy", "10.0.0.0/99"} {
		_, err = web.ParseTrustedProxies([]string{bad})
		assert.ErrorContains(t, err, `trusted proxy "`+bad)
	}
}

// Forwarding headers count only if they come from a trusted proxy. By default there is none.
func ExampleParseTrustedProxies() {
	trusted, err := web.ParseTrustedProxies([]string{"10.0.0.0/8"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, proxies := range []web.TrustedProxies{nil, trusted} {
		hr := httptest.NewRequest("GET", "http://inside.local/", nil)
		hr.RemoteAddr = "10.1.2.3:4567"
		hr.Header.Set("X-Forwarded-For", "203.0.113.9")
		hr.Header.Set("X-Forwarded-Proto", "https")
		hr.Header.Set("X-Forwarded-Host", "example.com")
		r := web.Begin(&web.Application{Trusted: proxies}, hr)
		fmt.Println(r.ClientAddr(), r.ApplicationURL())
	}
	// Output:
	// 10.1.2.3 http://inside.local
	// 203.0.113.9 https://example.com
}

// What proxies say is read once, so a page with many links does not read it for each of them.
func TestForwardedHeadersAreReadOnce(t *testing.T) {
	r := beginIn(proxied(t), http.MethodGet, "/", "", "X-Forwarded-Prefix", "/a b", "X-Forwarded-For", "203.0.113.7", "X-Vhm-Root", "/x")
	read := func() {
		_, _, _, _ = r.Prefix(), r.ClientAddr(), r.Scheme(), web.Drive(r).VirtualRootNames()
	}
	read()
	assert.Zero(t, testing.AllocsPerRun(10, read), "escaping the prefix would allocate")

	// Middleware may replace the request, or change it.
	other := r.Request.Clone(t.Context())
	other.Header.Set("X-Forwarded-Prefix", "/b")
	assert.Equal(t, "/b", r.With(other).Prefix())
	assert.Equal(t, "/a%20b", r.Prefix())
	r.Request.RemoteAddr = "198.51.100.1:1234"
	assert.Empty(t, r.Prefix())
	assert.Equal(t, "198.51.100.1", r.ClientAddr().String())
}
