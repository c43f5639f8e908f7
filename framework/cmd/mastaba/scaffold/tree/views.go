package main

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strings"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/framework/security/password"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/forms"
)

// showFolder lists the first children that the user may see.
func (s *site) showFolder(r *framework.Request, _ *Folder) (sqltree.Page, error) {
	mayList := func(_ context.Context, n traversal.Node) (bool, error) { return r.Can(mayView, n) }
	return s.tree.Page(r.Context(), r.Node(), sqltree.PageOptions{Limit: 100, Permits: mayList})
}

func showPage(_ *framework.Request, p *Page) (*Page, error) { return p, nil }

// pageInput is the form of a page. Version is that of the page when the form was shown.
type pageInput struct {
	Name    string `form:"name"` // of a new page
	Title   string `form:"title"`
	Text    string `form:"text"`
	Version int64  `form:"version"`
}

// Validate is called before the view. Its error shows the form again.
func (in pageInput) Validate() error {
	if strings.TrimSpace(in.Title) == "" || len(in.Title) > 200 {
		return problem("title", "a title of at most 200 bytes is required")
	}
	return nil
}

func newForm(r *framework.Request, _ *Folder) (*forms.Form, error) {
	return forms.Show(r, pageInput{}), nil
}

var names = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,99}$`)

func (s *site) addPage(r *framework.Request, f *Folder, in pageInput) (*framework.Response, error) {
	if !names.MatchString(in.Name) {
		return nil, problem("name", "use small letters, digits and hyphens")
	}
	page := &Page{Title: in.Title, Text: in.Text}
	if err := s.tree.Create(r.Context(), f, in.Name, page); errors.Is(err, sqltree.ErrExists) {
		return nil, problem("name", "the folder already has something of this name")
	} else if err != nil {
		return nil, err
	}
	return done(r, r.Node().At(in.Name, page), "The page is ready.")
}

func editForm(r *framework.Request, p *Page) (*forms.Form, error) {
	return forms.Show(r, pageInput{Title: p.Title, Text: p.Text, Version: p.Version()}), nil
}

func (s *site) savePage(r *framework.Request, p *Page, in pageInput) (*framework.Response, error) {
	if in.Version != p.Version() {
		return nil, problem("text", "somebody has saved the page meanwhile: copy your text, and load the page again")
	}
	p.Title, p.Text = in.Title, in.Text
	if err := s.tree.Update(r.Context(), p); err != nil {
		return nil, err // 409 Conflict if somebody was faster
	}
	return done(r, r.Node(), "The page is saved.")
}

// credentials are the form of the login. Next is where the user wanted to go.
type credentials struct {
	User     string `form:"user"`
	Password string `form:"password"`
	Next     string `form:"next"`
}

func showLogin(r *framework.Request, _ *Folder) (*forms.Form, error) {
	return forms.Show(r, credentials{Next: r.URL.Query().Get(security.NextParameter)}), nil
}

// logIn returns the view that checks a password.
func logIn(users *password.Checker) func(*framework.Request, *Folder, credentials) (*framework.Response, error) {
	return func(r *framework.Request, _ *Folder, in credentials) (*framework.Response, error) {
		if ok, err := users.Check(r.Context(), in.User, in.Password); err != nil {
			return nil, err
		} else if !ok {
			return nil, problem("user", "wrong user or password")
		}
		return r.Redirect(http.StatusSeeOther, security.SafeNext(r, in.Next)), r.Remember(in.User)
	}
}

func logOut(r *framework.Request) (*framework.Response, error) {
	return r.Redirect(http.StatusSeeOther, "/"), r.Forget()
}

// showError returns the id of the request, under which the log has the details.
func showError(r *framework.Request, _ error) (string, error) { return r.ID(), nil }

// problem is an error that shows the form again.
func problem(field, text string) error {
	return &views.InputError{Fields: []views.FieldError{{Name: field, Text: text}}}
}

// done sends the client on to a resource, whose page shows the message.
func done(r *framework.Request, to traversal.Node, message string) (*framework.Response, error) {
	session, err := r.Session()
	if err != nil {
		return nil, err
	}
	path, err := r.ResourcePath(to)
	return r.Redirect(http.StatusSeeOther, path), errors.Join(err, session.Flash("", message, false))
}
