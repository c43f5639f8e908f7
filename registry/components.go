package registry

import "reflect"

// Provide sets the component of type T, in place of an earlier one. T is the static type: to
// provide an interface, name it, as in Provide[Store](reg, memory). Call it while the registry is
// built; later it panics.
func Provide[T any](reg *Registry, v T) {
	t := reflect.TypeFor[T]()
	reg.mustBeOpen("Provide[" + t.String() + "]")
	reg.components[t] = v
}

// AddComponent is a directive that provides v as the component of type T. It runs in Phase1, so
// that views and routes find the component when they are built. Two components of one type
// conflict. Code that makes a component while its own declaration runs needs Provide instead.
func AddComponent[T any](rec Recorder, v T) {
	rec.Directive().Declare(Declaration{
		Category: "components",
		Type:     "component",
		ID:       reflect.TypeFor[T](),
		Phase:    Phase1,
		Run: func(_ *Config, reg *Registry) error {
			Provide(reg, v)
			return nil
		},
	})
}

// Lookup returns the component of type T, and whether there is one. It costs one map access; what
// every request needs is better looked up once.
func Lookup[T any](reg *Registry) (T, bool) {
	v, ok := component[T](reg)
	if !ok && !reg.frozen {
		reg.missed.Store(true)
	}
	return v, ok
}

func component[T any](reg *Registry) (T, bool) {
	v, ok := reg.components[reflect.TypeFor[T]()]
	t, _ := v.(T) // fails only for a nil interface value, which is then T's zero value
	return t, ok
}

// Ensure returns the component of type T. If there is none, it provides the one that mk returns. It
// is for tables that several declarations fill.
func Ensure[T any](reg *Registry, mk func() T) T {
	if v, ok := component[T](reg); ok {
		return v
	}
	v := mk()
	Provide(reg, v)
	return v
}
