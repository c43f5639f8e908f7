package views

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// Inherit makes the views for P serve resources of type T, which embeds P or can be converted to
// it. as returns the P for such a view. The request's resource stays the T.
//
//	views.Inherit(c, func(a *Article) *Page { return &a.Page })
//
// Views for T itself come first, then those for P, then those that P inherits, then those for
// interfaces. Of two types that T inherits from, the one registered first comes first.
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
		Remedy:  "declare it once",
		Run: func(c *registry.Config, reg *registry.Registry) error {
			edge.source = c.Source()
			TableOf(reg).types.inherit(from, edge)
			return nil
		},
	})
}

// Order sets the order in which views for the given types are tried for a resource of type T. It is
// required where T implements two interfaces of which neither is narrower, and possible for all
// types whose views serve T. Views for T itself come first unless T is listed; types that are not
// listed come last.
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
		Remedy: "declare the whole order once",
		Run: func(c *registry.Config, reg *registry.Registry) error {
			TableOf(reg).types.orders[of] = declaredOrder{types, c.Source()}
			return nil
		},
	})
}

// Resource declares that T is a type of the application's resources. Then two views for interfaces
// of which neither is narrower for T are reported while the application is built, not when the
// first T is requested. A type may be declared any number of times.
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

// types holds what was declared about resource types.
type types struct {
	parents   map[reflect.Type][]inheritance
	orders    map[reflect.Type]declaredOrder
	declared  []reflect.Type
	resources map[reflect.Type]registry.Source

	lines map[reflect.Type][]ancestor // lineages of the types that inherit; set when complete
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

// inherit adds a parent, or replaces the one of an earlier round.
func (ts *types) inherit(from reflect.Type, edge inheritance) {
	for i, old := range ts.parents[from] {
		if old.to == edge.to {
			ts.parents[from][i] = edge
			return
		}
	}
	ts.parents[from] = append(ts.parents[from], edge)
}

// ancestor is a type whose views serve another type, and the conversion of the resource to it.
type ancestor struct {
	typ     reflect.Type
	convert func(any) (any, error) // nil: as it is
}

// lineage returns t and the types that it inherits from: each type before its parents, and after
// all types that inherit from it.
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

// finish completes the types, and returns the errors of their declarations.
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

// reaches reports whether from inherits from to, directly or not.
func (ts *types) reaches(from, to reflect.Type) bool {
	return slices.ContainsFunc(ts.lineage(from), func(a ancestor) bool { return a.typ == to })
}

// fits reports whether a view for want serves a t without conversion.
func fits(t, want reflect.Type) bool {
	return t == want || want.Kind() == reflect.Interface && t.Implements(want)
}

// inherits reports whether the resource inherits from want.
func inherits(r *web.Request, res any, want reflect.Type) bool {
	reg := r.Registry()
	if reg == nil || res == nil {
		return false
	}
	t, built := registry.Lookup[*Table](reg)
	return built && slices.ContainsFunc(t.types.lines[reflect.TypeOf(res)], func(a ancestor) bool { return fits(a.typ, want) })
}
