package views

import (
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
// strings. A value in a form of the body wins over one in the query. A bool may be "on", as checkboxes send it. A
// file fills no field: see [web.Request.FormFile].
//
// For JSON, I is any type that encoding/json decodes, with the same result. Dates and durations may
// also be written as in forms.
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
	if v.err == nil {
		v.err = err
	}
	v.check = func(r *web.Request) error {
		if form.BodyRead(r) {
			return nil // nothing can be said about the input
		}
		var input I
		return read(r, &input, fields, true)
	}
	return v
}

// read fills and validates an input. With keep, the body can be read again.
func read[I any](r *web.Request, input *I, fields *form.Form, keep bool) error {
	wrong, err := fields.Read(r, reflect.ValueOf(input).Elem(), keep)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		e := &InputError{Fields: make([]FieldError, len(wrong))}
		for i, m := range wrong {
			e.Fields[i] = FieldError{Name: m.Name, Text: m.Text, Code: m.Code, Params: m.Params}
		}
		return e
	}
	if err := form.Validate(input); err != nil {
		if _, ok := web.StatusOf(err); ok {
			return err
		}
		return &InputError{Fields: []FieldError{{Text: err.Error()}}, cause: err}
	}
	return nil
}
