package views

import (
	"errors"
	"fmt"
	"iter"
	"reflect"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/internal/lineage"
	"github.com/mastaba-go/mastaba/views/internal/ranking"
	"github.com/mastaba-go/mastaba/views/web"
)

// Table holds the views of one application. It finds the view for a request or an error, and calls
// it. It is filled while the application is built. Once the registry is frozen it is read-only,
// safe for concurrent use, and takes no lock.
//
// Most applications need no Table: the App of package framework calls it.
type Table struct {
	kinds  *ranking.Ranking // of predicates
	offers *ranking.Ranking // media types
	types  *types

	resources *index // views for resources
	errors    *index // views for errors

	frozen        bool
	debugNotFound bool // the setting: see logNotFound
}

// TableOf returns the view table of a registry. While the application is built, it makes the table
// if there is none yet.
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
	reg.OnFreeze(func() error { t.warn(reg); return t.undecided(reg) })
	reg.OnFreeze(func() error { return t.readSettings(reg.Settings()) })
	return t
}

func newTable() *Table {
	t := &Table{
		kinds:  ranking.New("predicate", categoryPredicates, true, builtinKinds),
		offers: ranking.New("media type", categoryOffers, false, defaultOffers),
		types:  lineage.New(),
	}
	t.resources, t.errors = newIndex(t.types), newIndex(t.types)
	return t
}

// Bind stores the views of a route in the route, which saves each of its requests a map lookup. The
// router calls it for each route once the table is complete, before serving.
func (t *Table) Bind(to *web.Routed) {
	of := t.resources.routed[to.Route]
	to.Views = &of
}

// Views returns every view of a built application: those for resources, then those for errors, by
// route and view name in order of first registration, then by type. A view for an error type that
// was registered with [Add] is listed twice.
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

// add adds a view. It replaces a view of an earlier round that has the same identity.
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

// freeze completes the table: it sorts the views, resolves the types known by then, and reports
// what is ambiguous.
func (t *Table) freeze() error {
	kinds, kindsErr := t.kinds.Sorted()
	offers, offersErr := t.offers.Sorted()
	typesErr := t.types.Finish()
	scale := ranking.NewScale(kinds)
	err := errors.Join(kindsErr, offersErr, typesErr,
		t.resources.freeze(scale, offers), t.errors.freeze(scale, offers), t.resources.wrapperCircles())
	t.frozen = true
	return err
}

// readSettings reads the setting "debug_notfound", see logNotFound.
func (t *Table) readSettings(settings registry.Settings) (err error) {
	t.debugNotFound, err = registry.Setting(settings, settingDebugNotFound, false)
	return err
}

// The names of the settings that the package reads.
const (
	settingDebugNotFound      = "debug_notfound"
	settingDebugAuthorization = "debug_authorization"
	settingPreventHTTPCache   = "prevent_http_cache"
)

// Settings returns the settings that the package reads.
func Settings() []registry.SettingInfo {
	return []registry.SettingInfo{
		{Name: settingDebugNotFound, Default: false, Usage: "log, at level debug, why no view matched"},
		{Name: settingDebugAuthorization, Default: false, Usage: "log, at level debug, each decision of the security policy"},
		{Name: settingPreventHTTPCache, Default: false, Usage: "ignore the views.CacheFor and views.NoCache of all views"},
	}
}

// place is a route, "" for none, and a view name.
type place struct{ route, name string }

// index finds views by place and type.
type index struct {
	types  *types
	global places            // of views without a route
	routed map[string]places // by route
	slots  []*slot           // in order of registration
	across bool              // see AcceptAcrossTypes
}

// places are the slots of one route, or of none, by view name. Default views, the most frequent
// ones, are found without a map lookup.
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

// each yields the views until yield returns false. It reports whether it yielded all.
func (p *places) each(yield func(*registration) bool) bool {
	if p.byDefault != nil && !p.byDefault.each(yield) {
		return false
	}
	for _, s := range p.named {
		if !s.each(yield) {
			return false
		}
	}
	return true
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

// on yields the predicates of each view that a route may lead to, whatever its name and type, in no
// fixed order.
func (x *index) on(route *web.Routed) iter.Seq[[]web.Predicate] {
	return func(yield func([]web.Predicate) bool) {
		each := func(reg *registration) bool { return yield(reg.info.Predicates) }
		of := x.routed[route.Route]
		if of.each(each) && route.GlobalViews {
			x.global.each(each)
		}
	}
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

func (x *index) freeze(kinds *ranking.Scale, offers []string) error {
	// Kinds that were not declared weigh in order of first use, so number all of them before the
	// first multiview is sorted.
	for _, s := range x.slots {
		for _, g := range s.all() {
			for _, reg := range g.members {
				for _, p := range reg.info.Predicates {
					kinds.Place(p.Kind())
				}
			}
		}
	}
	var errs []error
	for _, s := range x.slots {
		s.across = x.across
		errs = append(errs, s.freeze(x.types, kinds, offers))
		if s.deep = s.ofSubpaths(); s.deep != nil && s.deep != s {
			_ = s.deep.freeze(x.types, kinds, offers) // its ties are among those of s
		}
	}
	errs = append(errs, x.twins())
	return errors.Join(errs...)
}

// twins reports views for different interfaces with the same methods, of which neither is narrower.
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
						g.members[0].info, g.typ, other.typ, other.info.funcText())})
				}
			}
			byMethods[n] = append(byMethods[n], first{g.typ, g.members[0].info})
		}
	}
	return errors.Join(errs...)
}
