package form

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/views/web"
)

type validator interface{ Validate() error }

// Invalid is an error of the method Validate that lists no fields and has no status.
type Invalid struct{ Err error }

var _ error = (*Invalid)(nil)

// Error returns the text of the error.
func (e *Invalid) Error() string { return e.Err.Error() }

// Decode fills an input, a pointer to what f was made for, from a request (see Read), and validates
// it: by the rules of the application and then by its method Validate. It returns what is wrong
// with the input, or any other error. listed returns the mistakes that an error of validation
// lists.
//
// Validation also runs if some values did not fit, since a client wants to see all mistakes at
// once. It then sees the zero value of these fields, so what it reports of them does not count, nor
// does what it reports of the input as a whole, which may be due to them. In the same way a mistake
// of Validate counts only for fields that pass the rules. If the value as a whole did not fit,
// there is nothing to validate.
//
// Files that a receiver took are discarded if the input is refused.
func (f *Form) Decode(r *web.Request, input any, keep bool, listed func(error) ([]Mistake, bool)) ([]Mistake, error) {
	m := mistakes{listed: listed}
	accepted := false
	if f.streams {
		defer func() { // also if something panics
			if !accepted {
				m.files.discard()
			}
		}()
	}
	if err := f.decode(r, input, keep, &m); err != nil {
		return nil, err
	}
	accepted = len(m.found) == 0
	return m.all(), nil
}

func (f *Form) decode(r *web.Request, input any, keep bool, m *mistakes) error {
	rules := rulesOf(r)
	value := reflect.ValueOf(input).Elem()
	if err := f.read(r, value, rules, keep, m); err != nil {
		return err
	}
	check := rules.checks[f.typ]
	if check == nil && !f.validate || m.spoiled() {
		return nil
	}
	if f.pointer {
		input = value.Interface()
	}
	if check != nil {
		if err := check(input); err != nil {
			found, ok := m.listed(err)
			if !ok {
				return err
			}
			m.merge(found)
		}
	}
	if f.validate {
		return m.validated(Validate(input))
	}
	return nil
}

// Validate calls the method Validate of what input points to, if it has one. An input that is a nil
// pointer has nothing to validate. If the error is a nil pointer, whose methods may panic, Validate
// returns a 500 that reports it.
func Validate(input any) error {
	if to := reflect.ValueOf(input); to.Kind() == reflect.Pointer && to.Elem().Kind() == reflect.Pointer {
		input = to.Elem().Interface()
	}
	v, ok := input.(validator)
	if !ok || isNilPointer(input) {
		return nil
	}
	err := v.Validate()
	if err != nil && isNilPointer(err) {
		return web.InternalServerError("").With(fmt.Errorf("Validate of %s returned a nil %T: return nil itself if nothing is wrong", reflect.TypeOf(input).Elem(), err))
	}
	return err
}

func isNilPointer(v any) bool {
	rv := reflect.ValueOf(v)
	return rv.Kind() == reflect.Pointer && rv.IsNil()
}

// validated adds the mistakes of an error of Validate, or returns the error if that says more.
func (m *mistakes) validated(err error) error {
	if err == nil {
		return nil
	}
	found, ok := m.listed(err)
	status, hasStatus := web.StatusOf(err)
	switch {
	case len(m.found) == 0 && (hasStatus && m.gaps == nil || hasStatus && !ok):
		return err
	case len(m.found) == 0 && !ok:
		return &Invalid{err}
	case !ok && status >= http.StatusInternalServerError:
		return err
	}
	m.merge(found)
	return nil
}

// merge adds mistakes that were found in the input as it was filled so far: see Decode.
func (m *mistakes) merge(found []Mistake) {
	before := slices.DeleteFunc(slices.Clone(m.found), func(known Mistake) bool { return known.Code == codeUnknown })
	for _, one := range found {
		one.Name = m.gaps.sent(one.Name)
		if one.Name == "" && len(before) > 0 || slices.ContainsFunc(before, func(known Mistake) bool {
			below, ok := strings.CutPrefix(one.Name, known.Name)
			return ok && (below == "" || below[0] == '.')
		}) {
			continue
		}
		m.append(one)
	}
}

// spoiled reports whether so much did not fit that there is nothing to validate.
func (m *mistakes) spoiled() bool {
	return m.rest > 0 || m.files.ended() || slices.ContainsFunc(m.found, func(one Mistake) bool { return one.Name == "" })
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
