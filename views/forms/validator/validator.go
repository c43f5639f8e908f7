package validator

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	playground "github.com/go-playground/validator/v10"

	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/forms"
)

// Validator checks inputs by their tags. It is safe for concurrent use.
type Validator struct{ rules *playground.Validate }

var _ forms.Validator = (*Validator)(nil)

// New returns a Validator with the rules of v, which may have rules of its own; nil means those of
// go-playground/validator, with nested structs required where a tag says so. New sets the names of
// v's fields: use v for nothing else.
func New(v *playground.Validate) *Validator {
	if v == nil {
		v = playground.New(playground.WithRequiredStructEnabled())
	}
	v.RegisterTagNameFunc(nameOf)
	return &Validator{v}
}

// embedded is the name of an embedded struct, which is no step of a path.
const embedded = "\x00"

// nameOf returns the name of a field in a form.
func nameOf(f reflect.StructField) string {
	for _, key := range []string{"form", "json"} {
		if name, _, _ := strings.Cut(f.Tag.Get(key), ","); name != "" && name != "-" {
			return name
		}
	}
	if f.Anonymous {
		return embedded
	}
	return strings.ToLower(f.Name)
}

// Prepare implements [forms.Validator].
func (v *Validator) Prepare(input reflect.Type) (func(any) error, error) {
	if err := v.probe(input, nil); err != nil {
		return nil, err
	}
	return func(in any) (err error) {
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("validate %T: %v", in, p)
			}
		}()
		return problems(v.rules.Struct(in))
	}, nil
}

// probe validates a zero value of each struct in a type: go-playground/validator panics for rules
// that it does not know, or that do not suit the type of the field.
func (v *Validator) probe(t reflect.Type, above []reflect.Type) (err error) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return v.probe(t.Elem(), above)
	case reflect.Struct:
	default:
		return nil
	}
	if slices.Contains(above, t) {
		return nil
	}
	if err := v.try(t); err != nil {
		return err
	}
	above = append(above, t)
	for f := range t.Fields() {
		if f.IsExported() {
			if err := v.probe(f.Type, above); err != nil {
				return err
			}
		}
	}
	return nil
}

func (v *Validator) try(t reflect.Type) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("validate tags of %s: %v", t, p)
		}
	}()
	_ = v.rules.Struct(reflect.New(t).Interface()) // a zero value may break rules: only panics count
	return nil
}

// problems returns the errors of go-playground/validator as ours.
func problems(err error) error {
	failed, ok := errors.AsType[playground.ValidationErrors](err)
	if !ok {
		return err
	}
	e := &views.InputError{Fields: make([]views.FieldError, 0, len(failed))}
	for _, f := range failed {
		field := views.FieldError{Name: pathOf(f.Namespace()), Code: f.Tag(), Text: textOf(f)}
		if f.Param() != "" {
			field.Params = map[string]any{"param": f.Param()}
			if unit := unitOf(f); unit != "" {
				field.Params["unit"] = unit
			}
		}
		e.Fields = append(e.Fields, field)
	}
	return e
}

// pathOf returns the path of a namespace such as Draft.lines[0].qty: lines.0.qty.
func pathOf(namespace string) string {
	_, path, _ := strings.Cut(namespace, ".")
	path = strings.ReplaceAll(path, embedded+".", "")
	return strings.ReplaceAll(strings.ReplaceAll(path, "[", "."), "]", "")
}

// unitOf returns what a rule about a length counts; "" for a rule about a value.
func unitOf(f playground.FieldError) string {
	switch f.Kind() {
	case reflect.String:
		return "characters"
	case reflect.Slice, reflect.Map, reflect.Array:
		return "elements"
	}
	return ""
}

// textOf describes what a rule expects.
func textOf(f playground.FieldError) string {
	unit := unitOf(f)
	if unit != "" {
		unit = " " + unit
	}
	switch f.Tag() {
	case "required":
		return "a value is required"
	case "min", "gte":
		return "expected at least " + f.Param() + unit
	case "max", "lte":
		return "expected at most " + f.Param() + unit
	case "gt":
		return "expected more than " + f.Param() + unit
	case "lt":
		return "expected less than " + f.Param() + unit
	case "len":
		return "expected " + f.Param() + unit
	case "email":
		return "expected an email address"
	case "url", "http_url":
		return "expected a URL"
	case "oneof":
		return "expected one of: " + strings.Join(strings.Fields(f.Param()), ", ")
	case "eqfield":
		return "expected the same value as in " + f.Param()
	}
	if f.Param() == "" {
		return fmt.Sprintf("the value breaks the rule %q", f.Tag())
	}
	return fmt.Sprintf("the value breaks the rule \"%s=%s\"", f.Tag(), f.Param())
}
