package views

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/internal/condition"
	"github.com/mastaba-go/mastaba/views/web"
)

// warn warns of views that no request reaches, or that other requests reach than the code suggests.
func (t *Table) warn(reg *registry.Registry) {
	both := map[registry.Source]bool{} // of views in the first index; those for error types are in both
	for _, x := range []*index{t.resources, t.errors} {
		for _, s := range x.slots {
			for _, g := range s.all() {
				g.warn(reg, both)
			}
			if !s.across {
				s.warnOfAccept(t.types, reg)
			}
		}
		x.warnOfTies(reg)
		for _, info := range t.Views() {
			both[info.Source] = !info.ErrorOnly || both[info.Source]
		}
	}
}

// warn warns of the views of the group, other than those at the sources in skip.
func (g *multiview) warn(reg *registry.Registry, skip map[registry.Source]bool) {
	_, policy := registry.Lookup[web.SecurityPolicy](reg)
	for _, view := range g.members {
		if skip[view.info.Source] {
			continue
		}
		for _, p := range view.info.Predicates {
			if text := suspicion(p, view.info, policy); text != "" {
				if p.Negated() { // the text is about what is negated
					p = web.Not(p)
				}
				reg.Warn(view.info.Source, fmt.Sprintf("%s: %s: %s", view.info, p, text))
			}
		}
		if p, q, found := condition.Contradiction(view.info.Predicates); found {
			reg.Warn(view.info.Source, fmt.Sprintf("%s is never chosen: %s and %s exclude each other: remove one of them", view.info, p, q))
		}
	}
	g.warnOfHidden(reg, skip)
}

// mostCompared is how many views at the start of its list a view is compared with, so that a build
// takes linear time.
const mostCompared = 100

// warnOfHidden warns of views that are never tried, because others before them fit whenever they
// do.
func (g *multiview) warnOfHidden(reg *registry.Registry, skip map[registry.Source]bool) {
	lists := [][]*registration{g.bare}
	for _, o := range g.offers {
		lists = append(lists, o.views)
	}
	for _, list := range lists {
		for i, view := range list {
			at := slices.IndexFunc(list[:min(i, mostCompared)], func(earlier *registration) bool { return earlier.hides(view) })
			if at >= 0 && !skip[view.info.Source] {
				earlier := list[at].info
				reg.Warn(view.info.Source, fmt.Sprintf("%s is never chosen: %s (%s) is tried before it, and fits whenever it does: "+
					"register it first, narrow the other one, or remove one of the two, unless the other one returns views.ErrMismatch", view.info, earlier, earlier.Source))
			}
		}
	}
}

// suspicion returns why a predicate does not mean what it says, "" if it does.
func suspicion(p web.Predicate, view *Info, policy bool) string {
	if data, ok := p.Data().(condition.Warner); ok {
		if text := data.Warning(); text != "" {
			return text
		}
	}
	switch {
	case p.Negated():
	case p.Kind() == kindPhysicalPath && view.ErrorOnly:
		return "it never holds for an error view: use views.Containment"
	case !policy && p.Data() == any(condition.Flag(true)) && p.Kind() == kindAuthenticated:
		return "without a security policy no request is authenticated: set framework.Options.Security"
	}
	return ""
}

// hides reports whether the view, which is tried first, fits every request that the other fits.
func (reg *registration) hides(other *registration) bool {
	if other.info.takesSubpath() && !reg.info.takesSubpath() {
		return false
	}
	for _, method := range []string{"CONNECT", "TRACE"} {
		if other.takes(method) && !reg.takes(method) {
			return false
		}
	}
	return condition.Covers(reg.checks, other.checks)
}

// warnOfAccept warns where views for a type and for a less specific one have an Accept: the
// client's preference has no say between them.
func (s *slot) warnOfAccept(ts *types, reg *registry.Registry) {
	for _, g := range s.groups {
		if len(g.offers) == 0 || g.unconditional() || g.typ == nil {
			continue
		}
		for _, other := range s.groups {
			if other == g || !s.behind(ts, g, other) {
				continue
			}
			if at := slices.IndexFunc(other.offers, func(o offer) bool { return !g.offersType(o.mediaType) }); at >= 0 {
				first, second := g.offers[0].views[0].info, other.offers[at].views[0].info
				reg.Warn(first.Source, fmt.Sprintf("%s is tried before %s (%s), whatever the client prefers: "+
					"Accept chooses among views of one type: register the other view for %s too, or use views.AcceptAcrossTypes", first, second, second.Source, g.typ))
			}
		}
	}
}

// warnOfTies warns of ties for types that have views of their own on the route, under any name: so
// the route leads to such resources. For types declared by Resource, ties are errors.
func (x *index) warnOfTies(reg *registry.Registry) {
	own := map[string]map[reflect.Type]*multiview{} // by route
	for _, s := range x.slots {
		for t, g := range s.byType {
			if _, declared := x.types.Source(t); declared || t == nil || t.Kind() == reflect.Interface {
				continue
			}
			if own[s.place.route] == nil {
				own[s.place.route] = map[reflect.Type]*multiview{}
			}
			if own[s.place.route][t] == nil {
				own[s.place.route][t] = g
			}
		}
	}
	for _, s := range x.slots {
		if s.interfaces() < 2 {
			continue
		}
		for t, g := range own[s.place.route] {
			if tie := s.newChain(x.types, t).tie; tie != nil {
				reg.Warn(g.members[0].info.Source, tie.Error())
			}
		}
	}
}

// behind reports whether the views of other are tried after those of g for resources of its type.
func (s *slot) behind(ts *types, g, other *multiview) bool {
	if g.typ.Kind() == reflect.Interface {
		return other.typ == nil || other.typ.Kind() == reflect.Interface && narrower(g.typ, other.typ)
	}
	return slices.ContainsFunc(s.newChain(ts, g.typ).steps, func(st step) bool { return st.multiview == other })
}

func (g *multiview) offersType(mediaType string) bool {
	return slices.ContainsFunc(g.offers, func(o offer) bool { return o.mediaType == mediaType })
}
