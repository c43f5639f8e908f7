package views

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/internal/lineage"
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
	edge, err := lineage.Between(as)
	config.Report(err)
	if edge.Convert == nil { // there is nothing to inherit
		return
	}
	from, to := reflect.TypeFor[T](), edge.To
	config.Declare(registry.Declaration{
		Category: categoryInherited, Type: "inheritance", ID: [2]reflect.Type{from, to},
		Title:   fmt.Sprintf("%s from %s", from, to),
		Subject: fmt.Sprintf("inheritance of %s from %s", from, to),
		Fields:  []registry.Field{{Name: "type", Value: from}, {Name: "from", Value: to}},
		Remedy:  "declare it once",
		Run: func(c *registry.Config, reg *registry.Registry) error {
			edge.Source = c.Source()
			TableOf(reg).types.Inherit(from, edge)
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
	var err error
	switch {
	case of.Kind() == reflect.Interface:
		err = fmt.Errorf("order of views for %s: want a concrete type, not an interface", of)
	case slices.Contains(types, nil):
		err = fmt.Errorf("order of views for %s: nil type: views for any resource always come last", of)
	}
	types = slices.Clone(types)
	config.Declare(registry.Declaration{
		Category: categoryOrders, Type: "view order", ID: of, Err: err, Subject: fmt.Sprintf("order of views for %s", of),
		Fields: []registry.Field{{Name: "type", Value: of}, {Name: "order", Value: types}},
		Remedy: "declare the whole order once",
		Run: func(c *registry.Config, reg *registry.Registry) error {
			TableOf(reg).types.SetOrder(of, lineage.Order{Types: types, Source: c.Source()})
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
		config.Report(fmt.Errorf("resource %s: want a concrete type, not an interface", t))
		return
	}
	config.Declare(registry.Declaration{
		Subject: fmt.Sprintf("resource type %s", t),
		Run: func(c *registry.Config, reg *registry.Registry) error {
			TableOf(reg).types.Declare(t, c.Source())
			reg.Describe(registry.Introspectable{ // once, however often it is declared
				Category: "resource types", Type: "resource type", ID: t, Title: t.String(), Source: c.Source(),
				Fields: []registry.Field{{Name: "type", Value: t}},
			})
			return nil
		},
	})
}

// types holds what was declared about resource types.
type types = lineage.Types

// inherits reports whether the resource inherits from want.
func inherits(r *web.Request, res any, want reflect.Type) bool {
	reg := r.Registry()
	if reg == nil || res == nil {
		return false
	}
	t, built := registry.Lookup[*Table](reg)
	return built && t.types.Inherits(reflect.TypeOf(res), want)
}
