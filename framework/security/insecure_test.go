package security_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// A Secure cookie over plain http gets lost, so the log says so, once for each kind.
func TestWarningOfInsecureCookies(t *testing.T) {
	t.Parallel()
	for scheme, want := range map[string]int{"http": 2, "https": 0} {
		var log frameworktest.Log
		config := framework.New(framework.Options{
			Logger:   log.Logger(),
			Security: security.New(security.Options{Identify: security.Tickets(security.TicketOptions{Secrets: []string{"32 random bytes, from a setting."}})}),
			CSRF:     security.NewCSRF(security.CSRFOptions{Storage: security.CSRFInCookie(security.CSRFCookie{})}),
		})
		config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			if _, err := security.CSRFToken(r); err != nil {
				return nil, err
			}
			return r.Text(""), r.Remember("alice")
		}))
		app := build(t, config)
		for range 2 {
			w := httptest.NewRecorder()
			app.ServeHTTP(w, httptest.NewRequest("GET", scheme+"://example.com/", nil))
			assert.Equal(t, 200, w.Code)
		}
		assert.Equal(t, want, strings.Count(fmt.Sprint(log.Lines()), "Secure, but the request came over plain http"), scheme)
		assert.Equal(t, want, strings.Count(fmt.Sprint(log.Lines()), "config.SetDevelopment()"), "for programs without package cli")
	}
}

// A login page that is forbidden, since it lacks views.NoPermission, does not redirect to itself.
func TestRedirectToForbiddenLogin(t *testing.T) {
	t.Parallel()
	for _, login := range []string{"/login", "login", "/login?from=here"} {
		var log frameworktest.Log
		config := configure(framework.Options{Logger: log.Logger(), Security: security.New(security.Options{
			Identify: security.Func(func(*web.Request) (security.User, error) { return security.User{}, nil }), Authorize: security.AnyUser,
		})})
		config.AddRoute("login page", "/login")
		config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) { return r.Text("log in"), nil }), views.Route("login page"), views.Permission("view"))
		config.AddForbiddenView(views.Func(security.RedirectToLogin(login)))
		app := frameworktest.New(t, config)
		got := app.Get("/private").Status(303).Header.Get("Location")
		assert.True(t, strings.HasPrefix(got, "/login?"), got)
		app.Get(got).Status(403)
		app.Get(got).Status(403)
		assert.Equal(t, 1, strings.Count(fmt.Sprint(log.Lines()), "the login page itself is forbidden"))
	}
}

// Children asks an Authorizer other than the access lists about each child.
func TestChildrenByAuthorizer(t *testing.T) {
	t.Parallel()
	root := traversal.Map{"a": 1, "b": 2}
	policy := security.New(security.Options{
		Identify: security.Func(func(*web.Request) (security.User, error) { return security.User{}, nil }),
		Authorize: func(_ *web.Request, at traversal.Node, permission string, _ []string) (web.Decision, error) {
			if at.Name() == "b" && permission == "view" {
				return web.Allow(""), nil
			}
			return web.Deny(""), nil
		},
	})
	config := framework.New(framework.Options{Root: frameworktest.Root(root), Security: policy})
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		var names []string
		for child, err := range security.Children(r, r.Node(), r.ViewName()) {
			if err != nil {
				return nil, err
			}
			names = append(names, child.Name())
		}
		return r.Text(strings.Join(names, " ")), nil
	}), views.Name("view"))
	assert.Equal(t, "b", frameworktest.New(t, config).Get("/view").Status(200).Body)
}
