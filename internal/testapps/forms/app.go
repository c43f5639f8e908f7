package forms

import (
	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/framework/session"
	"github.com/mastaba-go/mastaba/views"
)

// Configure declares the application: a page with the token of its forms, a login and a logout that
// do without passwords, and a form for users.
func Configure() (*framework.Configurator, error) {
	sessions, err := session.New(session.Options{Secrets: []string{"a random text for tests, never for use"}})
	if err != nil {
		return nil, err
	}
	config := framework.New(framework.Options{
		Sessions: sessions,
		Security: security.New(security.Options{Identify: security.Session(), Authorize: security.AnyUser}),
		CSRF:     security.NewCSRF(security.CSRFOptions{}),
	})
	config.AddView(views.Func(token), views.Method("GET"))
	config.AddView(views.Func(login), views.Name("login"), views.Method("POST"))
	config.AddView(views.Func(logout), views.Name("logout"), views.Method("POST"))
	config.AddView(views.Func(sign), views.Name("sign"), views.Method("POST"), views.Permission("sign"))
	config.AddView(views.Func(renew), views.Name("renew"), views.Method("POST"))
	return config, nil
}

func token(r *framework.Request) (*framework.Response, error) {
	text, err := security.CSRFToken(r)
	return r.Text(text), err
}

func login(r *framework.Request) (*framework.Response, error) {
	return r.Text("in"), r.Remember("alice")
}

func logout(r *framework.Request) (*framework.Response, error) { return r.Text("out"), r.Forget() }

func sign(r *framework.Request) (*framework.Response, error) {
	user, err := r.UserID()
	return r.Text("signed by " + user), err
}

// renew gives the session another id, as an application does when a user gets more rights.
func renew(r *framework.Request) (*framework.Response, error) {
	own, err := r.Session()
	if err == nil {
		own.Renew()
	}
	return r.Text("renewed"), err
}
