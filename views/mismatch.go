package views

import (
	"net/http"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/internal/nearmiss"
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
// The predicate IfPermitted is an exception: a view that lacks a permission besides is a near miss
// all the same, and one that lacks nothing but a permission ends the search with a 403, or a 401.
// So it shows as much of a view as the option Permission does.
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
	if match := web.Drive(r).Routed(); first != nil && second == nil && others == nil && (match == nil || len(match.Predicates) == 0) {
		if resp, done, err := t.refuse(r, first); done {
			return resp, err
		}
	}
	cause := &NoViewError{Routes: slices.DeleteFunc(slices.Clone(others), func(f web.RefusedRoute) bool { return f.Later })}
	t.miss(cause, r, r.ViewName(), first, second)
	all := t.examine(r, true, first, second)
	if err := refused(r, all); err != nil {
		return nil, err
	}
	cause.Candidates = reported(all, r)
	misses := t.nearMisses(r, all, others)
	able := misses.Able()
	switch {
	case len(misses) == 0:
		return nil, web.NotFound("").With(cause)
	case methodOf(r) == http.MethodOptions:
		resp := r.Empty(http.StatusNoContent)
		resp.SetHeader("Allow", strings.Join(misses.Allowed(), ", "))
		return resp, nil
	case len(able) == 0:
		return nil, web.MethodNotAllowed(misses.Allowed()...).With(cause)
	case !able.FailOnlyFor(kindContentType) && able.FailOnlyFor(kindAccept):
		err := web.NotAcceptable("")
		if types := able.MediaTypes(kindAccept); len(types) > 0 {
			err = err.WithMessage(web.Message{ID: "available: ${types}", Domain: "mastaba", Params: map[string]any{"types": strings.Join(types, ", ")}})
		}
		return nil, err.With(cause)
	}
	err := web.Status(http.StatusUnsupportedMediaType, "")
	if types := able.MediaTypes(kindContentType); len(types) > 0 {
		err = err.WithHeader("Accept", strings.Join(types, ", "))
	}
	return nil, err.With(cause)
}

// otherRoutes returns the routes that requests with another method may reach, apart from the one
// that matched. It costs next to nothing if there are none.
func otherRoutes(r *web.Request) []web.RefusedRoute {
	if match := web.Drive(r).Routed(); !web.Drive(r).RouteRefused() && (match == nil || !namesMethods(match.Predicates)) {
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

// nearMisses returns the near misses among the views that were tried and the other routes.
func (t *Table) nearMisses(r *web.Request, all []candidate, others []web.RefusedRoute) nearmiss.Misses {
	n := nearmiss.New(methodOf(r))
	route := func(f web.RefusedRoute) {
		n.Add(f.Failed, f.Predicates, t.resources.on(f.Routed))
		n.Pass(f.Failed, f.Predicates)
	}
	at := slices.IndexFunc(others, func(f web.RefusedRoute) bool { return f.Later })
	if at < 0 {
		at = len(others)
	}
	for _, f := range others[:at] {
		route(f)
	}
	var own []web.Predicate // of the route that matched
	if match := web.Drive(r).Routed(); match != nil {
		own = match.Predicates
	}
	for _, c := range all {
		if len(c.failed) > 0 {
			n.Add(slices.DeleteFunc(slices.Clone(c.failed), isPermitted), own, func(yield func([]web.Predicate) bool) { yield(c.info.Predicates) })
		}
	}
	n.Pass(nil, own)
	for _, f := range others[at:] {
		route(f)
	}
	return n.Found()
}

// namesMethods reports whether predicates limit the method.
func namesMethods(predicates []web.Predicate) bool {
	return slices.ContainsFunc(predicates, func(p web.Predicate) bool { return p.Kind() == kindMethod })
}
