// Package bytype finds what was registered for the type of a value.
package bytype

import (
	"maps"
	"reflect"
	"slices"
)

// Table holds a V for each of some types: an exact type comes before the interfaces that it
// implements, and a narrower interface before a wider one. The zero Table is empty. It is filled
// first, and then safe for concurrent use.
type Table[V any] struct {
	exact      map[reflect.Type]V
	interfaces []entry[V] // narrower before wider
}

type entry[V any] struct {
	of reflect.Type
	is func(value any) bool // a type assertion, which costs less than reflection
	v  V
}

// Empty reports whether nothing was added.
func (t *Table[V]) Empty() bool { return t == nil || len(t.exact) == 0 && len(t.interfaces) == 0 }

// Put sets the V for the type T.
func Put[T, V any](t *Table[V], v V) {
	of := reflect.TypeFor[T]()
	is := func(value any) bool { _, ok := value.(T); return ok }
	if of.Kind() != reflect.Interface {
		if t.exact == nil {
			t.exact = map[reflect.Type]V{}
		}
		t.exact[of] = v
		return
	}
	t.insert(entry[V]{of, is, v})
}

func (t *Table[V]) insert(e entry[V]) {
	t.interfaces = slices.DeleteFunc(t.interfaces, func(old entry[V]) bool { return old.of == e.of })
	at := slices.IndexFunc(t.interfaces, func(old entry[V]) bool { return e.of.Implements(old.of) })
	if at < 0 {
		at = len(t.interfaces)
	}
	t.interfaces = slices.Insert(t.interfaces, at, e)
}

// For returns the V for a type; false without one.
func (t *Table[V]) For(of reflect.Type) (v V, ok bool) {
	if t == nil || of == nil {
		return v, false
	}
	if v, ok = t.exact[of]; ok {
		return v, true
	}
	for i := range t.interfaces {
		if of.Implements(t.interfaces[i].of) {
			return t.interfaces[i].v, true
		}
	}
	return v, false
}

// Of returns the V for the type of a value; false without one.
func (t *Table[V]) Of(value any) (v V, ok bool) {
	if t == nil || value == nil {
		return v, false
	}
	if len(t.exact) > 0 {
		if v, ok = t.exact[reflect.TypeOf(value)]; ok {
			return v, true
		}
	}
	for i := range t.interfaces {
		if t.interfaces[i].is(value) {
			return t.interfaces[i].v, true
		}
	}
	return v, false
}

// Clone returns a copy.
func (t *Table[V]) Clone() Table[V] {
	return Table[V]{maps.Clone(t.exact), slices.Clone(t.interfaces)}
}

// Add adds what more holds, in place of what is there.
func (t *Table[V]) Add(more *Table[V]) {
	if t.exact == nil {
		t.exact = map[reflect.Type]V{}
	}
	maps.Copy(t.exact, more.exact)
	for _, e := range slices.Backward(more.interfaces) {
		t.insert(e)
	}
}
