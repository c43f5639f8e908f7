package views

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// Table holds the views of one application: it finds the one that answers a
// request or an error, and calls it. It is filled while the application is
// built, becomes final with the registry, and from then on is safe for any
// number of goroutines; serving takes no lock.
//
// Most applications need no Table: framework's App calls it.
type Table struct {
	kinds  *ranking // of predicates
	offers *ranking // media types
	types  *types

	resources *index // views for resources
	errors    *index // views for errors

	frozen        bool
	debugNotFound bool // the setting: see logNotFound
}

// TableOf returns the view table of an application's registry. In an action it
// makes the table if there is none yet.
func TableOf(reg *registry.Registry) *Table {
	if t, ok := registry.Lookup[*Table](reg); ok {
		return t
	}
	t := newTable()
	if reg.Frozen() { // an application without views
		_ = t.freeze()
		_ = t.readSettings(reg.Settings())
		return t
	}
	registry.Provide(reg, t)
	reg.OnFreeze(t.freeze)
	reg.OnFreeze(func() error { return t.readSettings(reg.Settings()) })
	return t
}

// ensureTable is TableOf for actions.
func ensureTable(reg *registry.Registry) *Table { return TableOf(reg) }

func newTable() *Table {
	t := &Table{
		kinds:  newRanking("predicate", true, builtinKinds),
		offers: newRanking("media type", false, defaultOffers),
		types:  newTypes(),
	}
	t.resources, t.errors = newIndex(t.types), newIndex(t.types)
	return t
}

// Bind lets the matches of a route lead straight to its views. The router calls it
// for each route, when the table is complete and before it is served; requests find
// the views of routes that are not bound by their names.
func (t *Table) Bind(to *web.Routed) {
	of := t.resources.routed[to.Route]
	to.Views = &of
}

// Views lists every view of a built application: those for resources, then
// those for errors; each place (route and name) where it was first declared,
// and within it in the order in which the views of one type are asked. A view for
// an error type that was declared with [Add] is there twice, for it answers both.
func (t *Table) Views() []*Info {
	var all []*Info
	for _, x := range []*index{t.resources, t.errors} {
		for _, s := range x.slots {
			for _, g := range s.all() {
				for _, reg := range g.members {
					all = append(all, reg.info)
				}
			}
		}
	}
	return all
}

// add takes a view. One of the same identity, from an earlier round, it
// replaces in its place.
func (t *Table) add(reg *registration) error {
	if t.frozen {
		return fmt.Errorf("%s: the application is already built: views can no longer be added", reg.info)
	}
	if reg.info.ErrorOnly {
		t.errors.add(reg)
	} else {
		t.resources.add(reg)
	}
	return nil
}

// freeze makes the table final: groups in order, what is known of the types
// resolved, and everything ambiguous reported.
func (t *Table) freeze() error {
	kinds, kindsErr := t.kinds.sorted()
	offers, offersErr := t.offers.sorted()
	if err := errors.Join(kindsErr, offersErr, t.types.finish()); err != nil {
		return err
	}
	scale := newScale(kinds)
	err := errors.Join(t.resources.freeze(scale, offers), t.errors.freeze(scale, offers))
	t.frozen = true
	return err
}

// readSettings reads "debug_notfound": with it the log tells, at level debug, why
// each request that no view answered met none: the text of the [NoViewError] behind
// a 404, 405, 406 or 415.
func (t *Table) readSettings(settings registry.Settings) (err error) {
	t.debugNotFound, err = registry.Setting(settings, "debug_notfound", false)
	return err
}

// place is where views of all types and predicates meet: a route, or "" for
// none, and a view name.
type place struct{ route, name string }

// index finds views by place and type.
type index struct {
	types  *types
	global places            // of views without a route
	routed map[string]places // by route
	slots  []*slot           // in order of registration
}

// places are the slots of one route, or of none, by view name: most have nothing
// but default views, which are found without looking a name up.
type places struct {
	byDefault *slot
	named     map[string]*slot
}

func (p *places) at(name string) *slot {
	if name == "" {
		return p.byDefault
	}
	return p.named[name]
}

func (p *places) add(s *slot) {
	if s.place.name == "" {
		p.byDefault = s
		return
	}
	if p.named == nil {
		p.named = map[string]*slot{}
	}
	p.named[s.place.name] = s
}

func newIndex(ts *types) *index { return &index{types: ts, routed: map[string]places{}} }

// at returns the views of a place; nil if there are none.
func (x *index) at(route, name string) *slot {
	if route == "" {
		return x.global.at(name)
	}
	of := x.routed[route]
	return of.at(name)
}

func (x *index) add(reg *registration) {
	at := place{reg.info.Route, reg.info.Name}
	s := x.at(at.route, at.name)
	if s == nil {
		s = newSlot(at)
		x.slots = append(x.slots, s)
		if at.route == "" {
			x.global.add(s)
		} else {
			of := x.routed[at.route]
			of.add(s)
			x.routed[at.route] = of
		}
	}
	s.add(reg)
}

func (x *index) freeze(kinds *scale, offers []string) error {
	// Kinds that nobody declared weigh in order of first use, so all of them are
	// met before the first group is sorted.
	for _, s := range x.slots {
		for _, g := range s.all() {
			for _, reg := range g.members {
				for _, p := range reg.info.Predicates {
					kinds.place(p.Kind())
				}
			}
		}
	}
	var errs []error
	for _, s := range x.slots {
		for _, g := range s.all() {
			g.freeze(kinds, offers)
		}
		errs = append(errs, s.freeze(x.types))
	}
	errs = append(errs, x.twins())
	return errors.Join(errs...)
}

// twins finds interfaces with views that have the same methods: neither is
// narrower, for any type whatever.
func (x *index) twins() error {
	type first struct {
		typ  reflect.Type
		info *Info
	}
	var errs []error
	seen := map[reflect.Type]bool{}
	byMethods := map[int][]first{} // how many: naming them (reflect.Type.Method) would keep the linker from dropping any method
	for _, s := range x.slots {
		for _, g := range s.groups {
			if g.typ == nil || g.typ.Kind() != reflect.Interface || seen[g.typ] {
				continue
			}
			seen[g.typ] = true
			n := g.typ.NumMethod()
			for _, other := range byMethods[n] {
				if g.typ.Implements(other.typ) && other.typ.Implements(g.typ) {
					errs = append(errs, &registry.Mistake{Source: g.members[0].info.Source, Err: fmt.Errorf(
						"%s: %s has the same methods as %s, for which %s is registered, so neither is narrower: use one of the two types",
						g.members[0].info, g.typ, other.typ, other.info.place())})
				}
			}
			byMethods[n] = append(byMethods[n], first{g.typ, g.members[0].info})
		}
	}
	return errors.Join(errs...)
}
