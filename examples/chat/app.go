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
	"github.com/mastaba-go/mastaba/traversal/topics"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/tweens/ratelimit"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/forms"
	"github.com/mastaba-go/mastaba/views/templates"
	"github.com/mastaba-go/mastaba/views/websocket"
)

var (
	//go:embed templates static
	files embed.FS
	//go:embed demo.users
	demoUsers []byte
)

// folder returns a folder of the program.
func folder(name string) fs.FS {
	sub, _ := fs.Sub(files, name) // fails only for an invalid path
	return sub
}

// configure declares the application. hub carries the messages of the rooms.
func configure(o framework.Options, hub *topics.Hub, secret string) (*framework.Configurator, error) {
	users, badUsers := password.ParseFile("demo.users", demoUsers)
	sessions, badSessions := session.New(session.Options{Secrets: []string{secret}, Timeout: 8 * time.Hour})
	if err := errors.Join(badUsers, badSessions); err != nil {
		return nil, err
	}
	house := newHouse()
	o.Root = func(*framework.Request) (traversal.Resource, error) { return house, nil }
	o.Sessions, o.CSRF = sessions, security.NewCSRF(security.CSRFOptions{})
	o.Security = security.New(security.Options{Identify: security.Session(), Permissions: []string{mayRead, maySpeak}})
	o.DefaultPermission = mayRead
	config := framework.New(o)
	config.SetDevelopment() // so that cookies work over plain http; remove it once there is TLS

	templates.Add(config, folder("templates"), templates.Options{Dir: "examples/chat/templates"})
	config.AddStaticView("static", folder("static"))

	t := &talk{hub}
	page := views.Method("GET")
	config.AddView(views.On(showHouse), page, views.Renderer("house.html"))
	config.AddView(views.On(t.show), page, views.Renderer("room.html"))
	forms.Add(config, t.show, t.say, views.Name("say"), views.Permission(maySpeak), views.Renderer("room.html"))
	config.AddView(views.On(t.events), views.Name("events"), page)
	config.AddView(websocket.On(t.socket, socketOptions), views.Name("socket"))

	config.AddRoute("login", "/login")
	forms.Add(config, showLogin, logIn(password.NewChecker(users, password.CheckerOptions{})),
		views.Route("login"), views.NoPermission(), views.Renderer("login.html"),
		views.Around(ratelimit.New(ratelimit.Options{}, ratelimit.Rate{Requests: 60, Per: time.Minute}))) // of each address
	config.AddRoute("logout", "/logout")
	config.AddView(views.Func(logOut), views.Route("logout"), views.Method("POST"), views.NoPermission())

	// In place of a 403, people who are not logged in are sent to the login.
	config.AddForbiddenView(views.Func(security.RedirectToLogin("/login")), page, views.Authenticated(false), views.Accept("text/html"))
	config.AddErrorView(views.Error(showError), views.Accept("text/html"), views.Renderer("error.html"))
	config.AddTween("security headers", tweens.SecurityHeaders(tweens.SecurityHeadersOptions{}))
	config.AddTween("access log", tweens.AccessLog(tweens.AccessLogOptions{}))
	return config, nil
}
