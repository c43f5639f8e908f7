package urls

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"strconv"
)

// ErrNil is the error of Text for nil and for nil pointers.
var ErrNil = errors.New("is nil")

// Text returns the text of a value in a URL: of a string, a number, a bool, bytes, a value with
// MarshalText or String, or a pointer to one of these.
func Text(v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", ErrNil
	case string:
		return v, nil
	case int:
		return strconv.Itoa(v), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case bool:
		return strconv.FormatBool(v), nil
	case []byte:
		return string(v), nil
	}
	rv := reflect.ValueOf(v)
	if rv.Kind() == reflect.Pointer && rv.IsNil() {
		return "", ErrNil
	}
	switch v := v.(type) {
	case encoding.TextMarshaler:
		text, err := v.MarshalText()
		return string(text), err
	case fmt.Stringer:
		return v.String(), nil
	}
	switch rv.Kind() {
	case reflect.String:
		return rv.String(), nil
	case reflect.Bool:
		return strconv.FormatBool(rv.Bool()), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.FormatInt(rv.Int(), 10), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return strconv.FormatUint(rv.Uint(), 10), nil
	case reflect.Float32:
		return strconv.FormatFloat(rv.Float(), 'f', -1, 32), nil
	case reflect.Float64:
		return strconv.FormatFloat(rv.Float(), 'f', -1, 64), nil
	case reflect.Pointer:
		return Text(rv.Elem().Interface())
	}
	return "", fmt.Errorf("is a %T, which has no text form: pass a string, or give the type a String method", v)
}

// List returns the items of a slice or an array, and whether v is one. Bytes, and types with a text
// of their own, are not lists.
func List(v any) ([]any, bool) {
	switch v := v.(type) {
	case nil, string, []byte, encoding.TextMarshaler, fmt.Stringer:
		return nil, false
	case []string:
		items := make([]any, len(v))
		for i, item := range v {
			items[i] = item
		}
		return items, true
	case []any:
		return v, true
	}
	rv := reflect.ValueOf(v)
	if k := rv.Kind(); k != reflect.Slice && k != reflect.Array {
		return nil, false
	}
	items := make([]any, rv.Len())
	for i := range items {
		items[i] = rv.Index(i).Interface()
	}
	return items, true
}

// TextOrList returns the text of a value in a path. For a list it returns the texts of its items
// instead, which are not nil even if there are none. name is for error texts.
func TextOrList(name string, v any) (text string, list []string, err error) {
	if list, ok := v.([]string); ok && list != nil {
		return "", list, nil
	}
	items, isList := List(v)
	if !isList {
		if text, err = Text(v); err != nil {
			return "", nil, fmt.Errorf("parameter %q %w", name, err)
		}
		return text, nil, nil
	}
	list = make([]string, len(items))
	for i, item := range items {
		if list[i], err = Text(item); err != nil {
			return "", nil, fmt.Errorf("parameter %q: item %d %w", name, i+1, err)
		}
	}
	return "", list, nil
}
