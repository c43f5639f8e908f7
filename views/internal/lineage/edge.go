package lineage

import (
	"fmt"
	"reflect"
)

// Between returns the edge from T to P, which as makes of it. Its Convert is nil if no type can
// inherit from the other; with an error for as alone, it is not.
func Between[T, P any](as func(T) P) (Edge, error) {
	from, to := reflect.TypeFor[T](), reflect.TypeFor[P]()
	switch {
	case from.Kind() == reflect.Interface:
		return Edge{}, fmt.Errorf("inherit %s from %s: %[1]s is an interface: its views already serve every type that implements it", from, to)
	case to.Kind() == reflect.Interface:
		return Edge{}, fmt.Errorf("inherit %s from %s: %[2]s is an interface: implement it in %[1]s instead", from, to)
	case from == to:
		return Edge{}, fmt.Errorf("inherit %s from itself", from)
	}
	edge := Edge{To: to, Convert: func(res any) (any, error) {
		t, is := res.(T)
		if !is {
			return nil, fmt.Errorf("inherit %s from %s: got a %T", from, to, res)
		}
		p := as(t)
		if to.Kind() == reflect.Pointer && any(p) == any(*new(P)) {
			return nil, fmt.Errorf("inherit %s from %s: the function returned nil", from, to)
		}
		return p, nil
	}}
	if as == nil { // the types are known
		return edge, fmt.Errorf("inherit %s from %s: nil function: want a func(%[1]s) %[2]s", from, to)
	}
	return edge, nil
}
