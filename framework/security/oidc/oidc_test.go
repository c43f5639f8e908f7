package oidc_test

import (
	"cmp"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/framework/security/oidc"
	"github.com/mastaba-go/mastaba/framework/session"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

const issuerURL = "https://login.example.com"

// issuer is a provider, as the http.RoundTripper of its clients.
type issuer struct {
	t        *testing.T
	key      *ecdsa.PrivateKey
	codes    map[string]url.Values // what was asked for each code that is not used
	down     bool
	names    bool // it announces RFC 9207
	requests int
	// redirect is where it sends clients back to; "": https://example.com/callback.
	redirect string
	// keysDown takes down the keys alone; fetches counts how often they were asked for.
	keysDown bool
	fetches  int
	// change changes the claims of the next id token; forge replaces the token.
	change func(claims map[string]any)
	forge  func(claims map[string]any) string
}

func newIssuer(t *testing.T) *issuer {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	return &issuer{t: t, key: key, codes: map[string]url.Values{}}
}

func (i *issuer) RoundTrip(hr *http.Request) (*http.Response, error) {
	i.requests++
	if i.down {
		return nil, errors.New("connection refused")
	}
	w := httptest.NewRecorder()
	w.Header().Set("Content-Type", "application/json")
	switch hr.URL.Path {
	case "/.well-known/openid-configuration":
		fmt.Fprintf(w, `{"issuer":%q,"authorization_endpoint":"%[1]s/auth","token_endpoint":"%[1]s/token","jwks_uri":"%[1]s/keys","authorization_response_iss_parameter_supported":%[2]t}`, issuerURL, i.names)
	case "/keys":
		i.fetches++
		if i.keysDown {
			w.WriteHeader(http.StatusInternalServerError)
			break
		}
		require.NoError(i.t, json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &i.key.PublicKey, KeyID: "one"}}}))
	case "/token":
		i.token(w, hr)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
	return w.Result(), nil
}

// authorize is what a provider does when the user agrees: it returns the query of the callback.
func (i *issuer) authorize(location string) url.Values {
	at, err := url.Parse(location)
	require.NoError(i.t, err)
	require.Equal(i.t, issuerURL+"/auth", "https://"+at.Host+at.Path)
	asked := at.Query()
	require.Equal(i.t, "S256", asked.Get("code_challenge_method"))
	require.Equal(i.t, "openid email", asked.Get("scope"))
	require.Equal(i.t, cmp.Or(i.redirect, "https://example.com/callback"), asked.Get("redirect_uri"))
	require.NotEmpty(i.t, asked.Get("nonce"))
	code := rand.Text()
	i.codes[code] = asked
	return url.Values{"code": {code}, "state": {asked.Get("state")}, "iss": {issuerURL}}
}

