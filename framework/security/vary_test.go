package security_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/framework/session"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// A page that greets its user, which caches may keep, differs from client to client: each kind of
// credentials says in the response what it depends on. Without that, a cache that has the page of an
// anonymous client gives it to users, and a browser that of one user to the next.
func TestCachesKeepClientsApart(t *testing.T) {
	t.Parallel()
	known := func(_ *web.Request, hash string) (security.User, error) {
		if hash == security.HashToken("token") {
			return security.User{ID: "alice"}, nil
		}
		return security.User{}, nil
	}
	basic := security.Basic("wiki", func(context.Context, string, string) (bool, error) { return true, nil })
	certificate := security.Certificate(func(*web.Request, *x509.Certificate) (security.User, error) { return security.User{ID: "alice"}, nil })
	with := func(name, value string) func(*http.Request) {
		return func(hr *http.Request) { hr.Header.Set(name, value) }
	}
	for name, tc := range map[string]struct {
		of      security.Identifier
		login   func(hr *http.Request)
		vary    string
		private bool
	}{
		"Basic":       {basic, with("Authorization", basicHeader("alice:x")), "Authorization", false},
		"Bearer":      {security.Bearer("api", known), with("Authorization", "Bearer token"), "Authorization", false},
		"APIKey":      {security.APIKey("X-Key", known), with("X-Key", "token"), "X-Key", false},
		"ProxyHeader": {security.ProxyHeader("X-User"), with("X-User", "alice"), "X-User", true},
		"Certificate": {certificate, func(hr *http.Request) {
			hr.TLS = &tls.ConnectionState{VerifiedChains: [][]*x509.Certificate{{{}}}}
		}, "", true},
		"FirstOf":        {security.FirstOf(security.Session(), basic), with("Authorization", basicHeader("alice:x")), "Authorization, Cookie", false},
		"Below, inside":  {security.Below("/page", basic, nil), with("Authorization", basicHeader("alice:x")), "Authorization", false},
		"Below, outside": {security.Below("/api", basic, security.Session()), func(*http.Request) {}, "Cookie", false},
	} {
		config := framework.New(framework.Options{
			Security:       security.New(security.Options{Identify: tc.of, Authorize: security.AnyUser}),
			Sessions:       newSessions(t, new(session.Memory)),
			TrustedProxies: []string{"192.0.2.1"}, // that of httptest
		})
		config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			resp := r.Text("")
			resp.SetHeader("Cache-Control", "public, max-age=60")
			id, err := r.UserID()
			resp.SetText("Hello " + id)
			return resp, err
		}), views.Name("page"))
		config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			resp := r.Text("the same for all")
			resp.SetHeader("Cache-Control", "public, max-age=60")
			return resp, nil
		}), views.Name("about"))
		app := build(t, config)
		get := func(path string, change func(*http.Request)) *httptest.ResponseRecorder {
			hr := httptest.NewRequest("GET", "https://example.com"+path, nil)
			if change != nil {
				change(hr)
			}
			w := httptest.NewRecorder()
			app.ServeHTTP(w, hr)
			return w
		}
		control := "public, max-age=60"
		if tc.private {
			control = "private, max-age=60"
		}
		anonymous, user := get("/page", nil), get("/page", tc.login)
		assert.Equal(t, "Hello ", anonymous.Body.String(), name)
		for client, w := range map[string]*httptest.ResponseRecorder{"anonymous": anonymous, "user": user} {
			assert.Equal(t, tc.vary, w.Header().Get("Vary"), "%s: %s", name, client)
			assert.Equal(t, control, w.Header().Get("Cache-Control"), "%s: %s", name, client)
		}
		if name != "Below, outside" {
			assert.Equal(t, "Hello alice", user.Body.String(), name)
		}
		same := get("/about", tc.login)
		assert.Empty(t, same.Header().Get("Vary"), "%s: nothing looked up the user", name)
		assert.Equal(t, "public, max-age=60", same.Header().Get("Cache-Control"), name)
	}
}
