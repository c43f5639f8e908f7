package registry

import "reflect"

// Provide makes v the component of type T, in place of an earlier one. T is the static type: to provide an interface, name
// it, as in Provide[Store](reg, memory). It belongs into an action; a frozen registry takes nothing any more, and Provide
// panics.
func Provide[T any](reg *Registry, v T) {
	t := reflect.TypeFor[T]()
	reg.mustBeOpen("Provide[" + t.String() + "]")
	reg.components[t] = v
}

// AddComponent is the directive for a component: v becomes that of type T when the application is built, in Phase1, so that
// the actions of views and routes find it. Two for one type conflict; the application's own wins over those of what it
// includes. Code that makes its component in an action of its own needs Provide instead.
func AddComponent[T any](rec Recorder, v T) {
	c, t := rec.Directive(), reflect.TypeFor[T]()
	c.Declare(Declaration{
		Category: "components",
		Type:     "component",
		ID:       t,
		Phase:    Phase1,
		Run: func(_ *Config, reg *Registry) error {
			Provide(reg, v)
			return nil
		},
	})
}

// Lookup returns the component of type T, and whether there is one. It costs one map access; what is needed for each
// request is better looked up once.
func Lookup[T any](reg *Registry) (T, bool) {
	v, ok := reg.components[reflect.TypeFor[T]()]
	t, _ := v.(T) // fails only for a nil interface value, which is then T's zero value
	return t, ok
}

// Ensure returns the component of type T, and provides what mk makes if there is none. For tables that several actions
// fill.
func Ensure[T any](reg *Registry, mk func() T) T {
	if v, ok := Lookup[T](reg); ok {
		return v
	}
	v := mk()
	Provide(reg, v)
	return v
}
