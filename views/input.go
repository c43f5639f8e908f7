package views

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"reflect"
	"strings"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/internal/form"
	"github.com/mastaba-go/mastaba/views/web"
)

// OnInput makes a view of a function that takes the resource and an input of type I, decoded from
// the request: from a JSON body, or from the parameters of the query and a form body. If I or *I
// has a method Validate() error, it is called before the function.
//
// From parameters, I is a struct, or a pointer to one. A field is filled by the name in its tag
// `form:"name"`, else in its tag `json:"name"`, else by its own name in lower case; embedded
// structs count as part of the struct. Fields are strings, bools, numbers,
// encoding.TextUnmarshalers, and pointers to and slices of these. A field of another type is
// filled by JSON only, which its tag `json:"name"` or `form:"-"` has to say. An empty value is as if
// it were not there, except for strings and slices of strings.
//
// A malformed body is a 400, and so is JSON null; a body of another type is a 415. Values that do not
// fit their fields, or for which Validate returns an error without a status of its own, are a 422.
// The client sees the texts of these errors.
func OnInput[R, I, O any](fn func(*web.Request, R, I) (O, error)) View {
	v := shaped[O]("OnInput", resourceType[R](), fn, fn == nil)
	fields, err := form.Of(reflect.TypeFor[I]())
	if v.err == nil {
		v.err = err
	}
	v.call = func(r *web.Request, res traversal.Resource) (any, error) {
		on, ok := res.(R)
		if !ok {
			return nil, wrongResource[R](v, res)
		}
		var input I
		if err := decode(r, &input, fields); err != nil {
			return nil, err
		}
		if err := validate(&input); err != nil {
			return nil, err
		}
		return boxed(fn(r, on, input))
	}
	return v
}

type validator interface{ Validate() error }

// decode decodes the request into input, which is a pointer.
func decode(r *web.Request, input any, fields *form.Form) error {
	mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case err == nil && (mediaType == "application/json" || strings.HasSuffix(mediaType, "+json")):
		return decodeJSON(r, input)
	case r.Header.Get("Content-Type") == "", mediaType == "application/x-www-form-urlencoded":
	default:
		return web.UnsupportedMediaType("send application/json or application/x-www-form-urlencoded")
	}
	if fields == nil {
		return web.UnsupportedMediaType("send application/json")
	}
	parameters, err := r.Parameters()
	if err != nil {
		return err
	}
	return fields.Fill(reflect.ValueOf(input).Elem(), parameters)
}

// decodeJSON decodes one JSON value, no longer than the body limit.
func decodeJSON(r *web.Request, input any) error {
	if r.Body == nil {
		return web.BadRequest("expected a JSON body")
	}
	if _, bounded := web.Drive(r).BodyLimit(); !bounded { // a request without an application
		web.Drive(r).LimitBody(web.DefaultMaxBody)
	}
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	if string(bytes.TrimSpace(raw)) == "null" { // Unmarshal would leave a value as it is
		return web.BadRequest("the body is null, expected a JSON value")
	}
	if err := json.Unmarshal(raw, input); err != nil {
		if mismatch, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			return web.UnprocessableContent(fmt.Sprintf("%s: expected %s, got a JSON %s", mismatch.Field, mismatch.Type, mismatch.Value)).With(err)
		}
		return web.BadRequest("invalid JSON body: " + err.Error()).With(err)
	}
	return nil
}

// validate calls the input's Validate method, if it has one.
func validate[I any](input *I) error {
	v, ok := any(*input).(validator)
	if !ok {
		v, ok = any(input).(validator)
	}
	if !ok || isNil(v) {
		return nil
	}
	err := v.Validate()
	if err == nil {
		return nil
	}
	if _, ok := web.StatusOf(err); ok {
		return err
	}
	return web.UnprocessableContent(err.Error()).With(err)
}
