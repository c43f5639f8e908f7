package views

import (
	"errors"

	"github.com/mastaba-go/mastaba/views/internal/fieldtext"
	"github.com/mastaba-go/mastaba/views/internal/form"
	"github.com/mastaba-go/mastaba/views/web"
)

// InputError reports an input that does not fit. Views made by [OnInput] return it; the method
// Validate of an input, or a view itself, may return it too. It wraps a 422 (*web.HTTPError), or a
// 413 if a file is too large, whose detail lists the fields, if there are any. A JSON response then
// has them as a list "errors" of objects with the members "field" and "detail" (as in the example
// of RFC 9457, section 3).
//
// An error view for *InputError can show the form again: what the client sent is still in
// r.Parameters(). Predicates limit the view to one form, or to some clients: Route, Accept.
type InputError struct {
	// Fields are the mistakes: for a form in the order of the struct, for JSON in that of the body,
	// then those of validation. After the first 100, one more says how many were left out.
	Fields []FieldError

	cause error // the error of Validate, if that is where the mistake comes from
}

// FieldError is a mistake in an input.
type FieldError struct {
	// Name is the field as the client names it: the members and the indexes that lead to it, such
	// as items.0.price. It is "" for the input as a whole.
	Name string `json:"field,omitempty"`
	// Text is for people: it shows the value, and what was expected.
	Text string `json:"detail"`
	// Code is for programs and catalogs, such as "integer" or "type"; "" if there is only a text.
	Code string `json:"code,omitempty"`
	// Params are what the text is about, such as "value" and "want".
	Params map[string]any `json:"-"`
}

var _ error = (*InputError)(nil)

// Message returns the text for [web.Request.Translate], or the function t of templates.
func (f FieldError) Message() web.Message { return fieldtext.Message(f.Code, f.Text, f.Params) }

// Field returns what is wrong with a field in English, "" if nothing is. Field("") is what is wrong
// with the input as a whole. A nil InputError has no mistakes, so that one template can show a form
// with mistakes and without.
func (e *InputError) Field(name string) string {
	if e == nil {
		return ""
	}
	return form.TextOf(e.mistakes(), name)
}

// Error returns the status and then the mistakes.
func (e *InputError) Error() string { return e.response().Error() }

// Unwrap returns the 422, and the error of Validate.
func (e *InputError) Unwrap() []error {
	if e != nil && e.cause != nil {
		return []error{e.response(), e.cause}
	}
	return []error{e.response()}
}

func (e *InputError) response() *web.HTTPError {
	switch {
	case e == nil: // somewhere in the tree of an error
		return web.InternalServerError("").With(errors.New("the error is a nil *views.InputError: return nil itself if nothing is wrong"))
	case len(e.Fields) == 0:
		return web.UnprocessableContent("invalid input")
	}
	return form.Refusal(e.mistakes(), e.Fields)
}

func (e *InputError) mistakes() []form.Mistake {
	all := make([]form.Mistake, len(e.Fields))
	for i, f := range e.Fields {
		all[i] = form.Mistake(f)
	}
	return all
}
