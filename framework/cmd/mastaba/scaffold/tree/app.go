package main

import (
	"embed"
	"io/fs"
	"time"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/framework/security/password"
	"github.com/mastaba-go/mastaba/framework/session"
	"github.com/mastaba-go/mastaba/framework/transaction"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/tweens/ratelimit"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/forms"
	"github.com/mastaba-go/mastaba/views/static"
	"github.com/mastaba-go/mastaba/views/templates"
)

//go:embed templates static
var files embed.FS

// configure declares the application. The function of each view says for which resources it is.
func configure(s *site, users *password.File, secret string, o framework.Options) *framework.Configurator {
	pages, _ := fs.Sub(files, "templates") // fails for an invalid path alone
	styles, _ := fs.Sub(files, "static")
	sessions, err := session.New(session.Options{Secrets: []string{secret}, Timeout: 8 * time.Hour})
	o.Root = func(r *framework.Request) (traversal.Resource, error) {
		return s.tree.Root(r.Context(), r.URL.EscapedPath())
	}
	o.Sessions, o.CSRF = sessions, security.NewCSRF(security.CSRFOptions{}) // each form has {{csrf}}
	o.Security = security.New(security.Options{Identify: security.Session(), Permissions: []string{mayView, mayEdit}})
	o.DefaultPermission, o.TraversePermission = mayView, mayView
	config := framework.New(o)
	config.Directive().Report(err)
	transaction.Add(config, s.db, transaction.Options{Attempts: 3})
	templates.Add(config, pages, templates.Options{Dir: "templates"})
	config.AddStaticView("-/static", styles, static.Dir("static"))

	config.AddView(views.On(s.showFolder), views.Method("GET"), views.Renderer("folder.html"))
	config.AddView(views.On(showPage), views.Method("GET"), views.Renderer("page.html"))
	forms.Add(config, newForm, s.addPage, views.Name("new"), views.Permission(mayEdit), views.Renderer("edit.html"))
	forms.Add(config, editForm, s.savePage, views.Name("edit"), views.Permission(mayEdit), views.Renderer("edit.html"))

	config.AddRoute("login", "/-/login")
	forms.Add(config, showLogin, logIn(password.NewChecker(users, password.CheckerOptions{})),
		views.Route("login"), views.NoPermission(), views.Renderer("login.html"),
		views.Around(ratelimit.New(ratelimit.Options{}, ratelimit.Rate{Requests: 30, Per: time.Minute}))) // of each address
	config.AddRoute("logout", "/-/logout")
	config.AddView(views.Func(logOut), views.Route("logout"), views.Method("POST"), views.NoPermission())

	// Errors. In place of a 403, people who are not logged in are sent to the login.
	config.AddForbiddenView(views.Func(security.RedirectToLogin("/-/login")), views.Method("GET"), views.Authenticated(false), views.Accept("text/html"))
	config.AddErrorView(views.ErrorStatus(400, 599, showError), views.Accept("text/html"), views.Renderer("error.html"))
	config.AddErrorView(views.Error(showError), views.Accept("text/html"), views.Renderer("error.html"))

	config.AddTween("security headers", tweens.SecurityHeaders(tweens.SecurityHeadersOptions{}))
	config.AddTween("access log", tweens.AccessLog(tweens.AccessLogOptions{}))
	return config
}
