// Package form reads the fields of a form in the body of a request: URL-encoded ones, and the text
// fields of multipart/form-data (RFC 7578).
package form

import (
	"errors"
	"fmt"
	"maps"
	"mime/multipart"
	"net/http"
	"slices"
	"unicode/utf8"

	"github.com/mastaba-go/mastaba/views/web/internal/body"
	"github.com/mastaba-go/mastaba/views/web/internal/header"
	"github.com/mastaba-go/mastaba/views/web/internal/urls"
)

// Kind is the kind of a form.
type Kind uint8

// The kinds of forms.
const (
	None       Kind = iota
	URLEncoded      // application/x-www-form-urlencoded
	Multipart       // multipart/form-data
)

// Fields are the text fields of a form in their order, and the names of its file fields.
type Fields struct {
	Texts []urls.Pair
	Files []string
	Begun bool // only the fields before the first file were read
}

// Error is a form that cannot be read. The client may see Detail.
type Error struct {
	Code   int // the status
	Detail string
	ID     string // of its message, if Detail is not constant
	Err    error
}

var _ error = (*Error)(nil)

// Error returns the detail with the cause.
func (e *Error) Error() string {
	if e.Err == nil {
		return e.Detail
	}
	return e.Detail + ": " + e.Err.Error()
}

// Status returns the status. It is for errors that reach a view unconverted: see [Use].
func (e *Error) Status() int { return e.Code }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

func tooLarge(limit int64) *Error {
	return &Error{Code: http.StatusRequestEntityTooLarge, ID: "form-too-large", Detail: fmt.Sprintf("the form exceeds the limit of %d bytes", limit)}
}

func notText(err error) *Error {
	return &Error{Code: http.StatusBadRequest, Detail: "the form is not UTF-8", Err: err}
}

// In returns the kind of the form in the body of hr. Only POST, PUT and PATCH have one.
func In(hr *http.Request) Kind {
	if hr.Body == nil || hr.Body == http.NoBody {
		return None
	}
	return Named(hr)
}

// Named returns the kind of the form in the body of hr, also while the body is being read.
func Named(hr *http.Request) Kind {
	switch hr.Method {
	case http.MethodPost, http.MethodPut, http.MethodPatch:
	default:
		return None
	}
	switch header.ContentType(hr.Header) {
	case "application/x-www-form-urlencoded":
		return URLEncoded
	case "multipart/form-data":
		return Multipart
	}
	return None
}

// byParts is what net/http sets as MultipartForm when MultipartReader is called.
var byParts = func() *multipart.Form {
	hr := &http.Request{Header: http.Header{"Content-Type": {`multipart/form-data; boundary="x"`}}, Body: http.NoBody}
	_, _ = hr.MultipartReader()
	return hr.MultipartForm
}()

// Parsed returns the fields of the form in hr if ParseForm or ParseMultipartForm of net/http has
// read it, which consumes the body. The fields are then sorted by name, since net/http does not
// keep their order. ok is false if neither was called. It is an error if MultipartReader was
// called, and an *Error if a field is not UTF-8.
func Parsed(hr *http.Request) (fields Fields, ok bool, err error) {
	var values map[string][]string
	switch In(hr) {
	case URLEncoded:
		values = hr.PostForm
	case Multipart:
		if hr.MultipartForm == byParts {
			return Fields{}, false, errors.New("read the form: MultipartReader was called before, which consumes the body: call Parameters first")
		}
		if hr.MultipartForm != nil {
			values = hr.MultipartForm.Value
			fields.Files = slices.Sorted(maps.Keys(hr.MultipartForm.File))
		}
	}
	if values == nil {
		return Fields{}, false, nil
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		for _, value := range values[name] {
			if err := fields.add(name, value); err != nil {
				return Fields{}, false, err
			}
		}
	}
	return fields, true, nil
}

// Read reads the form in the body of hr, and returns what is needed to read it again. limit is how
// many bytes it may have, the contents of files not counted. With begin, it reads a multipart form
// up to the first file. Errors are *Error, or those of the body.
func Read(hr *http.Request, limit int64, begin bool) (fields Fields, kept *body.Kept, err error) {
	memory := limit + 1 // one byte shows that a form is too large
	if begin {
		memory += readAhead
	}
	kept = body.Keep(hr.Body, memory)
	switch In(hr) {
	case URLEncoded:
		fields, err = readEncoded(hr, kept, limit)
	case Multipart:
		err = readMultipart(hr, kept, limit, &fields, func(*multipart.Part) (bool, error) {
			fields.Begun = begin
			return !begin, nil
		})
	}
	if err != nil {
		fields = Fields{}
	}
	return fields, kept, err
}

func readEncoded(hr *http.Request, kept *body.Kept, limit int64) (Fields, error) {
	if hr.ContentLength > limit {
		return Fields{}, tooLarge(limit)
	}
	text, err := kept.ReadMemory(hr.ContentLength)
	switch {
	case err != nil:
		return Fields{}, err
	case int64(len(text)) > limit:
		return Fields{}, tooLarge(limit)
	}
	texts, err := urls.ParseQuery(string(text))
	if err != nil {
		return Fields{}, notText(err)
	}
	return Fields{Texts: texts}, nil
}

func (f *Fields) add(name, value string) error {
	if !utf8.ValidString(name) || !utf8.ValidString(value) {
		return notText(fmt.Errorf("field %q: invalid UTF-8", name))
	}
	f.Texts = append(f.Texts, urls.Pair{Name: name, Value: value})
	return nil
}
