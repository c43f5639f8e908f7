package oidc_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/framework/security/oidc"
	"github.com/mastaba-go/mastaba/framework/session"
	"github.com/mastaba-go/mastaba/views"
)

// provider returns one that sends clients back to a path of https://example.com.
func provider(i *issuer, callback string) *oidc.Provider {
	return oidc.New(oidc.Options{
		Issuer: issuerURL, ClientID: "wiki", ClientSecret: "secret", RedirectURL: "https://example.com" + callback,
		Scopes: []string{"email"}, Algorithms: []string{"ES256"}, Client: &http.Client{Transport: i},
	})
}

func options(t *testing.T) framework.Options {
	sessions, err := session.New(session.Options{Store: new(session.Memory)})
	require.NoError(t, err)
	return framework.Options{
		Security: security.New(security.Options{Identify: security.Session(), Authorize: security.AnyUser}), Sessions: sessions,
		DefaultPermission: "view",
	}
}

var home = views.Func(func(r *framework.Request) (*framework.Response, error) {
	id, err := r.UserID()
	return r.Text(id), err
})

func TestAddLogin(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		callback string // of the provider
		options  framework.LoginOptions
		prefix   string
		login    string
		logout   string
	}{
		"zero":        {"/callback", framework.LoginOptions{}, "", "/login", "/logout"},
		"a name":      {"/callback", framework.LoginOptions{Name: "corp"}, "", "/corp", "/corp/logout"},
		"paths":       {"/callback", framework.LoginOptions{Login: "/in", Logout: "/out"}, "", "/in", "/out"},
		"below /auth": {"/callback", framework.LoginOptions{Callback: "/back"}, "/auth", "/auth/login", "/auth/logout"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i, path := newIssuer(t), tt.callback
			config := framework.New(options(t))
			config.AddView(home)
			if tt.prefix != "" {
				path = tt.prefix + tt.options.Callback
				config.RoutePrefix(tt.prefix, func(c *framework.Configurator) { c.AddLogin(provider(i, path), tt.options) })
			} else {
				config.AddLogin(provider(i, path), tt.options)
			}
			app, err := config.App()
			require.NoError(t, err)
			assert.Empty(t, app.Registry().Warnings())
			b := newBrowser(t, app)
			resp, _ := b.get("/")
			require.Equal(t, tt.login+"?next=%2F", resp.Header.Get("Location"))
			resp, _ = b.get(resp.Header.Get("Location"))
			i.redirect = "https://example.com" + path
			query := i.authorize(resp.Header.Get("Location"))
			resp, _ = b.get(path + "?" + query.Encode())
			require.Equal(t, http.StatusSeeOther, resp.StatusCode)
			assert.Equal(t, "248289761001", b.user())
			resp, _ = b.get(tt.logout)
			assert.Equal(t, http.StatusMethodNotAllowed, resp.StatusCode, "no link logs people out")
			assert.Equal(t, "248289761001", b.user())
			resp, _ = b.send(http.MethodPost, tt.logout)
			assert.Equal(t, "/", resp.Header.Get("Location"))
			resp, _ = b.get("/")
			assert.Equal(t, http.StatusSeeOther, resp.StatusCode)
		})
	}
}

func TestTwoProviders(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	config := framework.New(options(t))
	config.AddView(home)
	config.AddLogin(provider(i, "/callback"), framework.LoginOptions{})
	config.AddLogin(provider(i, "/other/callback"), framework.LoginOptions{Name: "other", DisableRedirect: true})
	app, err := config.App()
	require.NoError(t, err)
	for _, path := range []string{"/login", "/other"} {
		w := httptest.NewRecorder()
		app.ServeHTTP(w, httptest.NewRequest("GET", "https://example.com"+path, nil))
		assert.Contains(t, w.Header().Get("Location"), issuerURL+"/auth?", path)
	}
}

func TestMistakesOfAddLogin(t *testing.T) {
	t.Parallel()
	config := framework.New(options(t))
	config.AddLogin(nil, framework.LoginOptions{})
	config.AddLogin((*oidc.Provider)(nil), framework.LoginOptions{})
	config.AddLogin(oidc.New(oidc.Options{}), framework.LoginOptions{})
	_, err := config.App()
	assert.ErrorContains(t, err, "add login: the provider is nil: want one such as oidc.New(…)")
	assert.ErrorContains(t, err, "add login: oidc.New: ")
	assert.ErrorContains(t, err, "login_test.go:")

	config = framework.New(options(t))
	config.AddLogin(provider(newIssuer(t), "/callback"), framework.LoginOptions{})
	config.AddLogin(provider(newIssuer(t), "/callback"), framework.LoginOptions{})
	_, err = config.App()
	assert.ErrorContains(t, err, "login_test.go:")
	assert.NotContains(t, err.Error(), "framework/login.go")

	for disabled, want := range map[bool]string{false: `the pattern "/{tenant}/login" of the route "login" has markers`, true: ""} {
		config = framework.New(options(t))
		config.AddLogin(provider(newIssuer(t), "/callback"), framework.LoginOptions{Login: "/{tenant}/login", DisableRedirect: disabled})
		_, err = config.App()
		if want == "" {
			require.NoError(t, err)
			continue
		}
		assert.ErrorContains(t, err, want)
		assert.ErrorContains(t, err, "login_test.go:")
	}

	config = framework.New(options(t))
	config.AddView(home)
	config.RoutePrefix("/auth", func(c *framework.Configurator) {
		c.AddLogin(provider(newIssuer(t), "/callback"), framework.LoginOptions{})
	})
	app, err := config.App()
	require.NoError(t, err)
	if warnings := app.Registry().Warnings(); assert.Len(t, warnings, 1) {
		assert.Contains(t, warnings[0].String(), `the login sends clients back to /callback, but the route "login.callback" has the pattern "/auth/callback": set LoginOptions.Callback`)
	}
}
