package form

import (
	"encoding"
	"encoding/base64"
	"math"
	"reflect"
	"strconv"

	"github.com/mastaba-go/mastaba/registry"
)

// leaf fills values that are texts in a form: a single one, or a list of them.
type leaf struct {
	typ     reflect.Type // of a text's value
	list    reflect.Type // of the slice; nil for a single value
	pointer bool         // the field is a pointer to typ, or to list
	empty   bool         // an empty text is a value, see keepsEmpty
	set     setter
}

// setter sets a value to what a text denotes.
type setter = func(to reflect.Value, text string) error

var textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()

// leafOf returns nil for a type that no text can fill. Pointers and slices nest no deeper than a
// pointer to a slice of plain values.
func leafOf(t reflect.Type) *leaf {
	l := &leaf{typ: t}
	if t.Kind() == reflect.Pointer {
		l.pointer, l.typ = true, t.Elem()
	}
	if l.typ.Kind() == reflect.Slice && !isText(l.typ) {
		l.list, l.typ = l.typ, l.typ.Elem()
	}
	if l.typ.Kind() == reflect.Pointer || !isText(l.typ) {
		return nil
	}
	l.empty = keepsEmpty(l.typ) && !l.pointer
	l.set = setterOf(l.typ)
	return l
}

// fillOne sets a field that is not a list to a text, unless the text is empty and so is not a
// value.
func (l *leaf) fillOne(field reflect.Value, text string, m *mistakes) {
	if text == "" && !l.empty {
		return
	}
	if l.pointer {
		field.Set(reflect.New(l.typ))
		field = field.Elem()
	}
	if err := l.set(field, text); err != nil {
		m.addError(err, l.typ)
	}
}

// fillList sets a field that is a list to texts, without those that are empty and therefore no
// values.
func (l *leaf) fillList(field reflect.Value, texts []string, m *mistakes) {
	size := len(texts)
	if !l.empty {
		for _, text := range texts {
			if text == "" {
				size--
			}
		}
	}
	if size == 0 {
		return
	}
	if l.pointer {
		field.Set(reflect.New(l.list))
		field = field.Elem()
	}
	setSize(field, size)
	n := 0
	for i, text := range texts {
		if text == "" && !l.empty {
			continue
		}
		if err := l.set(field.Index(n), text); err != nil {
			m.push(step{index: i, element: true})
			m.addError(err, l.typ)
			m.pop()
		}
		n++
	}
	if size < len(texts) {
		m.gaps.add(m.position(), kept(texts))
	}
}

// kept returns the indexes of the texts that are not empty.
func kept(texts []string) (indexes []int) {
	for i, text := range texts {
		if text != "" {
			indexes = append(indexes, i)
		}
	}
	return indexes
}

// setSize makes a slice have n zero elements.
func setSize(slice reflect.Value, n int) {
	slice.SetZero()
	slice.Grow(n)
	slice.SetLen(n)
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

// isPlain reports whether values of type t have no rule but that of their kind.
func isPlain(t reflect.Type) bool {
	return t != durationType && t != numberType && !reflect.PointerTo(t).Implements(textUnmarshaler)
}

// keepsEmpty reports whether an empty text is a value of the type, which holds only for strings.
// For any other type it counts as missing, since a browser sends all fields of a form, also those
// left empty.
func keepsEmpty(t reflect.Type) bool { return t.Kind() == reflect.String && isPlain(t) }

// setterOf returns the setter of a type that isText accepts.
func setterOf(t reflect.Type) setter {
	if !isPlain(t) {
		return setText
	}
	switch k := t.Kind(); {
	case k == reflect.String:
		return func(to reflect.Value, text string) error { to.SetString(text); return nil }
	case k == reflect.Bool:
		return func(to reflect.Value, text string) error {
			if text == "on" || text == "off" { // as a checkbox sends it
				to.SetBool(text == "on")
				return nil
			}
			return registry.SetText(text, to, 10)
		}
	case k >= reflect.Int && k <= reflect.Int64:
		bits := t.Bits()
		return func(to reflect.Value, text string) error {
			n, err := strconv.ParseInt(text, 10, bits)
			if err != nil {
				return registry.SetText(text, to, 10) // fails too, with what is wrong
			}
			to.SetInt(n)
			return nil
		}
	case k >= reflect.Uint && k <= reflect.Uintptr:
		bits := t.Bits()
		return func(to reflect.Value, text string) error {
			n, err := strconv.ParseUint(text, 10, bits)
			if err != nil {
				return registry.SetText(text, to, 10)
			}
			to.SetUint(n)
			return nil
		}
	case k == reflect.Float32, k == reflect.Float64:
		bits := t.Bits()
		return func(to reflect.Value, text string) error {
			n, err := strconv.ParseFloat(text, bits)
			switch {
			case err != nil:
				return registry.SetText(text, to, 10)
			case math.IsNaN(n), math.IsInf(n, 0): // JSON has neither
				return &registry.TextError{Text: text, Want: "a number"}
			}
			to.SetFloat(n)
			return nil
		}
	}
	return setText
}

// setText sets a value of any type that isText accepts to what a text denotes.
func setText(to reflect.Value, text string) error {
	t := to.Type()
	switch {
	case t.Kind() == reflect.Bool && (text == "on" || text == "off") && isPlain(t):
		to.SetBool(text == "on")
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
	if to.CanFloat() && (math.IsNaN(to.Float()) || math.IsInf(to.Float(), 0)) {
		return &registry.TextError{Text: text, Want: "a number"}
	}
	return nil
}

const wantOctets = "base64: want something like aGVsbG8="
