package forms

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/internal/form"
	"github.com/mastaba-go/mastaba/views/web"
)

// Add registers a page with a form for resources of type R. show makes the page, which the
// renderer among the options renders. For GET and HEAD it is a view like any other. For POST, the
// input is decoded and validated as for [views.OnInput], and passed to save, which typically
// changes something and redirects with a 303. If the input has problems, or save returns an
// [*views.InputError], show makes the page again: with the status 422, and with [Show] returning
// what was typed. Clients that send JSON, or prefer it to HTML, get the error itself.
//
// The options are those of [views.Add]. The methods are GET and POST unless [views.Method] names
// others: save gets all but GET and HEAD. [views.Decorate] is taken by Add itself. Permission and
// CSRF checks come before both functions. An input that no form can fill is a configuration error.
func Add[R, I, O any](c registry.Recorder, show func(*web.Request, R) (O, error), save func(*web.Request, R, I) (*web.Response, error), opts ...views.Option) {
	cfg := c.Directive()
	fields, err := form.Of(reflect.TypeFor[I]())
	switch {
	case save == nil:
		cfg.Report(errors.New("forms.Add: the function that saves is nil: want a func(*web.Request, R, I) (*web.Response, error)"))
		return
	case err != nil:
		cfg.Report(fmt.Errorf("forms.Add: %w", err))
		return
	}
	cfg.Declare(registry.Declaration{
		Category: "form", ID: reflect.TypeFor[I]().String() + " at " + cfg.Source().String(),
		Phase: registry.Phase3,
		Run:   func(_ *registry.Config, reg *registry.Registry) error { return fields.Prepare(reg) },
	})
	p := &page{fields: fields, save: views.OnInput(save).Callable()}
	all := []views.Option{views.Group(views.Method(http.MethodGet, http.MethodPost)), views.Decorate(p.decorate)}
	if fields.Streams() {
		cfg.Include("files of forms", addStreaming)
		all = append(all, views.Value(optionStream, true))
	}
	views.Add(cfg, views.On(show), append(all, opts...)...)
}

// page is a page with a form.
type page struct {
	fields *form.Form
	save   views.Callable // decodes the input
}

// decorate returns a handler that saves, and lets next show the page whenever that fails.
func (p *page) decorate(next web.Handler) web.Handler {
	return func(r *web.Request) (*web.Response, error) {
		fieldsKey.Set(r, p.fields)
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			return next(r)
		}
		before := r.MultipartForm
		defer func() { // the temporary files of uploads
			if files := r.MultipartForm; files != nil && files != before {
				_ = files.RemoveAll()
			}
		}()
		value, err := p.save(r, r.Resource())
		problems, ok := errors.AsType[*views.InputError](err)
		if !ok || problems == nil {
			resp, _ := value.(*web.Response)
			return resp, err
		}
		if prefersJSON(r) {
			return nil, err
		}
		sent, failed := r.Parameters()
		if failed != nil {
			return nil, failed
		}
		formKey.Set(r, &Form{r: r, fields: p.fields, values: typed(sent), problems: problemsOf(problems)})
		resp, err := next(r)
		if err == nil && resp.Status() == http.StatusOK {
			status, _ := web.StatusOf(problems)
			resp.SetStatus(status)
		}
		return resp, err
	}
}

// prefersJSON reports whether the client gets problems as JSON: it sent JSON, or prefers it. A
// browser, or a client without an Accept header, gets the page.
func prefersJSON(r *web.Request) bool {
	switch web.Drive(r).ContentType() {
	case "application/x-www-form-urlencoded", "multipart/form-data", "":
	default:
		return true
	}
	web.Drive(r).SetNegotiated()
	accept := r.Accept()
	html := accept.Quality("text/html")
	return max(accept.Quality("application/json"), accept.Quality("application/problem+json")) > html
}
