package routes

import "github.com/mastaba-go/mastaba/views/web"

// Shadowed returns the routes that are never tried for a request since the route
// called by matches before them, and whose patterns take its path as well. For
// explanations: it asks no predicate.
func (t *Table) Shadowed(r *web.Request, by string) []*Route {
	path, err := pathOf(r)
	if t == nil || len(t.routes) == 0 || err != nil {
		return nil
	}
	s := t.index.begin(path)
	defer t.index.end(s)
	var behind []*Route
	found := false
	for rt := s.next(); rt != nil; rt = s.next() {
		if found {
			behind = append(behind, rt)
		}
		found = found || rt.Name == by
	}
	return behind
}
