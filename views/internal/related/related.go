// Package related explains types that are easily confused: T and *T, a type and one that it embeds,
// and a type that almost implements an interface.
package related

import (
	"reflect"
	"strings"
)

// Hint returns why views for the type has do not serve resources of type t, and what to do; "" if
// the two types are not easily confused. has is nil for views of any resource.
func Hint(t, has reflect.Type) string {
	switch {
	case has == nil || t == has:
		return ""
	case t.String() == has.String():
		return "the resource is of " + path(t) + ", the view is for " + path(has) + ", another type of the same name"
	case t.Kind() == reflect.Pointer && t.Elem() == has, has.Kind() == reflect.Pointer && has.Elem() == t:
		return "the resource is a " + t.String() + ", a different type: register the view for that type"
	case has.Kind() == reflect.Interface:
		switch {
		case t.Implements(has):
		case t.Kind() != reflect.Pointer && reflect.PointerTo(t).Implements(has):
			return "only *" + t.String() + " has its methods, but the resource is a " + t.String()
		default:
			return nearly(t, has)
		}
	case embeds(t, has, 0):
		return "it is embedded: use views.Inherit(c, func(x " + t.String() + ") " + has.String() + " { … })"
	}
	return ""
}

// nearly says what keeps t from implementing an interface, if it is one method: that method has
// another signature, or is the only one of several that is missing.
func nearly(t, has reflect.Type) string {
	hint, wrong := "", 0
	for want := range has.Methods() {
		if !want.IsExported() {
			return ""
		}
		m, ok := t.MethodByName(want.Name)
		switch {
		case !ok && has.NumMethod() > 1:
			hint = "a " + t.String() + " lacks the method " + want.Name
		case !ok:
			return ""
		case t.Kind() != reflect.Interface && sameAfterReceiver(m.Type, want.Type):
			continue
		default:
			hint = "the method " + want.Name + " of " + t.String() + " has another signature: want " + want.Name + strings.TrimPrefix(want.Type.String(), "func")
		}
		wrong++
	}
	if wrong != 1 {
		return ""
	}
	return hint
}

// sameAfterReceiver reports whether a method of a type has the signature want, but for its receiver.
func sameAfterReceiver(m, want reflect.Type) bool {
	if m.NumIn() != want.NumIn()+1 || m.NumOut() != want.NumOut() || m.IsVariadic() != want.IsVariadic() {
		return false
	}
	for i := range want.NumIn() {
		if m.In(i+1) != want.In(i) {
			return false
		}
	}
	for i := range want.NumOut() {
		if m.Out(i) != want.Out(i) {
			return false
		}
	}
	return true
}

// path returns the name of a type with its import path.
func path(t reflect.Type) string {
	if t.Kind() == reflect.Pointer {
		return "*" + path(t.Elem())
	}
	if t.PkgPath() == "" {
		return t.String()
	}
	return t.PkgPath() + "." + t.Name()
}

// embeds reports whether t, or the struct that it points to, embeds has or a pointer to it.
func embeds(t, has reflect.Type, depth int) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || depth > 5 { // types may embed themselves
		return false
	}
	for field := range t.Fields() {
		if field.Anonymous && (field.Type == has || reflect.PointerTo(field.Type) == has || embeds(field.Type, has, depth+1)) {
			return true
		}
	}
	return false
}
