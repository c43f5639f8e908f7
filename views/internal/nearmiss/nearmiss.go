// Package nearmiss finds what would handle a request but for its method, its content type or its
// Accept header, and so the response to a request that nothing handles.
package nearmiss

import (
	"iter"
	"net/http"
	"slices"

	"github.com/mastaba-go/mastaba/views/internal/condition"
	"github.com/mastaba-go/mastaba/views/web"
)

// Miss is a near miss: a view, or a route with its views, for which nothing failed but the method,
// the content type or the Accept header.
type Miss struct {
	Failed  []web.Predicate
	Methods []string // that it takes; at least one
	Able    bool     // it takes the method of the request
}

// Finder collects near misses. Routes and views are added in the order in which they are tried.
type Finder struct {
	method string
	found  Misses
	passed [][]web.Predicate // of routes that take the request if they allow its method
}

// New returns a Finder for a request with the method.
func New(method string) *Finder { return &Finder{method: method} }

// Add adds a route with these predicates and the views behind it, given by theirs, unless something
// failed that has no status of its own.
func (f *Finder) Add(failed, predicates []web.Predicate, behind iter.Seq[[]web.Predicate]) {
	if !nearly(failed) {
		return
	}
	takes := func(method string) bool {
		if !condition.Allows(predicates, method) || slices.ContainsFunc(f.passed, func(ps []web.Predicate) bool { return condition.Allows(ps, method) }) {
			return false
		}
		for view := range behind {
			if condition.Takes(view, method) {
				return true
			}
		}
		return false
	}
	considered := named(slices.Clone(StandardMethods), predicates)
	for view := range behind {
		considered = named(considered, view)
	}
	m := Miss{Failed: failed, Able: takes(f.method)}
	for _, method := range set(considered) {
		if takes(method) {
			m.Methods = append(m.Methods, method)
		}
	}
	if len(m.Methods) > 0 {
		f.found = append(f.found, m)
	}
}

// Pass records a route: no request that it takes reaches what comes after it.
func (f *Finder) Pass(failed, predicates []web.Predicate) {
	if !slices.ContainsFunc(failed, func(p web.Predicate) bool { return p.Kind() != condition.KindMethod }) {
		f.passed = append(f.passed, predicates)
	}
}

// Found returns the near misses, in the order in which they were added.
func (f *Finder) Found() Misses { return f.found }

// nearly reports whether no predicates failed but those with a status of their own.
func nearly(failed []web.Predicate) bool {
	return !slices.ContainsFunc(failed, func(p web.Predicate) bool {
		switch p.Kind() {
		case condition.KindMethod, condition.KindContentType, condition.KindAccept:
			return false
		}
		return true
	})
}

// StandardMethods are the methods considered for views without a list of methods.
var StandardMethods = []string{
	http.MethodDelete, http.MethodGet, http.MethodHead, http.MethodPatch, http.MethodPost, http.MethodPut,
}

// named appends the methods that the predicates name.
func named(list []string, predicates []web.Predicate) []string {
	for _, p := range predicates {
		if names, ok := p.Data().(condition.Methods); ok {
			list = append(list, names...)
		}
	}
	return list
}

// Misses are the near misses of a request.
type Misses []Miss

// Able returns those that take the method of the request.
func (ms Misses) Able() Misses {
	return slices.DeleteFunc(slices.Clone(ms), func(m Miss) bool { return !m.Able })
}

// Allowed returns the methods for the Allow header: those of all near misses, and OPTIONS.
func (ms Misses) Allowed() []string {
	allowed := []string{http.MethodOptions}
	for _, m := range ms {
		allowed = append(allowed, m.Methods...)
	}
	return set(allowed)
}

// FailOnlyFor reports whether one of them fails for predicates of one kind only.
func (ms Misses) FailOnlyFor(kind string) bool {
	return slices.ContainsFunc(ms, func(m Miss) bool {
		return !slices.ContainsFunc(m.Failed, func(p web.Predicate) bool { return p.Kind() != kind })
	})
}

// MediaTypes returns the media types of those that fail for predicates of this kind, and of those
// that fail for nothing else if there are any.
func (ms Misses) MediaTypes(kind string) []string {
	only := ms.FailOnlyFor(kind)
	var types []string
	for _, m := range ms {
		if only && !(Misses{m}).FailOnlyFor(kind) {
			continue
		}
		for _, p := range m.Failed {
			if list, ok := p.Data().(condition.MediaTypes); ok && p.Kind() == kind && !p.Negated() {
				types = append(types, list...)
			}
		}
	}
	return set(types)
}

// set returns the values sorted and without duplicates.
func set(values []string) []string {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	return slices.Compact(sorted)
}
