package form

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/views/web"
)

type validator interface{ Validate() error }

// Validate calls the method Validate of an input, or of the pointer to it, if there is one. An
// input that is a nil pointer has nothing to validate. If the error is a nil pointer, whose methods
// may panic, Validate returns a 500 that reports it.
func Validate[I any](input *I) error {
	v, ok := any(*input).(validator)
	if !ok {
		v, ok = any(input).(validator)
	}
	if !ok || isNilPointer(v) {
		return nil
	}
	err := v.Validate()
	if err != nil && isNilPointer(err) {
		return web.InternalServerError("").With(fmt.Errorf("Validate of %T returned a nil %T: return nil itself if nothing is wrong", *input, err))
	}
	return err
}

func isNilPointer(v any) bool {
	rv := reflect.ValueOf(v)
	return rv.Kind() == reflect.Pointer && rv.IsNil()
}

// checkValidate returns an error if an input of type t, not a pointer, has a method Validate that
// [Validate] does not call: one with another signature, or those of embedded types that hide each
// other.
func checkValidate(t reflect.Type) error {
	pt := reflect.PointerTo(t)
	method, ok := pt.MethodByName("Validate")
	switch {
	case pt.Implements(reflect.TypeFor[validator]()):
		return nil
	case ok:
		return fmt.Errorf("method Validate%s has another signature than Validate() error, so it would never be called: "+
			"change that, and check in the view what needs the request; the view may return an *views.InputError too", signature(method.Type))
	}
	if hidden := hiddenValidate(t, nil); hidden != nil {
		return fmt.Errorf("the embedded %s has a method Validate that the input does not inherit, so it would never be called: "+
			"write a method Validate() error that calls it", hidden)
	}
	return nil
}

// signature returns the parameters and results of a method, without its receiver.
func signature(method reflect.Type) string {
	in := slices.Collect(method.Ins())
	fn := reflect.FuncOf(in[1:], slices.Collect(method.Outs()), method.IsVariadic())
	return strings.TrimPrefix(fn.String(), "func")
}

// hiddenValidate returns the embedded type of t, a type without the method Validate, that has one:
// a field of that name or another embedded type keeps t from inheriting it. It returns nil without
// one.
func hiddenValidate(t reflect.Type, above []reflect.Type) reflect.Type {
	if t.Kind() != reflect.Struct || slices.Contains(above, t) {
		return nil
	}
	for field := range t.Fields() {
		if !field.Anonymous {
			continue
		}
		inner := field.Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if _, ok := reflect.PointerTo(inner).MethodByName("Validate"); ok {
			return inner
		}
		if hidden := hiddenValidate(inner, append(above, t)); hidden != nil {
			return hidden
		}
	}
	return nil
}
