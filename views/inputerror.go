package views

import (
	"strings"

	"github.com/mastaba-go/mastaba/views/web"
)

// InputError is an input that does not fit: the error of views made by [OnInput], and what the
// method Validate of an input, or a view, may return. It wraps a 422 (*web.HTTPError) whose detail
// lists the fields; in JSON the response has them as a member "errors" too, a list of objects with
// the members "field" and "detail" (an extension of RFC 9457, after its section 3).
//
// An error view for *InputError can show the form again: what the client sent is still in
// r.Parameters(). Its predicates say which form, and for which clients: Route, Accept.
type InputError struct {
	// Fields are the mistakes, in the order of the struct for a form, of the body for JSON. There are
	// at most 101: the last one then counts the rest.
	Fields []FieldError

	cause error // of Validate
}

// FieldError is a mistake in an input.
type FieldError struct {
	// Name is the field as the client names it: the members and the indexes that lead to it, such as
	// items.0.price. It is "" for the input as a whole.
	Name string `json:"field,omitempty"`
	// Text is for people, and shows the value and what was expected.
	Text string `json:"detail"`
}

var _ error = (*InputError)(nil)

// Field returns what is wrong with a field, "" if nothing is. Field("") is what is wrong with the
// input as a whole. A nil InputError has no mistakes, so that a page can show a form with and
// without.
func (e *InputError) Field(name string) string {
	if e == nil {
		return ""
	}
	var texts []string
	for _, f := range e.Fields {
		if f.Name == name {
			texts = append(texts, f.Text)
		}
	}
	return strings.Join(texts, "; ")
}

// Error lists the fields, after the status.
func (e *InputError) Error() string { return e.response().Error() }

// Unwrap returns the 422, and the error of Validate.
func (e *InputError) Unwrap() []error {
	if e.cause != nil {
		return []error{e.response(), e.cause}
	}
	return []error{e.response()}
}

func (e *InputError) response() *web.HTTPError {
	var detail strings.Builder
	for i, f := range e.Fields {
		if i > 0 {
			detail.WriteString("; ")
		}
		if f.Name != "" {
			detail.WriteString(f.Name + ": ")
		}
		detail.WriteString(f.Text)
	}
	return web.UnprocessableContent(detail.String()).WithExtension("errors", e.Fields)
}
