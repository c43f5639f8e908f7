package oidc_test

import (
	"fmt"
	"net/http/httptest"
	"os"
	"strings"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/framework/security/oidc"
	"github.com/mastaba-go/mastaba/framework/session"
	"github.com/mastaba-go/mastaba/views"
)

// An application whose users log in at a provider.
func Example() {
	login := oidc.New(oidc.Options{
		Issuer: "https://login.example.com", ClientID: "wiki", ClientSecret: os.Getenv("OIDC_SECRET"),
		RedirectURL: "https://wiki.example.com/login/callback",
	})
	sessions, err := session.New(session.Options{Secrets: []string{"32 random bytes, from a setting."}})
	if err != nil {
		fmt.Println(err)
		return
	}
	config := framework.New(framework.Options{
		Security: security.New(security.Options{Identify: security.Session(), Authorize: security.AnyUser}),
		Sessions: sessions, DefaultPermission: "view",
	})
	config.AddLogin(login, framework.LoginOptions{})
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) { return r.Text("the wiki"), nil }))
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, line := range []string{"GET /", "GET /logout", "POST /logout"} {
		method, target, _ := strings.Cut(line, " ")
		hr := httptest.NewRequest(method, "https://wiki.example.com"+target, nil)
		w := httptest.NewRecorder()
		app.ServeHTTP(w, hr)
		fmt.Println(strings.TrimSpace(fmt.Sprint(line, " ", w.Code, " ", w.Header().Get("Location"))))
	}
	// Output:
	// GET / 303 /login?next=%2F
	// GET /logout 405
	// POST /logout 303 /
}

// AddLogin does what these lines do. They leave room for other options, such as a predicate.
func Example_views() {
	login := oidc.New(oidc.Options{
		Issuer: "https://login.example.com", ClientID: "wiki", ClientSecret: os.Getenv("OIDC_SECRET"),
		RedirectURL: "https://wiki.example.com/login/callback",
	})
	sessions, err := session.New(session.Options{Secrets: []string{"32 random bytes, from a setting."}})
	if err != nil {
		fmt.Println(err)
		return
	}
	config := framework.New(framework.Options{
		Security: security.New(security.Options{Identify: security.Session(), Authorize: security.AnyUser}),
		Sessions: sessions, DefaultPermission: "view",
	})
	config.AddRoute("login", "/login")
	config.AddView(views.Func(login.Begin), views.Route("login"), views.NoPermission())
	config.AddRoute("callback", "/login/callback")
	config.AddView(views.Func(login.Callback), views.Route("callback"), views.NoPermission())
	config.AddRoute("logout", "/logout")
	config.AddView(views.Func(login.Logout), views.Route("logout"), views.Method("POST"), views.NoPermission())
	config.AddForbiddenView(views.Func(security.RedirectToLogin("/login")))
	_, err = config.App()
	fmt.Println(err, login.Err())
	// Output: <nil> <nil>
}
