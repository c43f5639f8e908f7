package devtools

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// previewBytes is how much of a value the toolbar shows.
const previewBytes = 200

// preview describes a value: its type, and the value itself if it is a text, a number or a bool
// without a secret name. It calls no methods of the value.
func preview(name string, v reflect.Value) string {
	for v.IsValid() && v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	if !v.IsValid() {
		return "nil"
	}
	kind := v.Type().String()
	switch v.Kind() {
	case reflect.String:
		if secret(name) {
			return kind + " " + masked(v.String())
		}
		return fmt.Sprintf("%s %q", kind, cut(v.String(), previewBytes))
	case reflect.Bool:
		return fmt.Sprintf("%s %t", kind, v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if secret(name) {
			return kind + " (not shown)"
		}
		return fmt.Sprintf("%s %d", kind, v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		if secret(name) {
			return kind + " (not shown)"
		}
		return fmt.Sprintf("%s %d", kind, v.Uint())
	case reflect.Float32, reflect.Float64:
		return fmt.Sprintf("%s %g", kind, v.Float())
	case reflect.Slice, reflect.Map:
		return fmt.Sprintf("%s, length %d", kind, v.Len())
	case reflect.Pointer, reflect.Func, reflect.Chan:
		if v.IsNil() {
			return kind + " nil"
		}
	}
	return kind
}

// sortedKeys returns the keys of a map of strings.
func sortedKeys(m reflect.Value) []reflect.Value {
	keys := m.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	return keys
}
