// Package house is what the applications of one company share: templates, an error page, a
// not-found page, and two pages about the application itself. An application includes it and
// overrides what it does differently.
package house

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// Include declares the shared parts.
func Include(config *framework.Configurator) error {
	config.AddRenderer(".html", newPage)
	html := views.Group(views.Accept("text/html"), views.Renderer("error.html"))
	config.AddErrorView(views.ErrorStatus(400, 499, clientError), html)
	config.AddErrorView(views.ErrorStatus(500, 599, serverError), html)
	config.AddErrorView(views.Error(serverError), html) // errors without a status, and panics
	config.AddNotFoundView(views.Func(missing), html)

	open := views.Group(views.NoPermission(), views.Renderer("string"), views.Method("GET"))
	config.AddView(views.Func(health), views.Name("health"), open)
	config.AddView(views.Func(about), views.Name("about"), open)
	return nil
}

func health(*web.Request) (string, error) { return "well\n", nil }

func about(*web.Request) (string, error) { return "An application of this house.\n", nil }

// ErrorPage is the data of the template error.html.
type ErrorPage struct {
	Status                 int
	Title, Detail, Request string
}

// errorHeaders are the headers that some statuses need.
var errorHeaders = []string{"Allow", "Retry-After", "WWW-Authenticate"}

// NewErrorPage describes the error, and sets status and headers of the response.
func NewErrorPage(r *web.Request, err error) ErrorPage {
	status, ok := web.StatusOf(err)
	if !ok {
		status = http.StatusInternalServerError
	}
	page := ErrorPage{Status: status, Title: http.StatusText(status)}
	if httpError, ok := errors.AsType[*web.HTTPError](err); ok {
		page.Detail = httpError.Detail()
		for _, name := range errorHeaders {
			if value := httpError.Header(name); value != "" {
				r.Response().SetHeader(name, value)
			}
		}
	}
	r.Response().SetStatus(status)
	return page
}

func clientError(r *web.Request, err error) (ErrorPage, error) { return NewErrorPage(r, err), nil }

// serverError shows only the id of the request, to find the error in the log.
func serverError(r *web.Request, err error) (ErrorPage, error) {
	page := NewErrorPage(r, err)
	page.Detail, page.Request = "", r.ID()
	return page, nil
}

func missing(r *web.Request) (ErrorPage, error) {
	page := NewErrorPage(r, r.Err())
	page.Detail = "There is no page at this address."
	return page, nil
}

// templates is the component that holds the templates of the application.
type templates struct{ all *template.Template }

// AddTemplates adds the templates of a file system that match the pattern. The renderer of ".html"
// finds them by their base names.
func AddTemplates(rec registry.Recorder, fsys fs.FS, pattern string) {
	c := rec.Directive()
	c.Declare(registry.Declaration{
		Phase:   registry.Phase1,
		Subject: fmt.Sprintf("templates %q", pattern),
		Run: func(_ *registry.Config, reg *registry.Registry) error {
			t := registry.Ensure(reg, func() *templates { return &templates{template.New("")} })
			_, err := t.all.ParseFS(fsys, pattern)
			return err
		},
	})
}

// page renders one template.
type page struct{ template *template.Template }

func newPage(info views.RendererInfo) (views.ValueRenderer, error) {
	t, ok := registry.Lookup[*templates](info.View.Registry)
	if !ok {
		return nil, errors.New("no templates: call house.AddTemplates")
	}
	found := t.all.Lookup(info.Name)
	if found == nil {
		return nil, fmt.Errorf("no template %q%s", info.Name, t.all.DefinedTemplates())
	}
	return page{found}, nil
}

// Render renders without variables.
func (p page) Render(r *web.Request, resp *web.Response, value any) error {
	return p.RenderVars(r, resp, value, nil)
}

// RenderVars renders with the variables that subscribers of BeforeRender added.
func (p page) RenderVars(_ *web.Request, resp *web.Response, value any, vars map[string]any) error {
	var html bytes.Buffer
	if err := p.template.Execute(&html, map[string]any{"Page": value, "Vars": vars}); err != nil {
		return err
	}
	resp.SetContentType("text/html; charset=utf-8")
	resp.SetBytes(html.Bytes())
	return nil
}
