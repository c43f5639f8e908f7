package routes

import "github.com/mastaba-go/mastaba/views/web"

// Refused returns the routes whose pattern matches the path of r, but whose predicates do not all
// hold, in the order in which they are tried, up to the route that matched. It checks all
// predicates of these routes; one that fails with an error does not hold. The request keeps its
// match. For an invalid path it returns nil.
func (t *Table) Refused(r *web.Request) []web.RefusedRoute {
	path, err := requestPath(r)
	if t == nil || len(t.routes) == 0 || err != nil {
		return nil
	}
	drive, matched := web.Drive(r), ""
	if m := r.Match(); m != nil {
		before := *m
		matched = before.Route
		defer drive.SetMatch(before)
	} else {
		defer drive.ClearMatch()
	}
	var refused []web.RefusedRoute
	s := t.index.begin(path)
	for rt := s.next(); rt != nil && rt.Name != matched; rt = s.next() {
		if len(rt.Predicates) == 0 {
			continue // matches now: a predicate or a subscriber changed the request
		}
		drive.SetPathMatch(rt.routed, path, s.spans[:rt.Pattern.match.markers])
		if failed := rt.failing(r); len(failed) > 0 {
			refused = append(refused, web.RefusedRoute{Routed: rt.routed, Predicates: rt.Predicates, Failed: failed})
		}
	}
	t.index.end(s) // unless a predicate panics
	return refused
}

// failing returns the predicates that do not hold.
func (rt *Route) failing(r *web.Request) []web.Predicate {
	var failed []web.Predicate
	for _, p := range rt.Predicates {
		if ok, err := p.Holds(r); !ok || err != nil {
			failed = append(failed, p)
		}
	}
	return failed
}
