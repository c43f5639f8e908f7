// Package absent finds nil values in interfaces.
package absent

import "reflect"

// Value reports whether v is nil, or holds a nil value of any kind.
func Value(v any) bool {
	if v == nil {
		return true
	}
	switch rv := reflect.ValueOf(v); rv.Kind() {
	case reflect.Pointer, reflect.Func, reflect.Map, reflect.Slice, reflect.Chan, reflect.UnsafePointer:
		return rv.IsNil()
	default:
		return false
	}
}

// Pointer reports whether v holds a nil pointer. It returns false for nil itself, and for nil
// slices and maps, which are empty values.
func Pointer(v any) bool {
	rv := reflect.ValueOf(v)
	return rv.Kind() == reflect.Pointer && rv.IsNil()
}
