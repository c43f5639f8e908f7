package web

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

// Parameters are what a client sent along: the query string, followed by the
// body of a form (application/x-www-form-urlencoded; POST, PUT, PATCH). Where a
// name is in both, the query decides; where it is several times in one of them,
// the last value counts. It does not change and is safe for concurrent use.
type Parameters struct {
	query, form []parameter
}

type parameter struct{ name, value string }

var noParameters = &Parameters{}

// Get returns the value of a parameter, and whether there is one.
func (p *Parameters) Get(name string) (string, bool) {
	for _, list := range [2][]parameter{p.query, p.form} {
		for i := len(list) - 1; i >= 0; i-- {
			if list[i].name == name {
				return list[i].value, true
			}
		}
	}
	return "", false
}

// All returns all values of a parameter: those of the query, then those of the form.
func (p *Parameters) All(name string) []string {
	var all []string
	for _, list := range [2][]parameter{p.query, p.form} {
		for _, one := range list {
			if one.name == name {
				all = append(all, one.value)
			}
		}
	}
	return all
}

// Has reports whether there is such a parameter, if only an empty one.
func (p *Parameters) Has(name string) bool {
	_, ok := p.Get(name)
	return ok
}

// Names returns the names of the parameters, each once, in the order in which they came.
func (p *Parameters) Names() []string {
	var names []string
	seen := make(map[string]bool, len(p.query)+len(p.form))
	for _, list := range [2][]parameter{p.query, p.form} {
		for _, one := range list {
			if !seen[one.name] {
				seen[one.name] = true
				names = append(names, one.name)
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

// parametersOf remembers the parameters with the query string that they come
// from: middleware may give a copy of the request another one.
type parametersOf struct {
	query string
	*Parameters
}

// Parameters returns the parameters of the request. The body of a form is read
// once, up to Application.MaxForm, and stays readable for the view; any other
// body is left alone (multipart forms too: those are for the view). Text that is
// not UTF-8, or a body that cannot be read, is a 400; one too large is a 413.
//
// http.Request's FormValue is another thing: there the body wins, and reading
// consumes it.
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
	if p.Parameters.query, err = parseParameters(p.query); err != nil {
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

// readForm reads the body and puts what it read back.
func readForm(r *Request) ([]parameter, error) {
	if r.PostForm != nil { // somebody called ParseForm, which consumed the body
		var form []parameter
		for _, name := range slices.Sorted(maps.Keys(r.PostForm)) {
			for _, value := range r.PostForm[name] {
				form = append(form, parameter{name, value})
			}
		}
		return form, nil
	}
	limit := r.app.MaxForm
	if limit <= 0 {
		limit = DefaultMaxForm
	}
	if r.ContentLength > limit {
		return nil, tooLarge(limit)
	}
	body := r.Body
	read, err := io.ReadAll(io.LimitReader(body, limit+1))
	r.putBack(body, read, err)
	switch {
	case err != nil:
		return nil, brokenBody(err)
	case int64(len(read)) > limit:
		return nil, tooLarge(limit)
	}
	form, err := parseParameters(string(read))
	if err != nil {
		return nil, BadRequest("the form is not UTF-8").With(err)
	}
	return form, nil
}

func tooLarge(limit int64) *HTTPError {
	return ContentTooLarge(fmt.Sprintf("the form exceeds the limit of %d bytes", limit))
}

// putBack makes what was read of body readable again: in this request, and in
// those it was copied from that have the same body.
func (r *Request) putBack(body io.ReadCloser, read []byte, err error) {
	rest := io.Reader(body)
	if err != nil {
		rest = failing{err}
	}
	again := &restored{io.MultiReader(bytes.NewReader(read), rest), body}
	same := reflect.ValueOf(body).Comparable()
	r.Request.Body = again
	for c := r.origin(); c != nil && same; c = c.origin() {
		if c.Request.Body == body {
			c.Request.Body = again
		}
	}
}

// restored is a body that was read and put back.
type restored struct {
	io.Reader
	body io.ReadCloser
}

var _ io.ReadCloser = (*restored)(nil)

func (b *restored) Close() error { return b.body.Close() }

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// parseParameters splits at '&' and '=' as browsers write and read them: '+' is a space, a
// '%' that begins no escape stands for itself, ';' is an ordinary character.
func parseParameters(text string) ([]parameter, error) {
	if text == "" {
		return nil, nil
	}
	list := make([]parameter, 0, strings.Count(text, "&")+1)
	for part := range strings.SplitSeq(text, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		one := parameter{unquoteParameter(name), unquoteParameter(value)}
		if !utf8.ValidString(one.name) || !utf8.ValidString(one.value) {
			return nil, fmt.Errorf("parameter %q: invalid UTF-8", part)
		}
		list = append(list, one)
	}
	return list, nil
}

func unquoteParameter(s string) string {
	if !strings.ContainsAny(s, "%+") {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '+':
			b = append(b, ' ')
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			b = append(b, unhex(s[i+1])<<4|unhex(s[i+2]))
			i += 2
		default:
			b = append(b, c)
		}
	}
	return string(b)
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c >= 'a':
		return c - 'a' + 10
	}
	return c - 'A' + 10
}
