package form

import (
	"encoding"
	"encoding/base64"
	"math"
	"reflect"

	"github.com/mastaba-go/mastaba/registry"
)

// setter sets a field to the values of a parameter, without the empty ones unless keepEmpty is set.
type setter = func(field reflect.Value, texts []string, m *mistakes, keepEmpty bool)

var textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()

func isList(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind() == reflect.Slice && !isText(t)
}

// isText reports whether a single text can be a value of type t.
func isText(t reflect.Type) bool {
	_, ok := registry.WantText(t)
	return ok || isOctets(t)
}

// isOctets reports whether t is []byte, which is in base64, as in JSON.
func isOctets(t reflect.Type) bool {
	return t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8 &&
		!reflect.PointerTo(t).Implements(textUnmarshaler) && !reflect.PointerTo(t.Elem()).Implements(textUnmarshaler)
}

// keepsEmpty reports whether an empty value is a value of the type, which holds only for strings
// and slices of strings. For any other field it counts as missing, since a browser sends all fields
// of a form, also those left empty.
func keepsEmpty(t reflect.Type) bool {
	if isList(t) && t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	return t.Kind() == reflect.String && !reflect.PointerTo(t).Implements(textUnmarshaler) && t != numberType
}

// setterOf returns nil for a type that no text can fill. Pointers and slices nest no deeper than a
// pointer to a slice of plain values.
func setterOf(t reflect.Type) setter {
	list := t
	if t.Kind() == reflect.Pointer {
		list = t.Elem()
	}
	switch {
	case list.Kind() == reflect.Pointer:
		return nil
	case isText(list):
		return func(field reflect.Value, texts []string, m *mistakes, keepEmpty bool) {
			text := texts[len(texts)-1]
			if text == "" && !keepEmpty {
				return
			}
			if err := setText(text, field); err != nil {
				m.addError(err, list)
			}
		}
	case list.Kind() == reflect.Slice && list.Elem().Kind() != reflect.Pointer && isText(list.Elem()):
		return func(field reflect.Value, texts []string, m *mistakes, keepEmpty bool) {
			setList(field, list, texts, m, keepEmpty)
		}
	}
	return nil
}

// setList sets a field, of type list or a pointer to it, to the values that fit.
func setList(field reflect.Value, list reflect.Type, texts []string, m *mistakes, keepEmpty bool) {
	values, n := reflect.MakeSlice(list, len(texts), len(texts)), 0
	for i, text := range texts {
		if text == "" && !keepEmpty {
			continue
		}
		if err := setText(text, values.Index(n)); err != nil {
			m.push(step{index: i, element: true})
			m.addError(err, list.Elem())
			m.pop()
		}
		n++
	}
	if n == 0 {
		return
	}
	if field.Kind() == reflect.Pointer {
		field.Set(reflect.New(list))
		field = field.Elem()
	}
	field.Set(values.Slice(0, n))
}

// setText sets a value, or a pointer to one, to what a text denotes.
func setText(text string, to reflect.Value) error {
	t := to.Type()
	if t.Kind() == reflect.Pointer {
		value := reflect.New(t.Elem())
		err := setText(text, value.Elem())
		to.Set(value)
		return err
	}
	switch {
	case t.Kind() == reflect.Bool && (text == "on" || text == "off") && !reflect.PointerTo(t).Implements(textUnmarshaler):
		to.SetBool(text == "on") // as a checkbox sends it
		return nil
	case isOctets(t):
		octets, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return &registry.TextError{Text: text, Want: wantOctets, Err: err}
		}
		to.SetBytes(octets)
		return nil
	case t == numberType && !isNumber(text):
		return &registry.TextError{Text: text, Want: "a number"}
	}
	if err := registry.SetText(text, to, 10); err != nil {
		return err
	}
	if to.CanFloat() && (math.IsNaN(to.Float()) || math.IsInf(to.Float(), 0)) { // JSON has neither
		return &registry.TextError{Text: text, Want: "a number"}
	}
	return nil
}

const wantOctets = "base64: want something like aGVsbG8="
