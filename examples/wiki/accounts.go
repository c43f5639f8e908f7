package main

import (
	"net/http"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/views/forms"
)

// No page is called "-", so these paths are free.
const (
	loginPath  = "/-/login"
	logoutPath = "/-/logout"
	joinPath   = "/-/join"
)

// credentials are the form of the login. Next is where the user wanted to go.
type credentials struct {
	User     string `form:"user"`
	Password string `form:"password"`
	Next     string `form:"next"`
}

func showLogin(r *framework.Request, _ *Folder) (*forms.Form, error) {
	return forms.Show(r, credentials{Next: r.URL.Query().Get(security.NextParameter)}), nil
}

// logIn returns the function that checks a password. The session gets a new id, and the user.
func (w *wiki) logIn() func(*framework.Request, *Folder, credentials) (*framework.Response, error) {
	users := w.checker()
	return func(r *framework.Request, _ *Folder, in credentials) (*framework.Response, error) {
		person, err := w.accountOf(r.Context(), w.db.Reader(), in.User)
		if err != nil {
			return nil, err
		}
		ok, err := users.Check(r.Context(), in.User, in.Password)
		if err != nil {
			return nil, err
		}
		if !ok || person == nil {
			return nil, problem("user", "wrong user or password")
		}
		return r.Redirect(http.StatusSeeOther, security.SafeNext(r, in.Next)), welcomeIn(r, person.Name, person.generation)
	}
}

func logOut(r *framework.Request) (*framework.Response, error) {
	return r.Redirect(http.StatusSeeOther, r.Prefix()+"/"), r.Forget()
}

// showError returns the id of the request for the error page. The log has the details under it.
func showError(r *framework.Request, _ error) (string, error) { return r.ID(), nil }
