package main

import (
	"embed"
	"errors"
	"io/fs"
	"time"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/framework/security/password"
	"github.com/mastaba-go/mastaba/framework/session"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/tweens/ratelimit"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/forms"
	"github.com/mastaba-go/mastaba/views/forms/validator"
	"github.com/mastaba-go/mastaba/views/i18n"
	"github.com/mastaba-go/mastaba/views/templates"
)

var (
	//go:embed templates static locale
	files embed.FS
	//go:embed seed.json
	seed []byte
	//go:embed demo.users
	demoUsers []byte
)

// folder returns a folder of the program.
func folder(name string) fs.FS {
	sub, _ := fs.Sub(files, name) // fails only for an invalid path
	return sub
}

// text makes messages, which the catalogs in locale translate.
var text = i18n.NewDomain("")

// configure declares the application. The function of each view says for which resources it is.
func configure(o framework.Options) (*framework.Configurator, error) {
	tracker, badSeed := newTracker()
	users, badUsers := password.ParseFile("demo.users", demoUsers)
	sessions, badSessions := session.New(session.Options{Store: new(session.Memory), Timeout: 8 * time.Hour})
	if err := errors.Join(badSeed, badUsers, badSessions); err != nil {
		return nil, err
	}
	o.Root = func(*framework.Request) (traversal.Resource, error) { return tracker, nil }
	o.Sessions, o.CSRF = sessions, security.NewCSRF(security.CSRFOptions{}) // each form has {{csrf}}
	o.Security = security.New(security.Options{
		Identify: security.Session(), UserPrefix: userPrefix, Permissions: []string{mayView, mayWrite, mayManage},
	})
	o.DefaultPermission, o.TraversePermission = mayView, mayView
	o.MaxBody = 100 << 10 // enough for all forms without files
	config := framework.New(o)
	config.SetDevelopment() // so that cookies work over plain http; remove it once there is TLS

	templates.Add(config, folder("templates"), templates.Options{
		Dir:   "examples/tracker/templates", // serve --dev reads them again after a change
		Funcs: map[string]any{"date": date},
	})
	i18n.Add(config, folder("locale"))
	i18n.SetNegotiator(config, i18n.FirstOf(i18n.Cookie(i18n.LocaleKey), i18n.AcceptLanguage))
	config.AddStaticView("static", folder("static"))

	// Pages with lists.
	page := views.Method("GET")
	config.AddView(views.On(showTracker), page, views.Renderer("tracker.html"))
	config.AddView(views.On(showOrganisation), page, views.Renderer("organisation.html"))
	config.AddView(views.OnInput(showProject), page, views.Renderer("project.html"))
	config.AddRoute("search", "/search")
	config.AddView(views.OnInput(search), views.Route("search"), page, views.Renderer("search.html"))

	// Pages with forms, and what they save.
	forms.SetValidator(config, validator.New(nil)) // checks the tags "validate" of inputs
	forms.Add(config, newProject, addProject, views.Name("new"), views.Permission(mayManage), views.Renderer("newproject.html"))
	forms.Add(config, newIssue, addIssue, views.Name("new"), views.Permission(mayWrite), views.Renderer("editissue.html"))
	config.AddView(views.On(showIssue), page, views.Renderer("issue.html"))
	forms.Add(config, editIssue, saveIssue, views.Name("edit"), views.Permission(mayWrite), views.Renderer("editissue.html"))
	forms.Add(config, showIssue, addRemark, views.Name("remark"), views.Permission(mayWrite), views.Renderer("issue.html"), views.BodyLimit(4<<20))
	config.AddView(views.OnInput(setState), views.Name("state"), views.Method("POST"), views.Permission(mayWrite))
	config.AddView(views.On(download), page)

	// Users and languages.
	config.AddRoute("login", "/login")
	forms.Add(config, showLogin, logIn(password.NewChecker(users, password.CheckerOptions{})),
		views.Route("login"), views.NoPermission(), views.Renderer("login.html"),
		views.Around(ratelimit.New(ratelimit.Options{}, ratelimit.Rate{Requests: 60, Per: time.Minute}))) // of each address
	config.AddRoute("logout", "/logout")
	config.AddView(views.Func(logOut), views.Route("logout"), views.Method("POST"), views.NoPermission())
	config.AddRoute("language", "/language/{locale:en|de}")
	config.AddView(views.Func(chooseLanguage), views.Route("language"), page, views.NoPermission())

	// Errors. In place of a 403, people who are not logged in are sent to the login.
	config.AddForbiddenView(views.Func(security.RedirectToLogin("/login")), page, views.Authenticated(false), views.Accept("text/html"))
	config.AddErrorView(views.ErrorStatus(400, 599, showError), views.Accept("text/html"), views.Renderer("error.html"))
	config.AddErrorView(views.Error(showError), views.Accept("text/html"), views.Renderer("error.html"))

	config.AddTween("security headers", tweens.SecurityHeaders(tweens.SecurityHeadersOptions{}))
	config.AddTween("access log", tweens.AccessLog(tweens.AccessLogOptions{}))
	return config, nil
}
