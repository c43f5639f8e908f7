package routes

import "github.com/mastaba-go/mastaba/views/web"

// Refused returns the routes whose pattern matches the path of r although they were not chosen, in
// the order in which they are tried. Before the route that matched, or if none did, these are the
// routes whose predicates do not all hold; after it, all routes, unless it has no predicates.
// Refused checks all predicates of these routes; one that fails with an error does not hold. The
// request keeps its match. For an invalid path it returns nil.
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
	later := false
	var s search
	s.begin(t.index, path)
	for rt := s.next(); rt != nil; rt = s.next() {
		if rt.Name == matched {
			if len(rt.Predicates) == 0 {
				break // no request reaches the routes after it
			}
			later = true
			continue
		}
		drive.SetPathMatch(rt.routed, path, s.spans()[:rt.Pattern.match.markers])
		failed := rt.failing(r)
		if len(failed) > 0 || later { // otherwise a predicate or a subscriber changed the request
			refused = append(refused, web.RefusedRoute{Routed: rt.routed, Failed: failed, Later: later})
		}
	}
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
