package views

import (
	"iter"
	"net/http"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// The response if nothing matches. The search records nothing, so that requests that find their
// view pay nothing for it; only after it failed all predicates are checked again.
//
// Views and routes follow one rule (RFC 9110, 9.3.7, 15.5.6, 15.5.7 and 15.5.16). A near miss is a
// view, or a route with its views, for which nothing failed but the method, the content type or the
// Accept header. It takes a method if a request with that method would reach it: no earlier route
// takes such requests, and if it is a view, the route that matched does. A route that did not match
// takes the methods of all its views, since its resource and view name are unknown. Views that a
// request with another method would reach by traversal alone are unknown too, and do not count.
// What takes no method is not a near miss.
//
//  1. Without a near miss the response is a 404.
//  2. To OPTIONS it is a 204 with Allow, which has the methods of all near misses.
//  3. If no near miss takes the method, it is a 405 with the same Allow.
//  4. Of those that take it, if one fails only for its content type, it is a 415; otherwise, if one
//     fails only for the Accept header, a 406; otherwise a 415.

// mismatch returns the error, or the response to OPTIONS, for a request that no view matches.
func (t *Table) mismatch(r *web.Request, first, second *slot) (*web.Response, error) {
	others := otherRoutes(r)
	if first == nil && second == nil && len(others) == 0 {
		return nil, t.nowhere(r)
	}
	cause := &NoViewError{Routes: slices.DeleteFunc(slices.Clone(others), func(f web.RefusedRoute) bool { return f.Later })}
	t.miss(cause, r, r.ViewName(), first, second)
	all := t.examine(r, true, first, second)
	cause.Candidates = reported(all, r)
	misses := t.nearMisses(r, all, others)
	able := slices.DeleteFunc(slices.Clone(misses), func(m nearMiss) bool { return !m.able })
	switch {
	case len(misses) == 0:
		return nil, web.NotFound("").With(cause)
	case methodOf(r) == http.MethodOptions:
		resp := r.Empty(http.StatusNoContent)
		resp.SetHeader("Allow", strings.Join(allowedBy(misses), ", "))
		return resp, nil
	case len(able) == 0:
		return nil, web.MethodNotAllowed(allowedBy(misses)...).With(cause)
	case !failsOnlyFor(able, kindContentType) && failsOnlyFor(able, kindAccept):
		err := web.Status(http.StatusNotAcceptable, "")
		if types := wanted(able, kindAccept); len(types) > 0 {
			err = web.Status(http.StatusNotAcceptable, "available: "+strings.Join(types, ", "))
		}
		return nil, err.With(cause)
	}
	err := web.Status(http.StatusUnsupportedMediaType, "")
	if types := wanted(able, kindContentType); len(types) > 0 {
		err = err.WithHeader("Accept", strings.Join(types, ", "))
	}
	return nil, err.With(cause)
}

// otherRoutes returns the routes that requests with another method may reach, apart from the one
// that matched. It costs next to nothing if there are none.
func otherRoutes(r *web.Request) []web.RefusedRoute {
	if match := r.Match(); !web.Drive(r).RouteRefused() && (match == nil || !namesMethods(match.Predicates)) {
		return nil
	}
	table, ok := registry.Lookup[web.Routes](r.Registry())
	if !ok {
		return nil
	}
	return table.Refused(r)
}

// nowhere is the 404 for a name that no view has, the most frequent one: error and cause in one
// allocation.
func (t *Table) nowhere(r *web.Request) error {
	both := new(struct {
		web.HTTPError
		cause NoViewError
	})
	t.miss(&both.cause, r, r.ViewName(), nil, nil)
	both.HTTPError = *web.NotFound("").With(&both.cause)
	return &both.HTTPError
}

// nearMiss is a view, or a route with its views, for which nothing failed but the method, the
// content type or the Accept header.
type nearMiss struct {
	failed  []web.Predicate
	methods []string // that it takes
	able    bool     // it takes the method of the request
}

// nearMisses returns the near misses among the views that were tried and the other routes.
func (t *Table) nearMisses(r *web.Request, all []candidate, others []web.RefusedRoute) []nearMiss {
	n := nearMisses{method: methodOf(r)}
	route := func(f web.RefusedRoute) {
		n.add(f.Failed, f.Predicates, t.resources.on(f.Routed))
		n.pass(f.Failed, f.Predicates)
	}
	at := slices.IndexFunc(others, func(f web.RefusedRoute) bool { return f.Later })
	if at < 0 {
		at = len(others)
	}
	for _, f := range others[:at] {
		route(f)
	}
	var own []web.Predicate // of the route that matched
	if match := r.Match(); match != nil {
		own = match.Predicates
	}
	for _, c := range all {
		if len(c.failed) > 0 {
			n.add(c.failed, own, func(yield func(*registration) bool) { yield(c.registration) })
		}
	}
	n.pass(nil, own)
	for _, f := range others[at:] {
		route(f)
	}
	return n.found
}

// nearMisses collects near misses. Routes and views are added in the order in which they are tried.
type nearMisses struct {
	method string // of the request
	found  []nearMiss
	passed [][]web.Predicate // of routes that take the request if they allow its method
}

// add adds what lacks nothing but the method, the content type or the Accept header: a route with
// these predicates, and the views behind it.
func (n *nearMisses) add(failed, predicates []web.Predicate, behind iter.Seq[*registration]) {
	if !nearly(failed) {
		return
	}
	takes := func(method string) bool {
		if !allows(predicates, method) || slices.ContainsFunc(n.passed, func(ps []web.Predicate) bool { return allows(ps, method) }) {
			return false
		}
		for reg := range behind {
			if reg.takes(method) {
				return true
			}
		}
		return false
	}
	considered := named(slices.Clone(standardMethods), predicates)
	for reg := range behind {
		considered = named(considered, reg.info.Predicates)
	}
	m := nearMiss{failed: failed, able: takes(n.method)}
	for _, method := range sortedSet(considered) {
		if takes(method) {
			m.methods = append(m.methods, method)
		}
	}
	if len(m.methods) > 0 {
		n.found = append(n.found, m)
	}
}

// pass records a route: no request that it takes reaches what comes after it.
func (n *nearMisses) pass(failed, predicates []web.Predicate) {
	if !slices.ContainsFunc(failed, func(p web.Predicate) bool { return p.Kind() != kindMethod }) {
		n.passed = append(n.passed, predicates)
	}
}

// nearly reports whether no predicates failed but those with a status of their own.
func nearly(failed []web.Predicate) bool {
	return !slices.ContainsFunc(failed, func(p web.Predicate) bool {
		switch p.Kind() {
		case kindMethod, kindContentType, kindAccept:
			return false
		}
		return true
	})
}

// standardMethods are the methods considered for views without a list of methods.
var standardMethods = []string{
	http.MethodDelete, http.MethodGet, http.MethodHead, http.MethodPatch, http.MethodPost, http.MethodPut,
}

// named appends the methods that the predicates name.
func named(list []string, predicates []web.Predicate) []string {
	for _, p := range predicates {
		if names, ok := p.Data().(methods); ok {
			list = append(list, names...)
		}
	}
	return list
}

// namesMethods reports whether predicates limit the method.
func namesMethods(predicates []web.Predicate) bool {
	return slices.ContainsFunc(predicates, func(p web.Predicate) bool { return p.Kind() == kindMethod })
}

// allows reports whether predicates allow a method.
func allows(predicates []web.Predicate, method string) bool {
	for _, p := range predicates {
		if list, ok := p.Data().(methods); ok && slices.Contains(list, method) == p.Negated() {
			return false
		}
	}
	return true
}

// allowedBy returns the methods for the Allow header: those of all near misses, and OPTIONS.
func allowedBy(misses []nearMiss) []string {
	allowed := []string{http.MethodOptions}
	for _, m := range misses {
		allowed = append(allowed, m.methods...)
	}
	return sortedSet(allowed)
}

// failsOnlyFor reports whether a near miss fails for predicates of one kind only.
func failsOnlyFor(misses []nearMiss, kind string) bool {
	return slices.ContainsFunc(misses, func(m nearMiss) bool {
		return !slices.ContainsFunc(m.failed, func(p web.Predicate) bool { return p.Kind() != kind })
	})
}

// wanted returns the media types of the near misses that fail for predicates of this kind, of those
// that fail for nothing else if there are any.
func wanted(misses []nearMiss, kind string) []string {
	only := failsOnlyFor(misses, kind)
	var types []string
	for _, m := range misses {
		if only && !failsOnlyFor([]nearMiss{m}, kind) {
			continue
		}
		for _, p := range m.failed {
			if list, ok := p.Data().(mediaTypes); ok && p.Kind() == kind && !p.Negated() {
				types = append(types, list...)
			}
		}
	}
	return sortedSet(types)
}
