package views

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// Inherit gives resources of type T the views of type P: of a type that T
// embeds, or of one that it can be seen as. as makes the P that such a view
// receives; the request's resource stays the T.
//
//	views.Inherit(c, func(a *Article) *Page { return &a.Page })
//
// A view for T itself comes first, then the views for P, those that P inherits
// in its turn, then those for interfaces. Of two types that T inherits from, the
// one declared first comes first.
func Inherit[T, P any](c registry.Recorder, as func(T) P) {
	config := c.Directive()
	from, to := reflect.TypeFor[T](), reflect.TypeFor[P]()
	switch {
	case as == nil:
		config.Fail(fmt.Errorf("inherit %s from %s: nil function: want a func(%[1]s) %[2]s", from, to))
		return
	case from.Kind() == reflect.Interface:
		config.Fail(fmt.Errorf("inherit %s from %s: %[1]s is an interface: its views already serve every type that implements it", from, to))
		return
	case to.Kind() == reflect.Interface:
		config.Fail(fmt.Errorf("inherit %s from %s: %[2]s is an interface: implement it in %[1]s instead", from, to))
		return
	case from == to:
		config.Fail(fmt.Errorf("inherit %s from itself", from))
		return
	}
	edge := inheritance{to: to, convert: func(res any) (any, error) {
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
	config.Declare(registry.Declaration{
		Category: "inherited views", Type: "inheritance", ID: [2]reflect.Type{from, to},
		Title:   fmt.Sprintf("%s from %s", from, to),
		Subject: fmt.Sprintf("inheritance of %s from %s", from, to),
		Fields:  []registry.Field{{Name: "type", Value: from}, {Name: "from", Value: to}},
		Remedy:  "declare it once, or include one package from the other",
		Run: func(c *registry.Config, reg *registry.Registry) error {
			edge.source = c.Source()
			TableOf(reg).types.inherit(from, edge)
			return nil
		},
	})
}

// Order declares in which order the views of the given types answer a resource
// of type T: needed where two interfaces fit T and neither is narrower than the
// other, possible for any of the types that fit it. T's own views come first
// unless T is among the types; types that fit and are not named come after.
//
//	views.Order[*Book](c, reflect.TypeFor[Content](), reflect.TypeFor[Container]())
func Order[T any](c registry.Recorder, types ...reflect.Type) {
	config := c.Directive()
	of := reflect.TypeFor[T]()
	switch {
	case of.Kind() == reflect.Interface:
		config.Fail(fmt.Errorf("order of views for %s: want a concrete type, not an interface", of))
		return
	case slices.Contains(types, nil):
		config.Fail(fmt.Errorf("order of views for %s: nil type: views for any resource always come last", of))
		return
	}
	types = slices.Clone(types)
	config.Declare(registry.Declaration{
		Category: "view orders", Type: "view order", ID: of, Subject: fmt.Sprintf("order of views for %s", of),
		Fields: []registry.Field{{Name: "type", Value: of}, {Name: "order", Value: types}},
		Remedy: "declare the whole order once, or include one package from the other",
		Run: func(c *registry.Config, reg *registry.Registry) error {
			TableOf(reg).types.orders[of] = declaredOrder{types, c.Source()}
			return nil
		},
	})
}

// Resource declares T as a type of the application's resources, so that two
// views which could both answer it, and of which neither is narrower, are
// reported while the application is built and not when the first such resource
// is met. It may be declared any number of times.
func Resource[T any](c registry.Recorder) {
	config := c.Directive()
	t := reflect.TypeFor[T]()
	if t.Kind() == reflect.Interface {
		config.Fail(fmt.Errorf("resource %s: want a concrete type, not an interface", t))
		return
	}
	config.Declare(registry.Declaration{
		Subject: fmt.Sprintf("resource type %s", t),
		Run: func(c *registry.Config, reg *registry.Registry) error {
			TableOf(reg).types.declare(t, c.Source())
			reg.Describe(registry.Introspectable{ // once, however often it is declared
				Category: "resource types", Type: "resource type", ID: t, Title: t.String(), Source: c.Source(),
				Fields: []registry.Field{{Name: "type", Value: t}},
			})
			return nil
		},
	})
}

// types is what an application says about the types of its resources.
type types struct {
	parents   map[reflect.Type][]inheritance
	orders    map[reflect.Type]declaredOrder
	declared  []reflect.Type
	resources map[reflect.Type]registry.Source

	lines map[reflect.Type][]ancestor // once complete: of the types that inherit
}

type inheritance struct {
	to      reflect.Type
	convert func(any) (any, error)
	source  registry.Source
}

type declaredOrder struct {
	types  []reflect.Type
	source registry.Source
}

func newTypes() *types {
	return &types{
		parents:   map[reflect.Type][]inheritance{},
		orders:    map[reflect.Type]declaredOrder{},
		resources: map[reflect.Type]registry.Source{},
	}
}

func (ts *types) declare(t reflect.Type, src registry.Source) {
	if _, known := ts.resources[t]; !known {
		ts.resources[t] = src
		ts.declared = append(ts.declared, t)
	}
}

// inherit adds a parent, or replaces what an earlier round declared.
func (ts *types) inherit(from reflect.Type, edge inheritance) {
	for i, old := range ts.parents[from] {
		if old.to == edge.to {
			ts.parents[from][i] = edge
			return
		}
	}
	ts.parents[from] = append(ts.parents[from], edge)
}

// ancestor is a type whose views answer another one, and how the resource is
// seen as it.
type ancestor struct {
	typ     reflect.Type
	convert func(any) (any, error) // nil: as it is
}

// lineage is t and what it inherits from: t itself first, each type before its
// own parents, and behind all types that inherit from it.
func (ts *types) lineage(t reflect.Type) []ancestor {
	var line []ancestor // backwards
	open := map[reflect.Type]bool{}
	var visit func(a ancestor)
	visit = func(a ancestor) {
		if open[a.typ] || slices.ContainsFunc(line, func(b ancestor) bool { return a.typ == b.typ }) {
			return
		}
		open[a.typ] = true
		for _, edge := range slices.Backward(ts.parents[a.typ]) {
			visit(ancestor{edge.to, chained(a.convert, edge.convert)})
		}
		open[a.typ] = false
		line = append(line, a)
	}
	visit(ancestor{typ: t})
	slices.Reverse(line)
	return line
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

// finish makes the types final, and finds what was declared wrongly.
func (ts *types) finish() error {
	var errs []error
	ts.lines = make(map[reflect.Type][]ancestor, len(ts.parents))
	for t := range ts.parents {
		ts.lines[t] = ts.lineage(t)
	}
	for from, edges := range ts.parents {
		for _, edge := range edges {
			if ts.reaches(edge.to, from) {
				errs = append(errs, &registry.Mistake{Source: edge.source, Err: fmt.Errorf(
					"inherit %s from %s: cycle: %[2]s inherits from %[1]s", from, edge.to)})
			}
		}
	}
	for of, declared := range ts.orders {
		line := ts.lineage(of)
		for i, t := range declared.types {
			switch {
			case slices.Contains(declared.types[:i], t):
				errs = append(errs, &registry.Mistake{Source: declared.source, Err: fmt.Errorf(
					"order of views for %s: %s is listed twice", of, t)})
			case !slices.ContainsFunc(line, func(a ancestor) bool { return fits(a.typ, t) }):
				errs = append(errs, &registry.Mistake{Source: declared.source, Err: fmt.Errorf(
					"order of views for %s: views for %s do not serve it: %[1]s neither implements it nor inherits from it", of, t)})
			}
		}
	}
	return errors.Join(errs...)
}

// reaches reports whether from inherits, at whatever distance, from to.
func (ts *types) reaches(from, to reflect.Type) bool {
	return slices.ContainsFunc(ts.lineage(from), func(a ancestor) bool { return a.typ == to })
}

// fits reports whether a view for want answers a t as it is.
func fits(t, want reflect.Type) bool {
	return t == want || want.Kind() == reflect.Interface && t.Implements(want)
}

// inherits reports whether the resource is seen as a want by Inherit.
func inherits(r *web.Request, res any, want reflect.Type) bool {
	reg := r.Registry()
	if reg == nil || res == nil {
		return false
	}
	t, built := registry.Lookup[*Table](reg)
	return built && slices.ContainsFunc(t.types.lines[reflect.TypeOf(res)], func(a ancestor) bool { return fits(a.typ, want) })
}
