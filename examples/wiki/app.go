package main

import (
	"embed"
	"io/fs"
	"time"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/framework/transaction"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/tweens/ratelimit"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/forms"
	"github.com/mastaba-go/mastaba/views/templates"
)

//go:embed templates static
var files embed.FS

// functions are for the templates.
var functions = map[string]any{"author": author, "title": shownTitle, "crumb": crumb, "undoOf": undoOf, "size": formatSize, "showable": func(mediaType string) string { return mediaTypes[mediaType] }}

// folder returns a folder of the program.
func folder(name string) fs.FS {
	sub, _ := fs.Sub(files, name) // fails only for an invalid path
	return sub
}

// configure declares the application, in parts.
func configure(w *wiki, o framework.Options) *framework.Configurator {
	sessions, bad := w.sessions()
	o.Root = w.root
	o.Sessions, o.CSRF = sessions, security.NewCSRF(security.CSRFOptions{})
	o.Security = security.New(security.Options{
		Identify: security.Session(), Load: w.loadAccount, Principals: w.groups, UserPrefix: userPrefix,
		Permissions: []string{mayView, mayEdit, mayShare, mayAdminister},
	})
	o.DefaultPermission, o.TraversePermission = mayView, mayView
	o.MaxBody = 2 << 20 // a text, escaped
	config := framework.New(o)
	config.Directive().Report(bad)

	transaction.Add(config, w.db, transaction.Options{Attempts: 3, MaxReplay: o.MaxBody})
	config.AddTween("database", tweens.Wrap(w.away), tweens.Under(tweens.ExcView), tweens.Over("transaction"))
	templates.Add(config, folder("templates"), templates.Options{Dir: "examples/wiki/templates", Funcs: functions})
	config.AddStaticView("-/static", folder("static"))
	w.addPages(config)
	w.addHistory(config)
	w.addFiles(config)
	w.addDeletes(config)
	w.addLive(config)
	w.addSweep(config)
	w.addSharing(config)
	w.addManagement(config)
	w.addAccounts(config)

	config.AddNotFoundView(views.Func(w.notFound), views.Method("GET"))
	config.AddForbiddenView(views.Func(security.RedirectToLogin(loginPath)), views.Method("GET"), views.Authenticated(false), views.Accept("text/html"))
	config.AddErrorView(views.ErrorStatus(503, 503, showError), views.Accept("text/html"), views.Renderer("away.html")) // needs no account
	config.AddErrorView(views.ErrorStatus(400, 599, showError), views.Accept("text/html"), views.Renderer("error.html"))
	config.AddErrorView(views.Error(showError), views.Accept("text/html"), views.Renderer("error.html"))
	config.AddTween("security headers", tweens.SecurityHeaders(tweens.SecurityHeadersOptions{}))
	config.AddTween("access log", tweens.AccessLog(tweens.AccessLogOptions{}))
	return config
}

// addPages declares what shows and changes folders and pages.
func (w *wiki) addPages(config *framework.Configurator) {
	get := views.Method("GET")
	config.AddView(views.OnInput(w.showFolder), get, views.Renderer("folder.html"))
	config.AddView(views.On(w.atom), get, views.Name("atom"))
	config.AddView(views.OnInput(w.search), get, views.Name("search"), views.Renderer("search.html"))
	config.AddView(views.On(w.showPage), get, views.Renderer("page.html"))
	config.AddView(views.On(pageAsJSON), get, views.Name("json"), views.Renderer("json"))

	edit := views.Permission(mayEdit)
	forms.Add(config, editForm, w.save, views.Name("edit"), edit, views.Renderer("edit.html"))
	forms.Add(config, newForm, w.addPage, views.Name("newpage"), edit, views.Renderer("edit.html"))
	forms.Add(config, newForm, w.addFolder, views.Name("newfolder"), edit, views.Renderer("edit.html"))
	forms.Add(config, moveForm[*Page], move[*Page](w), views.Name("move"), edit, views.Renderer("move.html"))
	forms.Add(config, moveForm[*Folder], move[*Folder](w), views.Name("move"), edit, views.Renderer("move.html"))
}

// addHistory declares what shows the revisions of pages.
func (w *wiki) addHistory(config *framework.Configurator) {
	get := views.Method("GET")
	config.AddView(views.OnInput(w.history), get, views.Name("history"), views.Renderer("history.html"))
	config.AddView(views.OnInput(w.showRevision), get, views.Name("revision"), views.Renderer("revision.html"))
	config.AddView(views.OnInput(w.restore), views.Method("POST"), views.Name("restore"), views.Permission(mayEdit))
}

// addAccounts declares the login, the logout, and what addPeople does.
func (w *wiki) addAccounts(config *framework.Configurator) {
	counts, bad := w.counts()
	config.Directive().Report(bad)
	limit := views.Around(ratelimit.New(ratelimit.Options{Store: counts}, ratelimit.Rate{Requests: 60, Per: time.Minute})) // of each address
	config.AddRoute("login", loginPath)
	forms.Add(config, showLogin, w.logIn(), views.Route("login"), views.NoPermission(), views.Renderer("login.html"), limit)
	config.AddRoute("logout", logoutPath)
	config.AddView(views.Func(logOut), views.Route("logout"), views.Method("POST"), views.NoPermission())
	w.addPeople(config, limit)
}
