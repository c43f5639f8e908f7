package forms_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/internal/testapps/forms"
)

var site = &url.URL{Scheme: "https", Host: "example.com", Path: "/"}

// browser keeps cookies, and sends forms from pages of the site over https.
type browser struct {
	t   *testing.T
	app http.Handler
	jar *cookiejar.Jar
}

func newBrowser(t *testing.T, app http.Handler) *browser {
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return &browser{t, app, jar}
}

func (b *browser) send(method, path, token string) (int, string) {
	form := url.Values{"csrf_token": {token}}.Encode()
	if method == http.MethodGet {
		form = ""
	}
	hr := httptest.NewRequest(method, "https://example.com"+path, strings.NewReader(form))
	hr.Header.Set("Origin", "https://example.com")
	if form != "" {
		hr.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, c := range b.jar.Cookies(site) {
		hr.AddCookie(c)
	}
	w := httptest.NewRecorder()
	b.app.ServeHTTP(w, hr)
	b.jar.SetCookies(site, w.Result().Cookies())
	return w.Code, w.Body.String()
}

// token returns a token of the forms that the browser sees now.
func (b *browser) token() string {
	status, text := b.send("GET", "/", "")
	require.Equal(b.t, 200, status)
	return text
}

func (b *browser) post(path, token string) int {
	status, _ := b.send("POST", path, token)
	return status
}

func newApp(t *testing.T) http.Handler {
	config, err := forms.Configure()
	require.NoError(t, err)
	return frameworktest.New(t, config)
}

func TestLoginAndForms(t *testing.T) {
	t.Parallel()
	alice := newBrowser(t, newApp(t))
	before := alice.token()
	assert.Equal(t, 400, alice.post("/login", ""), "a login needs a token: nobody is logged in as someone else unasked")
	assert.Equal(t, 403, alice.post("/sign", before), "the permission is asked before the token")
	require.Equal(t, 200, alice.post("/login", before))
	assert.Equal(t, 400, alice.post("/sign", before), "a token from before the login does not work after it")

	inside := alice.token()
	status, text := alice.send("POST", "/sign", inside)
	assert.Equal(t, 200, status)
	assert.Equal(t, "signed by alice", text)
	require.Equal(t, 200, alice.post("/renew", inside))
	assert.Equal(t, 400, alice.post("/sign", inside), "nor one from before the session was renewed")

	inside = alice.token()
	require.Equal(t, 200, alice.post("/logout", inside))
	assert.Equal(t, 403, alice.post("/sign", inside))
	require.Equal(t, 400, alice.post("/login", inside), "nor one from before the logout")
}

// A session and a token that somebody plants in another browser are not theirs to use after the login.
func TestPlantedSession(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	mallory, alice := newBrowser(t, app), newBrowser(t, app)
	planted := mallory.token()
	alice.jar.SetCookies(site, mallory.jar.Cookies(site))
	require.Equal(t, 200, alice.post("/login", alice.token()))
	assert.Equal(t, 400, alice.post("/sign", planted))
	assert.Equal(t, 403, mallory.post("/sign", planted), "the planted session has no user")
	assert.Equal(t, 200, alice.post("/sign", alice.token()))
}

func TestTokenOfAnotherSession(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	alice, bob := newBrowser(t, app), newBrowser(t, app)
	require.Equal(t, 200, alice.post("/login", alice.token()))
	require.Equal(t, 200, bob.post("/login", bob.token()))
	assert.Equal(t, 400, alice.post("/sign", bob.token()))
	assert.Equal(t, 200, alice.post("/sign", alice.token()))
}
