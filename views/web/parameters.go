package web

import (
	"cmp"
	"errors"
	"io"
	"iter"
	"mime/multipart"
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

// Files returns the names of the files of the form. Do not change the slice.
func (p *Parameters) Files() []string { return p.files }

// HasFile reports whether the form has a file of this name.
func (p *Parameters) HasFile(name string) bool { return slices.Contains(p.files, name) }

var (
	noParameters  = &Parameters{}
	parametersKey = NewKey("parameters", func(r *Request) (parametersOf, error) { return r.load(true) })
	wholeKey      = NewKey("whole form", func(r *Request) (parametersOf, error) { return r.load(false) })
	begunKey      = NewKey[bool]("beginning of the form alone", nil)
)

// parametersOf are the parameters of a query string: a copy of the request may have another one.
type parametersOf struct {
	query string
	begun bool // the form was read up to its first file
	*Parameters
}

// Parameters returns the parameters of the request. It reads the body of a form once, and keeps it
// readable for the view. It does not read other bodies. Application.MaxForm limits the bytes of a
// form. In a multipart form the contents of files do not count, and up to 1000 parts are read. A
// form that is too large is a 413. Text that is not UTF-8, a malformed form, or a body that cannot
// be read is a 400.
//
// Files are not parameters: a view gets them with [Request.FormFile] (see its example),
// ParseMultipartForm or MultipartReader, which work as if nothing had been read. A body that
// exceeds MaxForm because of its files is kept in a temporary file, up to the limit of bodies.
//
// FormValue of http.Request differs: there the body takes precedence, and is consumed. Parameters
// finds what ParseForm or ParseMultipartForm has read. MultipartReader leaves nothing to find:
// after it Parameters returns an error without a status.
func (r *Request) Parameters() (*Parameters, error) {
	begun, _ := begunKey.Peek(r)
	return r.parameters(begun)
}

func (r *Request) parameters(begun bool) (*Parameters, error) {
	if r.URL.RawQuery == "" && form.Named(r.Request) == form.None {
		return noParameters, nil
	}
	p, err := parametersKey.Get(r)
	if err == nil && p.begun && !begun {
		p, err = wholeKey.Get(r)
	}
	if err == nil && p.query != r.URL.RawQuery {
		if p, err = r.parse(form.Fields{Texts: p.lists[1], Files: p.files, Begun: p.begun}); err == nil {
			parametersKey.Set(r, p)
		}
	}
	return p.Parameters, err
}

func (r *Request) parse(fields form.Fields) (parametersOf, error) {
	query, err := urls.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return parametersOf{}, BadRequest("the query string is not UTF-8").With(err)
	}
	return parametersOf{r.URL.RawQuery, fields.Begun, &Parameters{urls.Lists{query, fields.Texts}, fields.Files}}, nil
}

// load reads the form too, and makes the body readable again; with begin, up to the first file.
func (r *Request) load(begin bool) (parametersOf, error) {
	p, err := r.parse(form.Fields{})
	if err != nil || form.In(r.Request) == form.None {
		return p, err
	}
	fields, read, err := form.Parsed(r.Request)
	if !read && err == nil {
		from, kept := r.Body, (*body.Kept)(nil)
		fields, kept, err = form.Read(r.Request, cmp.Or(max(r.app.MaxForm, 0), DefaultMaxBody), begin)
		if r.putBack(from, kept.Again()); kept.OnDisk() {
			r.more().closers.Add(kept)
		}
		err = bodyError(err)
	}
	p.lists[1], p.files, p.begun = fields.Texts, fields.Files, fields.Begun
	return p, formError(err)
}

func formError(err error) error {
	if e, ok := errors.AsType[*form.Error](err); ok {
		return Status(e.Code, "").described(e.Detail, e.ID).With(e.Err)
	}
	return err
}

// BeginForm makes Parameters read a multipart form only up to its first file, until ReadForm.
func (d Driver) BeginForm() { begunKey.Set(d.r, true) }

// Beginning is Parameters, of a multipart form only what comes before its first file.
func (d Driver) Beginning() (*Parameters, error) { return d.r.parameters(true) }

// ReadForm reads the multipart form in the body, which is then gone: Parameters has its fields, and
// take gets each file while it arrives. It stops at the first error of take, which it returns.
func (d Driver) ReadForm(take func(*multipart.Part) error) error {
	fields, err := form.ReadParts(d.r.Request, cmp.Or(max(d.r.app.MaxForm, 0), DefaultMaxBody), take, bodyError)
	if p, wrong := d.r.parse(fields); wrong == nil {
		parametersKey.Set(d.r, p)
	}
	return formError(err)
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
	r.Request.Body = again
	for c := r.origin(); c != nil && reflect.ValueOf(from).Comparable(); c = c.origin() {
		if c.Request.Body == from {
			c.Request.Body = again
		}
	}
}

// ParseForm is that of http.Request, but its error has a status if the client caused it. Most views
// need [Request.Parameters] instead.
func (r *Request) ParseForm() error { return r.useForm(r.Request.ParseForm) }

// FormFile is that of http.Request, but its error has a status if the client caused it: 415 for a
// body of another type, 413 for one that is too large, 400 for a malformed form or a missing file.
func (r *Request) FormFile(name string) (file multipart.File, header *multipart.FileHeader, err error) {
	err = r.useForm(func() error { file, header, err = r.Request.FormFile(name); return err })
	return file, header, err
}

// ParseMultipartForm is that of http.Request, with the errors of FormFile.
func (r *Request) ParseMultipartForm(maxMemory int64) error {
	return r.useForm(func() error { return r.Request.ParseMultipartForm(maxMemory) })
}

// MultipartReader is that of http.Request, with the errors of FormFile. If the form ends too early,
// reading a part of it fails with a 400, too. If a part is malformed, the error of NextPart has no
// status; a view that returns it responds with a 400.
func (r *Request) MultipartReader() (parts *multipart.Reader, err error) {
	err = r.useForm(func() error { parts, err = r.Request.MultipartReader(); return err })
	return parts, err
}

func (r *Request) useForm(read func() error) error {
	return formError(form.Use(r.Request, read, bodyError))
}
