package form

import (
	"encoding"
	"encoding/base64"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"
)

// formsByType holds the forms of Encode: as many as the program has types of inputs.
var formsByType sync.Map

// Encode returns the parameters that Fill makes v of, by name, and the form of its type. A nil
// pointer, a zero time and an empty list have none, nor has a map key with a dot. An element
// without any has an empty one, so that it keeps its place. An invalid v, or a nil pointer, has
// neither form nor parameters.
func Encode(v reflect.Value) (*Form, map[string][]string, error) {
	values := map[string][]string{}
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if !v.IsValid() || v.Kind() == reflect.Pointer {
		return nil, values, nil
	}
	cached, ok := formsByType.Load(v.Type())
	if !ok {
		made, err := Of(v.Type())
		if err != nil {
			return nil, nil, err
		}
		cached, _ = formsByType.LoadOrStore(v.Type(), made)
	}
	f := cached.(*Form)
	for i := range f.fields {
		field := &f.fields[i]
		n := field.nested
		if n == nil {
			n = &node{leaf: field.leaf}
		}
		if err := n.encode(field.of(v), field.name, 0, values); err != nil {
			return nil, nil, err
		}
	}
	return f, values, nil
}

func (n *node) encode(v reflect.Value, name string, depth int, values map[string][]string) error {
	if n.leaf != nil {
		return encodeTexts(v, n.leaf.list != nil, name, values)
	}
	if depth >= mostSteps {
		return fmt.Errorf("%s: more than %d steps", name, mostSteps)
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			return n.elem.encodePart(v.Elem(), name, depth, values)
		}
	case reflect.Slice:
		for i := range v.Len() {
			if err := n.elem.encodePart(v.Index(i), name+"."+strconv.Itoa(i), depth+1, values); err != nil {
				return err
			}
		}
	case reflect.Map:
		for key, value := range v.Seq2() {
			if strings.Contains(key.String(), ".") {
				continue
			}
			if err := n.elem.encodePart(value, name+"."+key.String(), depth+1, values); err != nil {
				return err
			}
		}
	default:
		for i, f := range n.fields {
			if err := n.nested[i].encode(f.of(v), name+"."+f.name, depth+1, values); err != nil {
				return err
			}
		}
	}
	return nil
}

// encodePart is encode for what is lost without any parameter: an element, or what a pointer is to.
func (n *node) encodePart(v reflect.Value, name string, depth int, values map[string][]string) error {
	before := len(values)
	err := n.encode(v, name, depth, values)
	if empty, ok := n.blank(name, depth); ok && err == nil && len(values) == before && !(v.Kind() == reflect.Pointer && v.IsNil()) {
		values[empty] = []string{""}
	}
	return err
}

// blank returns the name of a parameter whose empty text leaves a nested value at zero; false if it
// has none, as a leaf.
func (n *node) blank(name string, depth int) (string, bool) {
	for n.leaf == nil && n.typ.Kind() == reflect.Pointer {
		n = n.elem
	}
	if n.leaf != nil || n.typ.Kind() != reflect.Struct || depth >= mostSteps {
		return "", false
	}
	for i, f := range n.fields {
		inner := name + "." + f.name
		if leaf := n.nested[i].leaf; leaf != nil && (leaf.list == nil || !leaf.empty) {
			return inner, true
		}
		if found, ok := n.nested[i].blank(inner, depth+1); ok && n.nested[i].typ.Kind() == reflect.Struct {
			return found, true
		}
	}
	return "", false
}

func encodeTexts(v reflect.Value, list bool, name string, values map[string][]string) error {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil
		}
		v = v.Elem()
	}
	if !list {
		text, ok, err := encodeText(v)
		if ok {
			values[name] = append(values[name], text)
		}
		return err
	}
	for i := range v.Len() {
		text, _, err := encodeText(v.Index(i))
		if err != nil {
			return err
		}
		values[name] = append(values[name], text)
	}
	return nil
}

// encodeText returns the text that setText reads as v; ok is false for a value that counts as
// missing.
func encodeText(v reflect.Value) (text string, ok bool, err error) {
	switch {
	case isOctets(v.Type()):
		return base64.StdEncoding.EncodeToString(v.Bytes()), v.Len() > 0, nil
	case v.Type() == timeType:
		when := v.Interface().(time.Time)
		if when.IsZero() {
			return "", false, nil
		}
		if when.Equal(when.Truncate(24*time.Hour)) && when.Location() == time.UTC {
			return when.Format(time.DateOnly), true, nil // what <input type="date"> takes
		}
		return when.Format(time.RFC3339Nano), true, nil
	case v.Type() == durationType:
		return v.Interface().(time.Duration).String(), true, nil
	}
	if m, marshals := v.Interface().(encoding.TextMarshaler); marshals {
		text, err := m.MarshalText()
		return string(text), len(text) > 0, err
	}
	if v.CanAddr() {
		if m, marshals := v.Addr().Interface().(encoding.TextMarshaler); marshals {
			text, err := m.MarshalText()
			return string(text), len(text) > 0, err
		}
	}
	switch {
	case v.CanInt():
		return strconv.FormatInt(v.Int(), 10), true, nil
	case v.CanUint():
		return strconv.FormatUint(v.Uint(), 10), true, nil
	case v.CanFloat():
		return strconv.FormatFloat(v.Float(), 'g', -1, v.Type().Bits()), true, nil
	case v.Kind() == reflect.Bool:
		return strconv.FormatBool(v.Bool()), true, nil
	}
	return v.String(), v.Kind() == reflect.String, nil
}
