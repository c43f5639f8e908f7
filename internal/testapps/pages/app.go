// Package pages is an application of HTML pages, for the tests of package templates: a layout,
// parts, a form with its token and messages, breadcrumbs, permissions and error pages.
package pages

import (
	"context"
	"embed"
	"errors"
	"io/fs"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/framework/session"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/templates"
	"github.com/mastaba-go/mastaba/views/web"
)

//go:embed templates
var embedded embed.FS

// Book is a guest book: a folder of notes.
type Book struct {
	traversal.Map
	Notes []string
}

// Title is shown in breadcrumbs.
func (b *Book) Title() string { return "Guest <book>" }

// Note is a page of a book.
type Note struct{ Text string }

// Listing is what book.html shows.
type Listing struct {
	Title string
	Notes []Entry
}

// Entry is a note with its place.
type Entry struct {
	Node traversal.Node
	Note *Note
}

// editors may do everything, others only look.
type editors struct{}

func (editors) Identity(r *web.Request) (any, error) {
	if name := r.Request.Header.Get("X-User"); name != "" {
		return name, nil
	}
	return nil, nil
}

func (editors) Permits(r *web.Request, _ traversal.Node, permission string) (web.Decision, error) {
	id, err := r.UserID()
	return web.Decision{Allowed: permission == "view" || id != ""}, err
}

// New configures the application.
func New() (*framework.App, error) {
	sessions, err := session.New(session.Options{Secrets: []string{"32 random bytes, from a setting."}})
	if err != nil {
		return nil, err
	}
	files, err := fs.Sub(embedded, "templates")
	if err != nil {
		return nil, err
	}
	config := framework.New(framework.Options{
		Root: func(*framework.Request) (traversal.Resource, error) {
			return &Book{Map: traversal.Map{"one": &Note{"First & last"}, "a b": &Note{"<script>"}}}, nil
		},
		Sessions: sessions, Security: editors{}, CSRF: security.NewCSRF(security.CSRFOptions{}),
	})
	config.AddTween("headers", tweens.SecurityHeaders(tweens.SecurityHeadersOptions{
		CSP: tweens.CSP{"script-src": {tweens.Nonce}},
	}))
	templates.Add(config, files, templates.Options{Funcs: map[string]any{"shout": shout}})
	config.AddView(views.On(show), views.Renderer("book.html"))
	config.AddView(views.On(read), views.Renderer("note.html"))
	config.AddView(views.On(sign), views.Name("sign"), views.Method("POST"), views.Permission("edit"))
	config.AddView(views.Func(fail), views.Name("fail"), views.Renderer("fail.html"))
	config.AddErrorView(views.ErrorStatus(400, 499, refused), views.Renderer("error.html"))
	config.AddErrorView(views.Error(failed), views.Renderer("error.html"))
	return config.App()
}

func show(r *framework.Request, b *Book) (Listing, error) {
	all := Listing{Title: b.Title()}
	for entry, err := range b.Children(r.Context()) {
		if err != nil {
			return all, err
		}
		note, _ := b.Map[entry.Name].(*Note)
		all.Notes = append(all.Notes, Entry{r.Node().At(entry.Name, note), note})
	}
	return all, nil
}

func read(_ *framework.Request, n *Note) (*Note, error) { return n, nil }

func sign(r *framework.Request, b *Book) (*framework.Response, error) {
	s, err := r.Session()
	if err != nil {
		return nil, err
	}
	if err := s.Flash("", "Thank you, "+r.PostFormValue("name")+"!", false); err != nil {
		return nil, err
	}
	to, err := r.ResourcePath(r.Node())
	return r.Redirect(303, to), err
}

// fail returns a value whose template fails half-way.
func fail(*framework.Request) (map[string]any, error) { return map[string]any{"Secret": "s3cret"}, nil }

func refused(_ *framework.Request, err error) (map[string]any, error) {
	return map[string]any{"Error": err}, nil
}

func failed(_ *framework.Request, err error) (map[string]any, error) {
	return map[string]any{"Error": err}, nil
}

var errShout = errors.New("shout: nothing to say")

// shout is a function of the application that knows the request.
func shout(r *web.Request, text string) (string, error) {
	if text == "" || context.Cause(r.Context()) != nil {
		return "", errShout
	}
	return r.Method + " " + text + "!", nil
}
