// Package form fills structs from the parameters of a request.
package form

import (
	"encoding"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// Form fills values of one struct type, or pointers to it. It is immutable, and computed once for
// each type.
type Form struct {
	pointer bool // the input is a pointer to the struct
	typ     reflect.Type
	fields  []field
}

type field struct {
	name  string
	index []int
	list  bool // takes all values of the parameter, not only the last
	empty bool // an empty value is a value, see keepsEmpty
	set   setter
}

// setter parses a parameter's value into a field, or its values if that is a slice.
type setter = func(field reflect.Value, texts []string) error

var textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()

// Of returns the form of a type, nil if only JSON can fill it. It is an error if a field can be
// filled by no text, or if two fields have one name.
func Of(t reflect.Type) (*Form, error) {
	f := &Form{typ: t}
	if t.Kind() == reflect.Pointer {
		f.pointer, f.typ = true, t.Elem()
	}
	if f.typ.Kind() != reflect.Struct {
		return nil, nil
	}
	taken := map[string]string{}
	for _, sf := range reflect.VisibleFields(f.typ) {
		if !sf.IsExported() || sf.Anonymous {
			continue
		}
		name := nameOf(sf)
		set := setterOf(sf.Type)
		switch {
		case name == "-":
			continue
		case set == nil || throughPointer(f.typ, sf.Index):
			if forJSON(sf) {
				continue
			}
			return nil, fmt.Errorf("input %s: no form can fill field %s of type %s: tag it `form:\"-\"` or `json:\"%s\"` if only JSON fills it",
				t, sf.Name, sf.Type, name)
		}
		if other, twice := taken[name]; twice {
			return nil, fmt.Errorf("input %s: fields %s and %s have the same name %q: rename one with a form tag", t, other, sf.Name, name)
		}
		taken[name] = sf.Name
		f.fields = append(f.fields, field{name, sf.Index, isList(sf.Type), keepsEmpty(sf.Type), set})
	}
	return f, nil
}

// throughPointer reports whether a field is behind an embedded pointer, which may be nil: only JSON
// fills such fields.
func throughPointer(t reflect.Type, index []int) bool {
	for _, i := range index[:len(index)-1] {
		if t = t.Field(i).Type; t.Kind() == reflect.Pointer {
			return true
		}
	}
	return false
}

// forJSON reports whether the tags say that JSON fills the field: it has a json tag, and no form tag.
func forJSON(field reflect.StructField) bool {
	_, form := field.Tag.Lookup("form")
	_, json := field.Tag.Lookup("json")
	return json && !form
}

func nameOf(field reflect.StructField) string {
	if name := field.Tag.Get("form"); name != "" {
		return name
	}
	if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name != "" {
		return name
	}
	return strings.ToLower(field.Name)
}

// Fill sets the fields that have parameters. Its error is a 422 that lists all values that do not
// fit.
func (f *Form) Fill(input reflect.Value, from *web.Parameters) error {
	if f.pointer {
		input.Set(reflect.New(f.typ))
		input = input.Elem()
	}
	var wrong []string
	for _, field := range f.fields {
		value, ok := from.Get(field.name)
		if !ok {
			continue
		}
		texts := []string{value}
		if field.list {
			texts = from.All(field.name)
		}
		if !field.empty {
			texts = slices.DeleteFunc(texts, func(text string) bool { return text == "" })
		}
		if len(texts) == 0 {
			continue
		}
		if err := field.set(input.FieldByIndex(field.index), texts); err != nil {
			wrong = append(wrong, field.name+": "+err.Error())
		}
	}
	if len(wrong) > 0 {
		return web.UnprocessableContent(strings.Join(wrong, "; "))
	}
	return nil
}

func isList(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind() == reflect.Slice && !reflect.PointerTo(t).Implements(textUnmarshaler)
}

// keepsEmpty reports whether an empty value is a value of the type: of strings and slices of strings
// alone. For any other field it is as if it were not there, since a browser sends all fields of a
// form, those left empty too.
func keepsEmpty(t reflect.Type) bool {
	if isList(t) && t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	return t.Kind() == reflect.String && !reflect.PointerTo(t).Implements(textUnmarshaler)
}

// setterOf returns nil for a type that no text can fill. Pointers and slices nest no deeper than a
// pointer to a slice of plain values, which also ends types that consist of themselves.
func setterOf(t reflect.Type) setter {
	if reflect.PointerTo(t).Implements(textUnmarshaler) {
		return func(field reflect.Value, texts []string) error {
			into, _ := field.Addr().Interface().(encoding.TextUnmarshaler)
			return into.UnmarshalText([]byte(texts[0]))
		}
	}
	switch t.Kind() {
	case reflect.Pointer:
		if t.Elem().Kind() == reflect.Pointer {
			return nil
		}
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
		if k := t.Elem().Kind(); k == reflect.Pointer || k == reflect.Slice {
			return nil
		}
		set := setterOf(t.Elem())
		if set == nil {
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

// scalar returns the setter of a string, bool or number, nil for any other type.
func scalar(t reflect.Type) setter {
	if !registry.IsTextKind(t.Kind()) {
		return nil
	}
	return func(field reflect.Value, texts []string) error {
		text := texts[0]
		if t.Kind() == reflect.Bool && (text == "on" || text == "off") { // as a checkbox sends it
			field.SetBool(text == "on")
			return nil
		}
		if err := registry.SetText(text, field, 10); err != nil {
			return err
		}
		if field.CanFloat() && (math.IsNaN(field.Float()) || math.IsInf(field.Float(), 0)) { // JSON has neither
			return &registry.TextError{Text: text, Want: "a number"}
		}
		return nil
	}
}
