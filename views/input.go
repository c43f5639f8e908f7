package views

import (
	"errors"
	"reflect"

	"github.com/mastaba-go/mastaba/views/internal/form"
	"github.com/mastaba-go/mastaba/views/web"
)

// OnInput makes a view of a function that takes the resource and an input of type I, filled from
// the request: from a JSON body, or from the parameters of the query and a form body (URL-encoded
// or multipart; POST, PUT and PATCH). If I or *I has a method Validate() error, it is called before
// the function. Without [Method], the view takes GET requests too, and fills I from their query.
// A view on a route without a tree takes `_ any` as its resource.
//
// For parameters, I is a struct, or a pointer to one. Its fields are strings, bools, numbers,
// time.Time (a date or RFC 3339), time.Duration (1m30s), []byte (base64),
// encoding.TextUnmarshalers, and structs, pointers, slices and maps of these: lines.0.qty is in the
// first element of a slice. A field of another type needs the tag `json:"name"` or `form:"-"`, to
// show that only JSON fills it. An empty value counts as missing, except for strings and slices of
// strings. A value in a form of the body wins over one in the query. A bool may be "on", as
// checkboxes send it. Files fill the types of package views/forms alone; see also
// [web.Request.FormFile].
//
// For JSON, I is any type that encoding/json decodes, with the same result. Dates and durations may
// also be written as in forms. null is refused where a value is needed: a field takes it only if it
// is a pointer, map, slice or interface, or has an UnmarshalJSON; an element of a list or map only
// if it is an interface or has an UnmarshalJSON.
//
// Both use one set of names. A field has the name in its tag `form:"name"`, else that in its tag
// `json:"name"`, else its own name in lower case; JSON accepts any case. If both tags have a name,
// each counts for its own kind of body. `form:"-"` leaves a field out of forms, `json:"-"` out of
// JSON and, without a form tag, out of both. Embedded structs without a name count as part of the
// struct.
//
// A malformed body, or JSON null, is a 400; a body of another type, or with a Content-Encoding, is
// a 415. Values that do not fit their fields are an [*InputError], a 422 that names them all. If
// Validate returns an error without a status of its own, that becomes an InputError too. The client
// sees the texts of these errors, but the error of an UnmarshalText or UnmarshalJSON only if it
// neither comes from the standard library nor names a Go type.
//
// Validate is called even if values did not fit, so that the client gets all mistakes at once. It
// then sees zeros for them; its mistakes in these fields, and in the input as a whole, are left
// out. A mistake in an element has the index that the client sent: lines.7 also if it fills
// Lines[0].
//
// To show a form again with its mistakes, add an error view for *InputError, for one of several
// forms with a predicate on r.ViewName(): see the examples of InputError.
func OnInput[R, I, O any](fn func(*web.Request, R, I) (O, error)) View {
	fields, err := form.Of(reflect.TypeFor[I]())
	v := typed("OnInput", fn, fn == nil, func(r *web.Request, on R) (none O, err error) {
		var input I
		if err := read(r, &input, fields, false); err != nil {
			return none, err
		}
		return fn(r, on, input)
	})
	if v.input = fields; v.err == nil {
		v.err = err
	}
	return v
}

// read fills and validates an input. With keep, the body can be read again.
func read(r *web.Request, input any, fields *form.Form, keep bool) error {
	wrong, err := fields.Decode(r, input, keep, listed)
	if invalid, ok := err.(*form.Invalid); ok {
		return &InputError{Fields: []FieldError{{Text: invalid.Error()}}, cause: invalid.Err}
	}
	if err != nil || len(wrong) == 0 {
		return err
	}
	e := &InputError{Fields: make([]FieldError, len(wrong))}
	for i, m := range wrong {
		e.Fields[i] = FieldError(m)
	}
	return e
}

// listed returns the mistakes that an error of validation lists.
func listed(err error) ([]form.Mistake, bool) {
	if e, ok := errors.AsType[*InputError](err); ok && e != nil {
		return e.mistakes(), true
	}
	return nil, false
}
