package web

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"reflect"
	"slices"

	"github.com/mastaba-go/mastaba/views/web/internal/body"
	"github.com/mastaba-go/mastaba/views/web/internal/urls"
)

// Parameters are the parameters of a request: those of the query string, then those of a form in
// the body (application/x-www-form-urlencoded; POST, PUT, PATCH). If a name is in both, the query
// takes precedence; if it is repeated, the last value does. Parameters are immutable and safe for
// concurrent use.
type Parameters struct {
	query, form []urls.Pair
}

var noParameters = &Parameters{}

// Get returns the value of a parameter, and whether it is there.
func (p *Parameters) Get(name string) (string, bool) {
	for _, list := range [2][]urls.Pair{p.query, p.form} {
		for i := len(list) - 1; i >= 0; i-- {
			if list[i].Name == name {
				return list[i].Value, true
			}
		}
	}
	return "", false
}

// All returns all values of a parameter: those of the query, then those of the form.
func (p *Parameters) All(name string) []string {
	var all []string
	for _, list := range [2][]urls.Pair{p.query, p.form} {
		for _, one := range list {
			if one.Name == name {
				all = append(all, one.Value)
			}
		}
	}
	return all
}

// Has reports whether the parameter is there, even with an empty value.
func (p *Parameters) Has(name string) bool {
	_, ok := p.Get(name)
	return ok
}

// Names returns the names of the parameters, each once, in order of appearance.
func (p *Parameters) Names() []string {
	var names []string
	seen := make(map[string]bool, len(p.query)+len(p.form))
	for _, list := range [2][]urls.Pair{p.query, p.form} {
		for _, one := range list {
			if !seen[one.Name] {
				seen[one.Name] = true
				names = append(names, one.Name)
			}
		}
	}
	return names
}

// Len returns the number of values.
func (p *Parameters) Len() int { return len(p.query) + len(p.form) }

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

// Parameters returns the parameters of the request. It reads the body of a form once, up to
// Application.MaxForm bytes, and keeps it readable for the view; it does not read other bodies, not
// even multipart forms. Text that is not UTF-8, or a body that cannot be read, is a 400; a body
// that is too large is a 413.
//
// FormValue of http.Request differs: there the body takes precedence, and is consumed.
func (r *Request) Parameters() (*Parameters, error) {
	if r.URL.RawQuery == "" && !r.hasForm() {
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
	if p.Parameters.query, err = urls.ParseQuery(p.query); err != nil {
		return parametersOf{}, BadRequest("the query string is not UTF-8").With(err)
	}
	if r.hasForm() {
		if p.form, err = formKey.Get(r); err != nil {
			return parametersOf{}, err
		}
	}
	return p, nil
}

func (r *Request) hasForm() bool {
	switch r.Method {
	case http.MethodPost, http.MethodPut, http.MethodPatch:
	default:
		return false
	}
	if r.Body == nil || r.Body == http.NoBody {
		return false
	}
	mediaType, _, err := mime.ParseMediaType(r.Request.Header.Get(contentTypeKey))
	return mediaType == "application/x-www-form-urlencoded" && (err == nil || errors.Is(err, mime.ErrInvalidMediaParameter))
}

// readForm reads the body, and makes it readable again.
func readForm(r *Request) ([]urls.Pair, error) {
	if r.PostForm != nil { // ParseForm was called, and has consumed the body
		var form []urls.Pair
		for _, name := range slices.Sorted(maps.Keys(r.PostForm)) {
			for _, value := range r.PostForm[name] {
				form = append(form, urls.Pair{Name: name, Value: value})
			}
		}
		return form, nil
	}
	limit := r.app.MaxForm
	if limit <= 0 {
		limit = DefaultMaxForm
	}
	if r.ContentLength > limit {
		return nil, formTooLarge(limit)
	}
	from := r.Body
	read, err := io.ReadAll(io.LimitReader(from, limit+1))
	r.putBack(from, read, err)
	switch {
	case err != nil:
		return nil, bodyError(err)
	case int64(len(read)) > limit:
		return nil, formTooLarge(limit)
	}
	form, err := urls.ParseQuery(string(read))
	if err != nil {
		return nil, BadRequest("the form is not UTF-8").With(err)
	}
	return form, nil
}

func formTooLarge(limit int64) *HTTPError {
	return ContentTooLarge(fmt.Sprintf("the form exceeds the limit of %d bytes", limit))
}

// putBack makes from readable again from its beginning: in this request, and in those it was copied
// from that have the same body.
func (r *Request) putBack(from io.ReadCloser, read []byte, err error) {
	again := body.Restore(from, read, err)
	same := reflect.ValueOf(from).Comparable()
	r.Request.Body = again
	for c := r.origin(); c != nil && same; c = c.origin() {
		if c.Request.Body == from {
			c.Request.Body = again
		}
	}
}
