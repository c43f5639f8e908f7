package main

import (
	"net/http"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/framework/security/password"
	"github.com/mastaba-go/mastaba/views/forms"
	"github.com/mastaba-go/mastaba/views/i18n"
)

// credentials are the form of the login. Next is where the user wanted to go.
type credentials struct {
	User     string `form:"user"`
	Password string `form:"password"`
	Next     string `form:"next"`
}

func showLogin(r *framework.Request, _ *Tracker) (*forms.Form, error) {
	return forms.Show(r, credentials{Next: r.URL.Query().Get(security.NextParameter)}), nil
}

// logIn returns the function that checks a password. The session gets a new id, and the user.
func logIn(users *password.Checker) func(*framework.Request, *Tracker, credentials) (*framework.Response, error) {
	return func(r *framework.Request, _ *Tracker, in credentials) (*framework.Response, error) {
		ok, err := users.Check(r.Context(), in.User, in.Password)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, problem("user", "wrong user or password")
		}
		return r.Redirect(http.StatusSeeOther, security.SafeNext(r, in.Next)), r.Remember(in.User)
	}
}

func logOut(r *framework.Request) (*framework.Response, error) {
	return r.Redirect(http.StatusSeeOther, r.Prefix()+"/"), r.Forget()
}

// chooseLanguage keeps the language in a cookie, which package i18n reads, and goes back.
func chooseLanguage(r *framework.Request) (*framework.Response, error) {
	back := security.SafeNext(r, r.URL.Query().Get(security.NextParameter))
	response := r.Redirect(http.StatusSeeOther, back)
	response.SetCookie(&http.Cookie{Name: i18n.LocaleKey, Value: r.Param("locale"), Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
	return response, nil
}

// showError returns the id of the request for the error page. The log has the details under it.
func showError(r *framework.Request, _ error) (string, error) { return r.ID(), nil }
