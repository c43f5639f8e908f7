package views

import (
	"encoding"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/mastaba-go/mastaba/views/web"
)

// form is how parameters fill a struct, worked out once for its type.
type form struct {
	pointer bool // the input is a pointer to the struct
	typ     reflect.Type
	fields  []formField
}

type formField struct {
	name  string
	index []int
	set   func(field reflect.Value, texts []string) error
}

// setter parses the last of a parameter's values, or all for a slice.
type setter = func(field reflect.Value, texts []string) error

var textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()

// formOf returns nil for types that only JSON can fill.
func formOf(t reflect.Type) (*form, error) {
	f := &form{typ: t}
	if t.Kind() == reflect.Pointer {
		f.pointer, f.typ = true, t.Elem()
	}
	if f.typ.Kind() != reflect.Struct {
		return nil, nil
	}
	taken := map[string]string{}
	for _, field := range reflect.VisibleFields(f.typ) {
		if !field.IsExported() || field.Anonymous || throughPointer(f.typ, field.Index) {
			continue
		}
		name := formName(field)
		set := setterOf(field.Type)
		if name == "-" || set == nil {
			continue
		}
		if other, twice := taken[name]; twice {
			return nil, fmt.Errorf("input %s: fields %s and %s both have the name %q: give one of them another by a form tag", t, other, field.Name, name)
		}
		taken[name] = field.Name
		f.fields = append(f.fields, formField{name, field.Index, set})
	}
	return f, nil
}

// throughPointer: an embedded pointer may be nil, so its fields are left to JSON.
func throughPointer(t reflect.Type, index []int) bool {
	for _, i := range index[:len(index)-1] {
		if t = t.Field(i).Type; t.Kind() == reflect.Pointer {
			return true
		}
	}
	return false
}

func formName(field reflect.StructField) string {
	if name := field.Tag.Get("form"); name != "" {
		return name
	}
	if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name != "" {
		return name
	}
	return strings.ToLower(field.Name)
}

// fill sets the fields whose parameters are there, and reports all that do not
// fit.
func (f *form) fill(input reflect.Value, from *web.Parameters) error {
	if f.pointer {
		input.Set(reflect.New(f.typ))
		input = input.Elem()
	}
	var wrong []string
	for _, field := range f.fields {
		texts := from.All(field.name)
		if len(texts) == 0 {
			continue
		}
		if err := field.set(input.FieldByIndex(field.index), texts); err != nil {
			wrong = append(wrong, field.name+": "+err.Error())
		}
	}
	if len(wrong) > 0 {
		return web.Status(http.StatusUnprocessableEntity, strings.Join(wrong, "; "))
	}
	return nil
}

// setterOf returns nil for a type that no text can fill.
func setterOf(t reflect.Type) setter {
	if reflect.PointerTo(t).Implements(textUnmarshaler) {
		return func(field reflect.Value, texts []string) error {
			into, _ := field.Addr().Interface().(encoding.TextUnmarshaler)
			return into.UnmarshalText([]byte(texts[len(texts)-1]))
		}
	}
	switch t.Kind() {
	case reflect.Pointer:
		set := setterOf(t.Elem())
		if set == nil {
			return nil
		}
		return func(field reflect.Value, texts []string) error {
			value := reflect.New(t.Elem())
			field.Set(value)
			return set(value.Elem(), texts)
		}
	case reflect.Slice:
		set := setterOf(t.Elem())
		if set == nil || t.Elem().Kind() == reflect.Slice {
			return nil
		}
		return func(field reflect.Value, texts []string) error {
			list := reflect.MakeSlice(t, len(texts), len(texts))
			for n := range texts {
				if err := set(list.Index(n), texts[n:n+1]); err != nil {
					return err
				}
			}
			field.Set(list)
			return nil
		}
	default:
		return scalar(t)
	}
}

func scalar(t reflect.Type) setter {
	last := func(texts []string) string { return texts[len(texts)-1] }
	switch t.Kind() {
	case reflect.String:
		return func(field reflect.Value, texts []string) error {
			field.SetString(last(texts))
			return nil
		}
	case reflect.Bool: // a checkbox sends "on"
		return func(field reflect.Value, texts []string) error {
			value, err := strconv.ParseBool(last(texts))
			if err != nil && last(texts) != "on" && last(texts) != "off" {
				return fmt.Errorf("%q is neither true nor false", last(texts))
			}
			field.SetBool(value || last(texts) == "on")
			return nil
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return func(field reflect.Value, texts []string) error {
			value, err := strconv.ParseInt(last(texts), 10, t.Bits())
			if err != nil {
				return fmt.Errorf("%q is no whole number that fits", last(texts))
			}
			field.SetInt(value)
			return nil
		}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return func(field reflect.Value, texts []string) error {
			value, err := strconv.ParseUint(last(texts), 10, t.Bits())
			if err != nil {
				return fmt.Errorf("%q is no whole number from 0 that fits", last(texts))
			}
			field.SetUint(value)
			return nil
		}
	case reflect.Float32, reflect.Float64:
		return func(field reflect.Value, texts []string) error {
			value, err := strconv.ParseFloat(last(texts), t.Bits())
			if err != nil {
				return fmt.Errorf("%q is no number that fits", last(texts))
			}
			field.SetFloat(value)
			return nil
		}
	default:
		return nil
	}
}
