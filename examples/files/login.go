package main

import (
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"regexp"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/framework/security/password"
	"github.com/mastaba-go/mastaba/framework/session"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// readUsers reads a password file, as htpasswd -B and "files password" write it. The users are
// principals of the access file by their names. Over a network their passwords need TLS in front.
func (s *Site) readUsers(file string) error {
	if s.access == nil {
		return errors.New("users have no effect without access lists: add --access")
	}
	if err := s.publishes(file); err != nil {
		return err
	}
	accounts, err := password.ReadFile(file)
	if err != nil {
		return err
	}
	s.users = password.NewChecker(accounts, password.CheckerOptions{})
	return nil
}

// secure sets the security policy of a site with access lists. Each folder on the way needs the
// permission too, so that nobody learns what is in it. Without users, all clients are anonymous.
// Otherwise people log in with a form and scripts with HTTP Basic. The sessions end with the
// process.
func (s *Site) secure(o *framework.Options) error {
	o.DefaultPermission, o.TraversePermission = mayView, mayView
	identify := security.Identifier(security.Func(func(*web.Request) (security.User, error) { return security.User{}, nil }))
	if s.users != nil {
		sessions, err := session.New(session.Options{Store: new(session.Memory)})
		if err != nil {
			return err
		}
		identify = security.FirstOf(security.Session(), security.Basic("files", s.users.Check))
		o.Sessions, o.CSRF = sessions, security.NewCSRF(security.CSRFOptions{})
	}
	o.Security = security.New(security.Options{
		Identify:    identify,
		Principals:  func(_ *web.Request, user string) ([]string, error) { return s.groups[user], nil },
		Permissions: []string{mayView, mayExplain},
	})
	return nil
}

// The paths of the login and the logout. As @@ says, no file has them.
const (
	loginPath  = "/@@login"
	logoutPath = "/@@logout"
)

// addLogin adds the pages to log in and out.
func (s *Site) addLogin(config *framework.Configurator) {
	at := func(name, path, method string) views.Option {
		return views.Group(views.Name(name), views.PathInfo(regexp.QuoteMeta(path)+"$"), views.Method(method), views.NoPermission())
	}
	config.AddView(views.OnInput(showLogin), at("login", loginPath, "GET"), views.Renderer("login.html"))
	config.AddView(views.OnInput(s.login), at("login", loginPath, "POST"), views.Renderer("login.html"))
	config.AddView(views.Func(logout), at("logout", logoutPath, "POST"))
	config.AddForbiddenView(views.Func(offerLogin()))
}

// loginForm is the input of the login. loginPage is what login.html shows.
type (
	loginForm struct{ User, Password, Next string }
	loginPage struct{ User, Next, Problem string }
)

func showLogin(_ *framework.Request, _ Entry, form loginForm) (*loginPage, error) {
	return &loginPage{Next: form.Next}, nil
}

// login checks the password. The session gets a new id and the user.
func (s *Site) login(r *framework.Request, _ Entry, form loginForm) (any, error) {
	ok, err := s.users.Check(r.Context(), form.User, form.Password)
	if err != nil {
		return nil, err
	}
	if !ok {
		r.Response().SetStatus(http.StatusUnprocessableEntity)
		return &loginPage{User: form.User, Next: form.Next, Problem: "Wrong user or password."}, nil
	}
	return r.Redirect(http.StatusSeeOther, security.SafeNext(r, form.Next)), r.Remember(form.User)
}

func logout(r *framework.Request) (*framework.Response, error) {
	return r.Redirect(http.StatusSeeOther, r.Prefix()+"/"), r.Forget()
}

// offerLogin returns the view for what the client may not see: it sends people to the login, and
// leaves all others to the pages for errors.
func offerLogin() func(*framework.Request) (*framework.Response, error) {
	redirect := security.RedirectToLogin(loginPath)
	return func(r *framework.Request) (*framework.Response, error) {
		response, err := redirect(r)
		if err == nil && response.Status() != http.StatusSeeOther {
			return nil, views.ErrMismatch
		}
		return response, err
	}
}

// account is what each page shows of the user, with a button to log out, or a link to log in.
type account struct {
	User          string
	Login, Logout string
	Token         template.HTML // the hidden field of the form
}

// accountOf returns the account for a page, nil if nobody can log in. A page that says what went
// wrong leaves it out if the session is what went wrong.
func (s *Site) accountOf(r *web.Request) *account {
	if s.users == nil {
		return nil
	}
	user, err := r.Application().Security.(*security.Policy).User(r)
	if err != nil {
		return nil
	}
	a := &account{User: user.ID, Login: r.Prefix() + loginPath, Logout: r.Prefix() + logoutPath}
	if r.URL.Path != loginPath && r.URL.Path != logoutPath {
		a.Login += "?" + url.Values{security.NextParameter: {r.Prefix() + r.URL.RequestURI()}}.Encode()
	}
	if user.Scheme == "session" || r.URL.Path == loginPath {
		a.Token, err = security.CSRFField(r)
	}
	if err != nil {
		return nil
	}
	return a
}
