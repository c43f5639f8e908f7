package oidc_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/security/oidc"
	"github.com/mastaba-go/mastaba/views"
)

// The names of these tests say which defence they prove.

// An attacker who runs one of two providers passes the victim on to the other, and back to his own
// callback with the code of the other (mix-up), or ends at one what began at the other.
func TestALoginEndsAtTheProviderWhereItBegan(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	i.redirect = "https://example.com/one"
	config := framework.New(options(t))
	config.AddView(home, views.NoPermission())
	for name, client := range map[string]string{"one": "wiki", "two": "shop"} {
		p := oidc.New(oidc.Options{
			Issuer: issuerURL, ClientID: client, ClientSecret: "secret", RedirectURL: "https://example.com/" + name,
			Scopes: []string{"email"}, Algorithms: []string{"ES256"}, Client: &http.Client{Transport: i},
		})
		config.AddLogin(p, framework.LoginOptions{Name: "login-" + name, DisableRedirect: true})
	}
	app, err := config.App()
	require.NoError(t, err)
	victim := newBrowser(t, app)
	resp, _ := victim.get("/login-one")
	query := i.authorize(resp.Header.Get("Location"))
	resp, _ = victim.get("/two?" + query.Encode())
	assert.Equal(t, http.StatusBadRequest, resp.StatusCode)
	assert.Empty(t, victim.user())
	resp, _ = victim.get("/one?" + query.Encode())
	assert.Equal(t, http.StatusSeeOther, resp.StatusCode, "the attack has not used up the login")
}

// A provider that announces RFC 9207 names itself in each answer; one without a name is another's.
func TestIssuerInTheAnswerIsRequiredWhereItIsAnnounced(t *testing.T) {
	t.Parallel()
	for announced, want := range map[bool]int{true: http.StatusBadRequest, false: http.StatusSeeOther} {
		i := newIssuer(t)
		i.names = announced
		b := newBrowser(t, application(t, i, nil))
		q := b.begin(i, "")
		q.Del("iss")
		status, _ := b.callback(q)
		assert.Equal(t, want, status, announced)
		b = newBrowser(t, b.app)
		status, _ = b.callback(b.begin(i, ""))
		assert.Equal(t, http.StatusSeeOther, status)
	}
}

// The provider refuses a code without the verifier of the client that asked for it (PKCE), so that a
// stolen code is worth nothing, also to somebody with a login of their own in progress.
func TestStolenCodeNeedsTheVerifier(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	app := application(t, i, nil)
	victim, thief := newBrowser(t, app), newBrowser(t, app)
	stolen := victim.begin(i, "")
	own := thief.begin(i, "")
	own.Set("code", stolen.Get("code"))
	status, _ := thief.callback(own)
	assert.Equal(t, http.StatusBadRequest, status)
	assert.Empty(t, thief.user())
}

// The challenge differs each time and is the hash of the verifier; the verifier stays in the session.
func TestNothingSecretIsInTheAddress(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	b := newBrowser(t, application(t, i, nil))
	seen := map[string]bool{}
	for range 3 {
		resp, _ := b.get("/login")
		at, err := url.Parse(resp.Header.Get("Location"))
		require.NoError(t, err)
		for _, name := range []string{"state", "nonce", "code_challenge"} {
			value := at.Query().Get(name)
			assert.GreaterOrEqual(t, len(value), 26, "%s: 128 random bits", name)
			assert.False(t, seen[value], name)
			seen[value] = true
		}
		assert.Equal(t, "S256", at.Query().Get("code_challenge_method"), "plain would show the verifier")
		assert.Empty(t, at.Query().Get("code_verifier"))
		assert.NotContains(t, at.RawQuery, "secret")
		assert.Equal(t, "no-store", resp.Header.Get("Cache-Control"))
	}
}

// Whoever planted a session before the login does not share it after.
func TestSessionIDChangesAtTheCallback(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	app := application(t, i, nil)
	victim := newBrowser(t, app)
	query := victim.begin(i, "")
	planted := victim.jar.Cookies(site)
	status, _ := victim.callback(query)
	require.Equal(t, http.StatusSeeOther, status)
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	jar.SetCookies(site, planted)
	assert.Empty(t, (&browser{t: t, app: app, jar: jar}).user())
	assert.Equal(t, "248289761001", victim.user())
}

// next decides where the login leads, and comes from whoever made the link.
func TestNextOfACallbackIsThatOfTheBeginning(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	b := newBrowser(t, application(t, i, nil))
	query := b.begin(i, "/wiki")
	query.Set("next", "https://evil.example/")
	query.Add("state", "another")
	_, location := b.callback(query)
	assert.Equal(t, "/wiki", location)
	for _, next := range []string{
		"/\t/evil.example", "/%2f/evil.example", "/..//evil.example", "https://example.com@evil.example/", "https://example.com.evil.example/",
		"//example.com/", "javascript:alert(1)", "/\r\nSet-Cookie: a=b", strings.Repeat("/a", 5000),
	} {
		resp, _ := b.get("/login?next=" + url.QueryEscape(next))
		_, location := b.callback(i.authorize(resp.Header.Get("Location")))
		assert.True(t, location == "/" || !strings.Contains(location, "evil"), "%q leads to %q", next, location)
	}
}

// What a client sends to the callback costs no request to the provider unless the client began a
// login, and no memory.
func TestForgedCallbacksCostNothing(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	app := application(t, i, nil)
	newBrowser(t, app).begin(i, "")
	before := i.requests
	for _, query := range []string{
		"", "state=", "state=x", "state=" + strings.Repeat("A", 26), "state=%00&code=x", "state=" + strings.Repeat("x", 1<<15),
		"error=access_denied&state=x", "code=x&iss=" + issuerURL, "state[]=x", "state=x;code=y",
	} {
		w := httptest.NewRecorder()
		app.ServeHTTP(w, httptest.NewRequest("GET", "https://example.com/callback?"+query, nil))
		assert.Equal(t, http.StatusBadRequest, w.Code, query)
		assert.Empty(t, w.Result().Cookies(), "no session for %q", query)
	}
	assert.Equal(t, before, i.requests)
}

// FuzzCallback sends queries that no provider has sent: none logs anybody in, whether or not the
// client has begun a login.
func FuzzCallback(f *testing.F) {
	for _, seed := range []string{"", "state=&code=x", "state=x&state=y", "iss=https://login.example.com&state=%00", "error=access_denied", "%", "state=x;code=y"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		i := newIssuer(t)
		b := newBrowser(t, application(t, i, nil))
		b.begin(i, "")
		for _, client := range []*browser{b, newBrowser(t, b.app)} {
			hr := httptest.NewRequest("GET", "https://example.com/callback", nil)
			hr.URL.RawQuery = query
			for _, c := range client.jar.Cookies(site) {
				hr.AddCookie(c)
			}
			w := httptest.NewRecorder()
			client.app.ServeHTTP(w, hr)
			if w.Code != http.StatusBadRequest {
				t.Errorf("%q is a %d", query, w.Code)
			}
			if user := client.user(); user != "" {
				t.Errorf("%q logs %q in", query, user)
			}
		}
	})
}
