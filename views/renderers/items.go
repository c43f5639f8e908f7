package renderers

import (
	"fmt"
	"iter"
	"reflect"
)

// items are the items of a value, and whether they come from an iterator.
type items struct {
	all    iter.Seq2[any, error]
	of     reflect.Type // nil if unknown
	stream bool
}

var errorType = reflect.TypeFor[error]()

// itemsOf returns the items of a slice, an array, an iter.Seq[T] or an iter.Seq2[T, error].
func itemsOf(value any) (items, error) {
	v := reflect.ValueOf(value)
	if !v.IsValid() {
		return items{}, fmt.Errorf("nil is not a list: want a slice, an iter.Seq or an iter.Seq2 with an error")
	}
	t := v.Type()
	switch {
	case t.Kind() == reflect.Slice || t.Kind() == reflect.Array:
		return items{of: t.Elem(), all: func(yield func(any, error) bool) {
			for i := range v.Len() {
				if !yield(v.Index(i).Interface(), nil) {
					return
				}
			}
		}}, nil
	case t.Kind() == reflect.Func && t.CanSeq():
		return items{of: t.In(0).In(0), stream: true, all: func(yield func(any, error) bool) {
			for item := range v.Seq() {
				if !yield(item.Interface(), nil) {
					return
				}
			}
		}}, nil
	case t.Kind() == reflect.Func && t.CanSeq2() && t.In(0).In(1) == errorType:
		return items{of: t.In(0).In(0), stream: true, all: func(yield func(any, error) bool) {
			for item, failure := range v.Seq2() {
				err, _ := failure.Interface().(error)
				if !yield(item.Interface(), err) || err != nil {
					return
				}
			}
		}}, nil
	}
	return items{}, fmt.Errorf("a %T is not a list: want a slice, an iter.Seq or an iter.Seq2 with an error", value)
}
