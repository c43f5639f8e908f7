package web

import (
	"errors"
	"io"
	"iter"
	"reflect"
	"slices"

	"github.com/mastaba-go/mastaba/views/web/internal/body"
	"github.com/mastaba-go/mastaba/views/web/internal/form"
	"github.com/mastaba-go/mastaba/views/web/internal/urls"
)

// Parameters are the parameters of a request: those of the query string, then those of a form in
// the body (POST, PUT, PATCH): application/x-www-form-urlencoded, or the text fields of
// multipart/form-data. If a name is in both, the query takes precedence; if it is repeated, the
// last value does. Parameters are immutable and safe for concurrent use.
type Parameters struct {
	lists urls.Lists
	files []string
}

var noParameters = &Parameters{}

// Get returns the value of a parameter, and whether it is there.
func (p *Parameters) Get(name string) (string, bool) { return p.lists.Get(name) }

// Posted is Get without the query: the value in the form of the body.
func (p *Parameters) Posted(name string) (string, bool) { return p.lists.Posted(name) }

// Sent returns the names and values of the form of the body or, without posted, those of the query.
func (p *Parameters) Sent(posted bool) iter.Seq2[string, string] { return p.lists.Pairs(posted) }

// All returns all values of a parameter: those of the query, then those of the form.
func (p *Parameters) All(name string) []string { return p.lists.All(name) }

// Has reports whether the parameter is there, even with an empty value.
func (p *Parameters) Has(name string) bool {
	_, ok := p.Get(name)
	return ok
}

// Names returns the names of the parameters, each once, in order of appearance.
func (p *Parameters) Names() []string { return p.lists.Names() }

// Len returns the number of values.
func (p *Parameters) Len() int { return p.lists.Len() }

// HasFile reports whether the form has a file of this name.
func (p *Parameters) HasFile(name string) bool { return slices.Contains(p.files, name) }

var (
	parametersKey = NewKey("parameters", readParameters)
	formKey       = NewKey("form", readForm)
)

// parametersOf are the parameters together with the query string that they were parsed from, since
// middleware may give a copy of the request another one.
type parametersOf struct {
	query string
	*Parameters
}

// Parameters returns the parameters of the request. It reads the body of a form once, and keeps it
// readable for the view. It does not read other bodies.
//
// Application.MaxForm limits the bytes of a form. In a multipart form the contents of files do not
// count, and up to 1000 parts are read. A form that is too large is a 413. Text that is not UTF-8,
// a malformed form, or a body that cannot be read is a 400.
//
// Files are not parameters: a view gets them with [Request.FormFile] (see its example),
// ParseMultipartForm or MultipartReader, which work as if nothing had been read. A body that
// exceeds MaxForm because of its files is kept in a temporary file until the request ends; the
// limit of bodies limits that too.
//
// FormValue of http.Request differs: there the body takes precedence, and is consumed. Parameters
// finds what ParseForm or ParseMultipartForm has read. MultipartReader leaves nothing to find:
// after it Parameters returns an error without a status.
func (r *Request) Parameters() (*Parameters, error) {
	if r.URL.RawQuery == "" && form.In(r.Request) == form.None {
		return noParameters, nil
	}
	p, err := parametersKey.Get(r)
	if err == nil && p.query != r.URL.RawQuery {
		if p, err = readParameters(r); err == nil {
			parametersKey.Set(r, p)
		}
	}
	return p.Parameters, err
}

func readParameters(r *Request) (parametersOf, error) {
	p := parametersOf{r.URL.RawQuery, new(Parameters)}
	var err error
	if p.lists[0], err = urls.ParseQuery(p.query); err != nil {
		return parametersOf{}, BadRequest("the query string is not UTF-8").With(err)
	}
	if form.In(r.Request) != form.None {
		fields, err := formKey.Get(r)
		if err != nil {
			return parametersOf{}, err
		}
		p.lists[1], p.files = fields.Texts, fields.Files
	}
	return p, nil
}

// readForm reads the body, and makes it readable again.
func readForm(r *Request) (form.Fields, error) {
	fields, ok, err := form.Parsed(r.Request)
	if !ok && err == nil {
		limit := r.app.MaxForm
		if limit <= 0 {
			limit = DefaultMaxBody
		}
		from := r.Body
		kept := body.Keep(from, limit+1) // one byte shows that a form is too large
		fields, err = form.Read(r.Request, kept, limit)
		r.putBack(from, kept.Again())
		if kept.OnDisk() {
			r.more().closers.Add(kept)
		}
		if err != nil {
			err = bodyError(err)
		}
	}
	return fields, formError(err)
}

func formError(err error) error {
	if e, ok := errors.AsType[*form.Error](err); ok {
		return Status(e.Code, e.Detail).With(e.Err)
	}
	return err
}

// KeepBody reads the whole body, up to its limit, and makes it readable again from its beginning.
func (d Driver) KeepBody() ([]byte, error) {
	read, again, err := body.ReadAll(d.r.Body)
	d.r.putBack(d.r.Body, again)
	return read, err
}

// putBack replaces from, a body, with one that begins anew: in this request, and in those it was
// copied from, if they have the same body.
func (r *Request) putBack(from, again io.ReadCloser) {
	same := reflect.ValueOf(from).Comparable()
	r.Request.Body = again
	for c := r.origin(); c != nil && same; c = c.origin() {
		if c.Request.Body == from {
			c.Request.Body = again
		}
	}
}
