package oidc_test

import (
	"fmt"
	"os"

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
