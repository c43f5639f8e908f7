package traversal

import "reflect"

// Extension returns a rule for a capability that another package defines, such as the access lists
// of package acl. ability is what all resources of type T get, usually a function; [Extensions]
// returns it. A is a type of the other package that it uses for nothing else. kind is the kind of
// the rule, such as "acl"; a package has one kind for each A.
//
// Most applications use the rules that a package makes of it, such as acl.For.
func Extension[T, A any](kind string, ability A) Rule {
	v := reflect.ValueOf(&ability).Elem()
	r := newRule[T](kind, (v.Kind() == reflect.Func || v.Kind() == reflect.Interface) && v.IsNil())
	r.other, r.key = ability, reflect.TypeFor[A]()
	return r
}

// Extensions are the abilities of one kind that the rules of a Traverser give. It is a small value:
// get it once for many resources.
type Extensions[A any] struct{ of map[reflect.Type]any }

// ExtensionsOf returns what the rules of t give by an [Extension] whose ability is an A. t may be
// nil.
func ExtensionsOf[A any](t *Traverser) Extensions[A] {
	if t == nil || t.others == nil {
		return Extensions[A]{}
	}
	return Extensions[A]{t.others[reflect.TypeFor[A]()]}
}

// For returns the ability for a resource, and false if no rule gives one to its type.
func (e Extensions[A]) For(res Resource) (A, bool) {
	if e.of == nil {
		var none A
		return none, false
	}
	ability, ok := e.of[reflect.TypeOf(res)].(A)
	return ability, ok
}
