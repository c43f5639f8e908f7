package security_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/framework/session"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

const (
	secret      = "ucVaeNgo0Wai3eiYooPh9eeyeiJ5ahGh"
	otherSecret = "Rie8Phoo2choox6OhnaeQu2sieS3aeng"
)

// browser is a client that keeps cookies, as browsers do, over https.
type browser struct {
	t   *testing.T
	app http.Handler
	jar *cookiejar.Jar
	// before changes each request before it is sent; it may be nil.
	before func(hr *http.Request)
}

func newBrowser(t *testing.T, app http.Handler) *browser {
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return &browser{t: t, app: app, jar: jar}
}

var site = &url.URL{Scheme: "https", Host: "example.com", Path: "/"}

// send returns the response to a request, and the text of its body.
func (b *browser) send(method, path, form string) (*http.Response, string) {
	hr := httptest.NewRequest(method, "https://example.com"+path, strings.NewReader(form))
	if form != "" {
		hr.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, c := range b.jar.Cookies(site) {
		hr.AddCookie(c)
	}
	if b.before != nil {
		b.before(hr)
	}
	w := httptest.NewRecorder()
	b.app.ServeHTTP(w, hr)
	result := w.Result()
	b.jar.SetCookies(site, result.Cookies())
	return result, w.Body.String()
}

// get returns the body of the response to a GET request.
func (b *browser) get(path string) string {
	_, body := b.send("GET", path, "")
	return body
}

// cookie returns the value of a cookie that the browser keeps, "" without one.
func (b *browser) cookie(name string) string {
	for _, c := range b.jar.Cookies(site) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// configure returns an application with views that log in and out, and one that says who the user is.
func configure(o framework.Options) *framework.Configurator {
	config := framework.New(o)
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		id, err := r.UserID()
		return r.Text(id), err
	}), views.NoPermission())
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		return r.Empty(http.StatusNoContent), r.Remember(r.URL.Query().Get("user"))
	}), views.Name("login"), views.NoPermission())
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		return r.Empty(http.StatusNoContent), r.Forget()
	}), views.Name("logout"), views.NoPermission())
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		return r.Text("private"), nil
	}), views.Name("private"), views.Permission("view"))
	return config
}

func build(t *testing.T, config *framework.Configurator) *framework.App {
	t.Helper()
	app, err := config.App()
	require.NoError(t, err)
	return app
}

// application returns an application in which a login is all that counts.
func application(t *testing.T, of security.Identifier) *framework.App {
	t.Helper()
	return build(t, configure(framework.Options{
		Security: security.New(security.Options{Identify: of, Authorize: security.AnyUser}),
		Sessions: newSessions(t, new(session.Memory)),
	}))
}

// identify returns the user of a single request.
func identify(t *testing.T, of security.Identifier, hr *http.Request, app *web.Application) security.User {
	t.Helper()
	user, err := of.Identify(web.Begin(app, hr))
	require.NoError(t, err)
	return user
}

func request(header ...string) *http.Request {
	hr := httptest.NewRequest("GET", "https://example.com/", nil)
	for i := 0; i < len(header); i += 2 {
		hr.Header.Add(header[i], header[i+1])
	}
	return hr
}

// newSessions returns sessions in a store, in memory.
func newSessions(t *testing.T, store session.Store) web.SessionFactory {
	t.Helper()
	factory, err := session.New(session.Options{Store: store})
	require.NoError(t, err)
	return factory
}

const sessionCookie = "__Host-session"
