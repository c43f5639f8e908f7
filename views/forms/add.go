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
		cfg.Report(errors.New("forms.Add: the function that saves is nil"))
		return
	case err != nil:
		cfg.Report(fmt.Errorf("forms.Add: %w", err))
		return
	}
	p := &page[R, I]{fields: fields, save: save}
	cfg.Declare(registry.Declaration{
		Category: "form", ID: reflect.TypeFor[I]().String() + " at " + cfg.Source().String(),
		Run: func(_ *registry.Config, reg *registry.Registry) (err error) {
			input := reflect.TypeFor[I]()
			if v, ok := registry.Lookup[Validator](reg); ok && v != nil && input.Kind() == reflect.Struct {
				p.check, err = v.Prepare(input)
			}
			return err
		},
	})
	all := []views.Option{views.Group(views.Method(http.MethodGet, http.MethodPost)), views.Decorate(p.decorate)}
	views.Add(cfg, views.On(show), append(all, opts...)...)
}

// page saves the inputs of one form.
type page[R, I any] struct {
	fields *form.Form
	save   func(*web.Request, R, I) (*web.Response, error)
	check  func(any) error // of the validator; nil without
}

// decorate returns a handler that saves, and lets next show the page whenever that fails.
func (p *page[R, I]) decorate(next web.Handler) web.Handler {
	return func(r *web.Request) (*web.Response, error) {
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			return next(r)
		}
		before := r.MultipartForm
		defer func() { // the temporary files of uploads
			if files := r.MultipartForm; files != nil && files != before {
				_ = files.RemoveAll()
			}
		}()
		resp, err := p.submit(r)
		problems, ok := errors.AsType[*views.InputError](err)
		if !ok || problems == nil {
			return resp, err
		}
		status := statusOf(problems)
		if prefersJSON(r) {
			if status == http.StatusRequestEntityTooLarge {
				err = web.Status(status, "a file is too large").WithExtension("errors", problems.Fields)
			}
			return nil, err
		}
		sent, failed := r.Parameters()
		if failed != nil {
			return nil, failed
		}
		formKey.Set(r, &Form{r: r, values: typed(sent), problems: problemsOf(problems)})
		resp, err = next(r)
		if err == nil && resp.Status() == http.StatusOK {
			resp.SetStatus(status)
		}
		return resp, err
	}
}

// statusOf returns 413 if a file is too large, else 422.
func statusOf(problems *views.InputError) int {
	for _, f := range problems.Fields {
		if f.Code == form.CodeTooLarge {
			return http.StatusRequestEntityTooLarge
		}
	}
	return http.StatusUnprocessableEntity
}

// submit decodes and validates the input, and saves it.
func (p *page[R, I]) submit(r *web.Request) (*web.Response, error) {
	res, ok := r.Resource().(R)
	if !ok && r.Resource() != nil {
		return nil, fmt.Errorf("forms.Add: the resource is a %T, but the form is for %s", r.Resource(), reflect.TypeFor[R]())
	}
	var in I
	if err := decode(r, &in, p.fields, p.check); err != nil {
		return nil, err
	}
	return p.save(r, res, in)
}

// decode fills and validates an input.
func decode[I any](r *web.Request, in *I, fields *form.Form, check func(any) error) error {
	mistakes, err := fields.Read(r, reflect.ValueOf(in).Elem(), false)
	if err != nil {
		return err
	}
	if len(mistakes) > 0 {
		e := &views.InputError{}
		for _, m := range mistakes {
			e.Fields = append(e.Fields, views.FieldError{Name: m.Name, Text: m.Text, Code: m.Code, Params: m.Params})
		}
		return e
	}
	if check != nil {
		if err := check(in); err != nil {
			return err
		}
	}
	err = form.Validate(in)
	if err == nil {
		return nil
	}
	if _, ok := web.StatusOf(err); ok {
		return err
	}
	return &views.InputError{Fields: []views.FieldError{{Text: err.Error()}}}
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
