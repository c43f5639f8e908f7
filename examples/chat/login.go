package main

import (
	"net/http"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/framework/security/password"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/forms"
)

// credentials are the form of the login. Next is where the user wanted to go.
type credentials struct {
	User     string `form:"user"`
	Password string `form:"password"`
	Next     string `form:"next"`
}

func showLogin(r *framework.Request, _ *House) (*forms.Form, error) {
	return forms.Show(r, credentials{Next: r.URL.Query().Get(security.NextParameter)}), nil
}

// logIn returns the function that checks a password. The session gets a new id, and the user.
func logIn(users *password.Checker) func(*framework.Request, *House, credentials) (*framework.Response, error) {
	return func(r *framework.Request, _ *House, in credentials) (*framework.Response, error) {
		ok, err := users.Check(r.Context(), in.User, in.Password)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, &views.InputError{Fields: []views.FieldError{{Name: "user", Text: "wrong user or password"}}}
		}
		return r.Redirect(http.StatusSeeOther, security.SafeNext(r, in.Next)), r.Remember(in.User)
	}
}

func logOut(r *framework.Request) (*framework.Response, error) {
	return r.Redirect(http.StatusSeeOther, r.Prefix()+"/"), r.Forget()
}

// showError returns the id of the request for the error page. The log has the details under it.
func showError(r *framework.Request, _ error) (string, error) { return r.ID(), nil }