func (i *issuer) token(w *httptest.ResponseRecorder, hr *http.Request) {
	require.NoError(i.t, hr.ParseForm())
	asked, ok := i.codes[hr.Form.Get("code")]
	delete(i.codes, hr.Form.Get("code"))
	sum := sha256.Sum256([]byte(hr.Form.Get("code_verifier")))
	if !ok || asked.Get("code_challenge") != base64.RawURLEncoding.EncodeToString(sum[:]) {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"error":"invalid_grant"}`)
		return
	}
	claims := map[string]any{
		"iss": issuerURL, "sub": "248289761001", "aud": "wiki", "exp": time.Now().Unix() + 600, "iat": time.Now().Unix(),
		"nonce": asked.Get("nonce"), "email": "alice@example.com", "email_verified": true,
	}
	if i.change != nil {
		i.change(claims)
	}
	token := i.sign(i.key, claims)
	if i.forge != nil {
		token = i.forge(claims)
	}
	require.NoError(i.t, json.NewEncoder(w).Encode(map[string]any{"access_token": "access", "token_type": "Bearer", "id_token": token}))
}

func (i *issuer) sign(key *ecdsa.PrivateKey, claims map[string]any) string {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: key, KeyID: "one"}}, nil)
	require.NoError(i.t, err)
	text, err := json.Marshal(claims)
	require.NoError(i.t, err)
	signed, err := signer.Sign(text)
	require.NoError(i.t, err)
	token, err := signed.CompactSerialize()
	require.NoError(i.t, err)
	return token
}

// browser keeps cookies.
type browser struct {
	t   *testing.T
	app http.Handler
	jar *cookiejar.Jar
}

var site = &url.URL{Scheme: "https", Host: "example.com", Path: "/"}

func (b *browser) get(path string) (*http.Response, string) { return b.send(http.MethodGet, path) }

func (b *browser) send(method, path string) (*http.Response, string) {
	hr := httptest.NewRequest(method, "https://example.com"+path, nil)
	for _, c := range b.jar.Cookies(site) {
		hr.AddCookie(c)
	}
	w := httptest.NewRecorder()
	b.app.ServeHTTP(w, hr)
	b.jar.SetCookies(site, w.Result().Cookies())
	return w.Result(), w.Body.String()
}

// begin starts a login, and returns the query of the callback.
func (b *browser) begin(i *issuer, next string) url.Values {
	resp, _ := b.get("/login?next=" + url.QueryEscape(next))
	require.Equal(b.t, http.StatusSeeOther, resp.StatusCode)
	return i.authorize(resp.Header.Get("Location"))
}

func (b *browser) callback(query url.Values) (status int, location string) {
	resp, _ := b.get("/callback?" + query.Encode())
	return resp.StatusCode, resp.Header.Get("Location")
}

func (b *browser) user() string {
	_, body := b.get("/")
	return body
}

func application(t *testing.T, i *issuer, change func(o *oidc.Options)) *framework.App {
	o := oidc.Options{
		Issuer: issuerURL, ClientID: "wiki", ClientSecret: "secret", RedirectURL: "https://example.com/callback",
		Scopes: []string{"email"}, Algorithms: []string{"ES256"}, Client: &http.Client{Transport: i},
	}
	if change != nil {
		change(&o)
	}
	login := oidc.New(o)
	require.NoError(t, login.Err())
	sessions, err := session.New(session.Options{Store: new(session.Memory)})
	require.NoError(t, err)
	config := framework.New(framework.Options{
		Security: security.New(security.Options{Identify: security.Session(), Authorize: security.AnyUser}), Sessions: sessions,
	})
	for name, view := range map[string]views.View{
		"login": views.Func(login.Begin), "callback": views.Func(login.Callback), "logout": views.Func(login.Logout),
	} {
		config.AddRoute(name, "/"+name)
		config.AddView(view, views.Route(name))
	}
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		id, err := r.UserID()
		return r.Text(id), err
	}))
	app, err := config.App()
	require.NoError(t, err)
	return app
}

func newBrowser(t *testing.T, app http.Handler) *browser {
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return &browser{t, app, jar}
}

func TestLogin(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	b := newBrowser(t, application(t, i, nil))
	status, location := b.callback(b.begin(i, "/wiki?a=b"))
	assert.Equal(t, http.StatusSeeOther, status)
	assert.Equal(t, "/wiki?a=b", location)
	assert.Equal(t, "248289761001", b.user())
	resp, _ := b.get("/logout")
	assert.Equal(t, "/", resp.Header.Get("Location"))
	assert.Empty(t, b.user())
}

func TestUserOfTheApplication(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	b := newBrowser(t, application(t, i, func(o *oidc.Options) {
		o.User = func(_ *web.Request, login *oidc.Login) (string, error) {
			var c struct {
				Email    string `json:"email"`
				Verified bool   `json:"email_verified"`
			}
			err := login.Claims(&c)
			assert.Equal(t, "access", login.AccessToken)
			if !c.Verified {
				return "", err
			}
			return c.Email, err
		}
	}))
	b.callback(b.begin(i, ""))
	assert.Equal(t, "alice@example.com", b.user())

	i.change = func(claims map[string]any) { claims["email_verified"] = false }
	other := newBrowser(t, b.app)
	status, _ := other.callback(other.begin(i, ""))
	assert.Equal(t, http.StatusForbidden, status)
	assert.Empty(t, other.user())
}

func TestNextStaysOnThisSite(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	app := application(t, i, nil)
	for _, next := range []string{"https://evil.example/", "//evil.example", `/\evil.example`, ""} {
		b := newBrowser(t, app)
		_, location := b.callback(b.begin(i, next))
		assert.Equal(t, "/", location, next)
	}
}

// A callback counts once, in the browser that began it, and within ten minutes.
func TestCallbacksThatDoNotCount(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	app := application(t, i, nil)
	for name, attack := range map[string]func(victim *browser) (int, string){
		"of another browser (login CSRF)": func(victim *browser) (int, string) {
			return victim.callback(newBrowser(t, app).begin(i, ""))
		},
		"twice": func(victim *browser) (int, string) {
			query := newBrowser(t, app)
			q := query.begin(i, "")
			query.callback(q)
			query.get("/logout")
			victim.jar.SetCookies(site, query.jar.Cookies(site))
			return victim.callback(q)
		},
		"without state": func(victim *browser) (int, string) {
			q := victim.begin(i, "")
			q.Del("state")
			return victim.callback(q)
		},
		"of another state": func(victim *browser) (int, string) {
			q := victim.begin(i, "")
			q.Set("state", strings.ToLower(q.Get("state")))
			return victim.callback(q)
		},
		"with a code of another login (injection)": func(victim *browser) (int, string) {
			q := victim.begin(i, "")
			q.Set("code", newBrowser(t, app).begin(i, "").Get("code"))
			return victim.callback(q)
		},
		"without code": func(victim *browser) (int, string) {
			q := victim.begin(i, "")
			q.Del("code")
			return victim.callback(q)
		},
		"of another issuer (mix-up)": func(victim *browser) (int, string) {
			q := victim.begin(i, "")
			q.Set("iss", "https://evil.example")
			return victim.callback(q)
		},
		"nothing begun": func(victim *browser) (int, string) {
			return victim.callback(url.Values{"state": {""}, "code": {"x"}})
		},
		"of a dropped login": func(victim *browser) (int, string) {
			q := victim.begin(i, "")
			for range 4 {
				victim.begin(i, "")
			}
			return victim.callback(q)
		},
	} {
		victim := newBrowser(t, app)
		status, _ := attack(victim)
		assert.Equal(t, http.StatusBadRequest, status, name)
		assert.Empty(t, victim.user(), name)
	}
}

func TestALoginTakesTenMinutesAtMost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		i := newIssuer(t)
		b := newBrowser(t, application(t, i, nil))
		for wait, want := range map[time.Duration]int{9 * time.Minute: http.StatusSeeOther, 10 * time.Minute: http.StatusBadRequest} {
			q := b.begin(i, "")
			time.Sleep(wait)
			status, _ := b.callback(q)
			assert.Equal(t, want, status, wait)
		}
	})
}

func TestLoginsInSeveralWindows(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	b := newBrowser(t, application(t, i, nil))
	first, second := b.begin(i, "/first"), b.begin(i, "/second")
	_, location := b.callback(second)
	assert.Equal(t, "/second", location)
	_, location = b.callback(first)
	assert.Equal(t, "/first", location)
}

// Each of these id tokens is refused by a rule of its own.
func TestRefusedIDTokens(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	app := application(t, i, nil)
	other := newIssuer(t)
	for name, change := range map[string]func(c map[string]any){
		"nonce":       func(c map[string]any) { c["nonce"] = "another" },
		"no nonce":    func(c map[string]any) { delete(c, "nonce") },
		"issuer":      func(c map[string]any) { c["iss"] = "https://evil.example" },
		"audience":    func(c map[string]any) { c["aud"] = "shop" },
		"no audience": func(c map[string]any) { delete(c, "aud") },
		"expired":     func(c map[string]any) { c["exp"] = time.Now().Unix() - 1 },
		"no end":      func(c map[string]any) { delete(c, "exp") },
		"issued to another client": func(c map[string]any) {
			c["aud"], c["azp"] = []string{"wiki", "shop"}, "shop"
		},
		"issued to nobody": func(c map[string]any) { c["aud"] = []string{"wiki", "shop"} },
		"other party":      func(c map[string]any) { c["azp"] = "shop" },
		"no subject":       func(c map[string]any) { delete(c, "sub") },
		"empty subject":    func(c map[string]any) { c["sub"] = "" },
	} {
		i.change, i.forge = change, nil
		b := newBrowser(t, app)
		status, _ := b.callback(b.begin(i, ""))
		assert.Equal(t, http.StatusBadRequest, status, name)
		assert.Empty(t, b.user(), name)
	}
	for name, forge := range map[string]func(c map[string]any) string{
		"other key": func(c map[string]any) string { return other.sign(other.key, c) },
		"alg none": func(c map[string]any) string {
			text, _ := json.Marshal(c)
			return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + base64.RawURLEncoding.EncodeToString(text) + "."
		},
		"HS256 with the client's secret": func(c map[string]any) string {
			signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: []byte(strings.Repeat("secret", 8))}, nil)
			require.NoError(t, err)
			text, _ := json.Marshal(c)
			signed, err := signer.Sign(text)
			require.NoError(t, err)
			token, err := signed.CompactSerialize()
			require.NoError(t, err)
			return token
		},
		"malformed": func(map[string]any) string { return "x" },
	} {
		i.change, i.forge = nil, forge
		b := newBrowser(t, app)
		status, _ := b.callback(b.begin(i, ""))
		assert.Equal(t, http.StatusBadRequest, status, name)
		assert.Empty(t, b.user(), name)
	}
}

func TestTheUserRefuses(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	b := newBrowser(t, application(t, i, nil))
	q := b.begin(i, "")
	q.Del("code")
	q.Set("error", "access_denied")
	q.Set("error_description", "<script>")
	resp, body := b.get("/callback?" + q.Encode())
	assert.Equal(t, http.StatusForbidden, resp.StatusCode)
	assert.NotContains(t, body, "script")
}

func TestProviderIsDown(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	i.down = true
	b := newBrowser(t, application(t, i, nil))
	resp, _ := b.get("/login")
	assert.Equal(t, http.StatusServiceUnavailable, resp.StatusCode)
	i.down = false
	q := b.begin(i, "")
	i.down = true
	status, _ := b.callback(q)
	assert.Equal(t, http.StatusServiceUnavailable, status)
	assert.Empty(t, b.user())
}

// A token that no key has signed fetches the keys again, once per minute at most.
func TestKeysOfTheProvider(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		i := newIssuer(t)
		app := application(t, i, nil)
		login := func() int {
			b := newBrowser(t, app)
			status, _ := b.callback(b.begin(i, ""))
			return status
		}
		i.keysDown = true
		assert.Equal(t, http.StatusServiceUnavailable, login(), "no keys yet")
		i.keysDown = false
		assert.Equal(t, http.StatusSeeOther, login())
		assert.Equal(t, http.StatusSeeOther, login())
		assert.Equal(t, 2, i.fetches)

		i.key = newIssuer(t).key // rotated
		assert.Equal(t, http.StatusBadRequest, login())
		assert.Equal(t, 2, i.fetches, "the last fetch is not a minute ago")
		time.Sleep(time.Minute)
		assert.Equal(t, http.StatusSeeOther, login())
		assert.Equal(t, 3, i.fetches)
	})
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	err := oidc.New(oidc.Options{Issuer: "http://login.example.com", RedirectURL: "/callback", Algorithms: []string{"HS256"}}).Err()
	for _, want := range []string{`Issuer "http://login.example.com": want an address`, `RedirectURL "/callback"`, "no ClientID", `algorithm "HS256"`} {
		assert.ErrorContains(t, err, want)
	}
	_, err = oidc.New(oidc.Options{}).Begin(web.Begin(nil, httptest.NewRequest("GET", "/", nil)))
	assert.ErrorContains(t, err, "oidc.New: ")
}
