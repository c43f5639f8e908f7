// Package absent finds nil values within interfaces.
package absent

import "reflect"

// Value reports whether v is nil, or an interface that holds a nil value.
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

// Pointer reports whether v is a nil pointer. Nil slices and maps are values: empty ones.
func Pointer(v any) bool {
	rv := reflect.ValueOf(v)
	return rv.Kind() == reflect.Pointer && rv.IsNil()
}
