package urls

import (
	"fmt"
	"slices"
)

// Arg is a parameter for the query of a URL. Its value is anything with a text form, nil for an
// empty value, or a list for several parameters.
type Arg = struct {
	Name  string
	Value any
}

// Args converts arguments, names and values in turn.
func Args[A ~Arg](pairs []any) ([]A, error) {
	args := make([]A, 0, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("query: argument %d must be a name, got a %T: want names and values in turn", i+1, pairs[i])
		}
		if i+1 == len(pairs) {
			return nil, fmt.Errorf("query: %q has no value: want names and values in turn", name)
		}
		args = append(args, A{name, pairs[i+1]})
	}
	return args, nil
}

// Replace returns the parameters of a query string with some replaced. Those whose new value is nil
// or an empty list are removed.
func Replace[A ~Arg](query string, with []A) ([]A, error) {
	own, err := ParseQuery(query)
	if err != nil {
		return nil, err
	}
	args := make([]A, 0, len(own)+len(with))
	for _, p := range own {
		if !slices.ContainsFunc(with, func(w A) bool { return Arg(w).Name == p.Name }) {
			args = append(args, A{p.Name, p.Value})
		}
	}
	for _, w := range with {
		value := Arg(w).Value
		if items, isList := List(value); value != nil && (!isList || len(items) > 0) {
			args = append(args, w)
		}
	}
	return args, nil
}
