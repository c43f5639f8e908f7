package views

import (
	"net/http"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// The response if nothing matches. The search records nothing, so that requests that find their view
// pay nothing for it; only after it failed all predicates are checked again.
//
// Views and routes follow one rule (RFC 9110, 9.3.7, 15.5.6, 15.5.7 and 15.5.16). A near miss is a
// view, or a refused route with its views, for which nothing failed but the method, the content type
// or the Accept header.
//
//  1. Without a near miss the response is a 404.
//  2. To OPTIONS it is a 204 with Allow, which has the methods of all near misses.
//  3. If no near miss takes the method, it is a 405 with the same Allow.
//  4. Of those that take it, if one fails only for its content type, it is a 415; otherwise, if one
//     fails only for the Accept header, a 406; otherwise a 415.

// mismatch returns the error, or the response to OPTIONS, for a request that no view matches.
func (t *Table) mismatch(r *web.Request, first, second *slot) (*web.Response, error) {
	refused := refusedRoutes(r)
	if first == nil && second == nil && len(refused) == 0 {
		return nil, t.nowhere(r)
	}
	cause := &NoViewError{Routes: refused}
	t.miss(cause, r, r.ViewName(), first, second)
	all := t.examine(r, true, first, second)
	cause.Candidates = reported(all, r)
	misses := t.nearMisses(r, all, refused)
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

// refusedRoutes returns the routes whose predicates refused the request. It costs next to nothing if
// there are none.
func refusedRoutes(r *web.Request) []web.RefusedRoute {
	if !web.Drive(r).RouteRefused() {
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

// nearMiss is a view, or a refused route with its views, for which nothing failed but the method,
// the content type or the Accept header.
type nearMiss struct {
	failed  []web.Predicate
	methods []string // that it takes
	able    bool     // it takes the method of the request
}

// nearMisses returns the near misses among the views that were tried and the refused routes.
func (t *Table) nearMisses(r *web.Request, all []candidate, refused []web.RefusedRoute) []nearMiss {
	var misses []nearMiss
	for _, c := range all {
		if nearly(c.failed) {
			misses = append(misses, newNearMiss(r, c.failed, nil, []*registration{c.registration}))
		}
	}
	for _, f := range refused {
		if nearly(f.Failed) {
			misses = append(misses, newNearMiss(r, f.Failed, f.Predicates, t.resources.on(f.Routed)))
		}
	}
	return misses
}

// nearly reports whether predicates failed, and no other ones than those with a status of their own.
func nearly(failed []web.Predicate) bool {
	return len(failed) > 0 && !slices.ContainsFunc(failed, func(p web.Predicate) bool {
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

// newNearMiss returns the near miss of a view, or of a route with these predicates and its views. A
// route takes a method if it has no views or one of them takes it.
func newNearMiss(r *web.Request, failed, predicates []web.Predicate, behind []*registration) nearMiss {
	taken := func(method string) bool {
		if len(behind) == 0 {
			return takes(predicates, method)
		}
		return allows(predicates, method) && slices.ContainsFunc(behind, func(reg *registration) bool {
			return reg.takes(method)
		})
	}
	considered := named(slices.Clone(standardMethods), predicates)
	for _, reg := range behind {
		considered = named(considered, reg.info.Predicates)
	}
	m := nearMiss{failed: failed, able: taken(methodOf(r))}
	for _, method := range considered {
		if taken(method) {
			m.methods = append(m.methods, method)
		}
	}
	return m
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
