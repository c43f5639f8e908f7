package main

import (
	"strings"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/framework/transaction"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/conditional"
)

// configure declares the application. The function of each view says for which resources it is.
// Tokens are sent by programs, never by a browser on its own, so no CSRF token is needed.
func configure(a *api, users map[string]string, o framework.Options) *framework.Configurator {
	o.Root = func(r *framework.Request) (traversal.Resource, error) {
		return a.tree.Root(r.Context(), r.URL.EscapedPath())
	}
	o.Security = security.New(security.Options{
		Identify: security.Bearer("appname", func(_ *framework.Request, hash string) (security.User, error) {
			return security.User{ID: users[hash], Scheme: "bearer"}, nil
		}),
		Permissions: []string{mayView, mayEdit},
	})
	o.DefaultPermission, o.TraversePermission = mayView, mayView
	config := framework.New(o)
	transaction.Add(config, a.db, transaction.Options{Attempts: 3})

	get, json, edit := views.Method("GET"), views.Renderer("json"), views.Permission(mayEdit)
	config.AddView(views.OnInput(a.listProjects), get, json)
	config.AddView(views.OnInput(a.addProject), views.Method("POST"), edit)
	config.AddView(views.OnInput(a.listTasks), get, json)
	config.AddView(views.OnInput(a.addTask), views.Method("POST"), edit)
	config.AddView(views.On(deleteOf[*Project](a)), views.Method("DELETE"), edit)
	config.AddView(views.On(showTask), get, json, conditional.Check(conditional.Options{}))
	config.AddView(views.OnInput(a.saveTask), views.Method("PUT"), edit, conditional.Check(conditional.Options{Require: true}))
	config.AddView(views.On(deleteOf[*Task](a)), views.Method("DELETE"), edit)

	config.AddTween("security headers", tweens.SecurityHeaders(tweens.SecurityHeadersOptions{}))
	config.AddTween("access log", tweens.AccessLog(tweens.AccessLogOptions{}))
	return config
}

// usersOf returns the users of a file of tokens, by the hashes of their tokens.
func usersOf(tokens string) map[string]string {
	users := map[string]string{}
	for line := range strings.Lines(tokens) {
		if hash, user, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			users[hash] = user
		}
	}
	return users
}
