// Package related explains types that are easily confused: T and *T, a type and one that it embeds,
// and an interface that a type does not implement.
package related

import "reflect"

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
			return ""
		case t.Kind() != reflect.Pointer && reflect.PointerTo(t).Implements(has):
			return "only *" + t.String() + " has its methods, but the resource is a " + t.String()
		}
		// What is missing stays unsaid: reflect.Type.Method would keep the linker from dropping any method.
		return "a " + t.String() + " does not implement it: the compiler names the missing method for var _ " + has.String() + " = *new(" + t.String() + ")"
	case embeds(t, has, 0):
		return "it is embedded: use views.Inherit(c, func(x " + t.String() + ") " + has.String() + " { … })"
	}
	return ""
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
