// Package lineage knows which types a resource's views may be for: its own type, the types that it
// inherits from, and the interfaces that these implement.
package lineage

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/mastaba-go/mastaba/registry"
)

// Category is that of the declarations that make a type inherit.
const Category = "inherited views"

// Types holds what was declared about resource types. It is filled by one goroutine; after Finish
// it is read-only and safe for concurrent use.
type Types struct {
	parents  map[reflect.Type][]Edge
	orders   map[reflect.Type]Order
	declared []reflect.Type
	sources  map[reflect.Type]registry.Source

	lines map[reflect.Type]Line // of the types that inherit; set by Finish
}

// Edge says that a type inherits the views of another one.
type Edge struct {
	To      reflect.Type
	Convert func(any) (any, error) // returns a resource as a To
	Source  registry.Source
}

// Order is the order in which the views for some types are tried.
type Order struct {
	Types  []reflect.Type
	Source registry.Source
}

// New returns Types without declarations.
func New() *Types {
	return &Types{
		parents: map[reflect.Type][]Edge{},
		orders:  map[reflect.Type]Order{},
		sources: map[reflect.Type]registry.Source{},
	}
}

// Declare records that t is a type of resources. The first source counts.
func (ts *Types) Declare(t reflect.Type, src registry.Source) {
	if _, known := ts.sources[t]; !known {
		ts.sources[t] = src
		ts.declared = append(ts.declared, t)
	}
}

// Declared returns the declared types, in order of declaration. The caller must not change them.
func (ts *Types) Declared() []reflect.Type { return ts.declared }

// Source returns where t was declared; false if it was not.
func (ts *Types) Source(t reflect.Type) (registry.Source, bool) {
	src, ok := ts.sources[t]
	return src, ok
}

// Inherit adds an edge, or replaces the one to the same type.
func (ts *Types) Inherit(from reflect.Type, edge Edge) {
	for i, old := range ts.parents[from] {
		if old.To == edge.To {
			ts.parents[from][i] = edge
			return
		}
	}
	ts.parents[from] = append(ts.parents[from], edge)
}

// SetOrder sets the order for resources of type of.
func (ts *Types) SetOrder(of reflect.Type, order Order) { ts.orders[of] = order }

// Preference returns the types in the order in which their views are tried for resources of type t:
// those of its Order, the rest of its line after them, t itself first unless the Order has it.
func (ts *Types) Preference(t reflect.Type, line Line) []reflect.Type {
	order := slices.Clone(ts.orders[t].Types)
	if !slices.Contains(order, t) {
		order = slices.Insert(order, 0, t)
	}
	for _, a := range line {
		if !slices.Contains(order, a.Type) {
			order = append(order, a.Type)
		}
	}
	return order
}

// Ancestor is a type whose views serve another type, and the conversion of the resource to it.
type Ancestor struct {
	Type    reflect.Type
	Convert func(any) (any, error) // nil: as it is
}

// Line is a type and the types that it inherits from.
type Line []Ancestor

// Of returns t and the types that it inherits from: each type before its parents, and after all
// types that inherit from it.
func (ts *Types) Of(t reflect.Type) Line {
	var line Line // backwards
	open := map[reflect.Type]bool{}
	var visit func(a Ancestor)
	visit = func(a Ancestor) {
		if open[a.Type] || slices.ContainsFunc(line, func(b Ancestor) bool { return a.Type == b.Type }) {
			return
		}
		open[a.Type] = true
		for _, edge := range slices.Backward(ts.parents[a.Type]) {
			visit(Ancestor{edge.To, chained(a.Convert, edge.Convert)})
		}
		open[a.Type] = false
		line = append(line, a)
	}
	visit(Ancestor{Type: t})
	slices.Reverse(line)
	return line
}

// Fits reports whether views for want serve the type of the line.
func (l Line) Fits(want reflect.Type) bool {
	return slices.ContainsFunc(l, func(a Ancestor) bool { return fits(a.Type, want) })
}

// As returns the conversion to the first type of the line that fits want; one has to.
func (l Line) As(want reflect.Type) func(any) (any, error) {
	return l[slices.IndexFunc(l, func(a Ancestor) bool { return fits(a.Type, want) })].Convert
}

func chained(first, then func(any) (any, error)) func(any) (any, error) {
	if first == nil {
		return then
	}
	return func(res any) (any, error) {
		mid, err := first(res)
		if err != nil {
			return nil, err
		}
		return then(mid)
	}
}

// Finish completes the types, and returns the errors of their declarations.
func (ts *Types) Finish() error {
	var errs []error
	ts.lines = make(map[reflect.Type]Line, len(ts.parents))
	byName := func(a, b reflect.Type) int { return cmp.Compare(a.String(), b.String()) }
	for _, from := range slices.SortedFunc(maps.Keys(ts.parents), byName) {
		ts.lines[from] = ts.Of(from)
		for _, edge := range ts.parents[from] {
			if ts.reaches(edge.To, from) {
				errs = append(errs, &registry.Mistake{Source: edge.Source, Err: fmt.Errorf(
					"inherit %s from %s: cycle: %[2]s inherits from %[1]s", from, edge.To)})
			}
		}
	}
	for _, of := range slices.SortedFunc(maps.Keys(ts.orders), byName) {
		declared, line := ts.orders[of], ts.Of(of)
		for i, t := range declared.Types {
			switch {
			case slices.Contains(declared.Types[:i], t):
				errs = append(errs, &registry.Mistake{Source: declared.Source, Err: fmt.Errorf(
					"order of views for %s: %s is listed twice", of, t)})
			case !line.Fits(t):
				errs = append(errs, &registry.Mistake{Source: declared.Source, Err: registry.Missing(fmt.Errorf(
					"order of views for %s: views for %s do not serve it: %[1]s neither implements it nor inherits from it", of, t),
					registry.Ref{Category: Category})})
			}
		}
	}
	return errors.Join(errs...)
}

// reaches reports whether from inherits from to, directly or not.
func (ts *Types) reaches(from, to reflect.Type) bool {
	return slices.ContainsFunc(ts.Of(from), func(a Ancestor) bool { return a.Type == to })
}

// Inherits reports whether t has declared parents through which views for want serve it. It needs
// Finish.
func (ts *Types) Inherits(t, want reflect.Type) bool { return ts.lines[t].Fits(want) }

// fits reports whether a view for want serves a t without conversion.
func fits(t, want reflect.Type) bool {
	return t == want || want.Kind() == reflect.Interface && t.Implements(want)
}
