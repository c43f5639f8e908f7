package routes

import (
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// Table holds all routes of an application. It is immutable once the application is built, and safe
// for concurrent use. The nil Table has no routes.
type Table struct {
	routes       []*Route // in matching order, without the generate-only ones; nil where one was replaced
	generateOnly []*Route
	byName       map[string]*Route
	index        *index
}

var _ web.Routes = (*Table)(nil)

// TableOf returns the table of an application, or nil if it has no routes.
func TableOf(reg *registry.Registry) *Table {
	t, _ := registry.Lookup[*Table](reg)
	return t
}

func ensureTable(reg *registry.Registry) *Table {
	return registry.Ensure(reg, func() *Table {
		t := &Table{byName: map[string]*Route{}}
		registry.Provide[web.Routes](reg, t)
		reg.OnFreeze(func() error { t.finish(); t.warn(reg); t.warnOfLookalikes(reg); return nil })
		return t
	})
}

// add appends a copy of the declared route. The copy belongs to this table, because the declaration
// may be built again.
func (t *Table) add(declared *Route) {
	route := *declared
	if old := t.byName[route.Name]; old != nil {
		if old.GenerateOnly {
			t.generateOnly[old.order] = nil
		} else {
			t.routes[old.order] = nil
		}
	}
	t.byName[route.Name] = &route
	list := &t.routes
	if route.GenerateOnly {
		list = &t.generateOnly
	}
	route.order = int32(len(*list))
	*list = append(*list, &route)
}

// finish makes the table ready to match.
func (t *Table) finish() {
	replaced := func(rt *Route) bool { return rt == nil }
	t.routes, t.generateOnly = slices.DeleteFunc(t.routes, replaced), slices.DeleteFunc(t.generateOnly, replaced)
	for i, rt := range t.routes {
		rt.order = int32(i)
	}
	for _, rt := range t.byName {
		markers := rt.Pattern.markers
		rt.routed = &web.Routed{
			Route: rt.Name, Pattern: rt.Pattern.String(), GlobalViews: rt.GlobalViews,
			Markers: markers, Star: rt.Pattern.star() != "", Predicates: rt.Predicates,
		}
		rt.hasTraverse, rt.hasSubpath = slices.Contains(markers, traverseMarker), slices.Contains(markers, subpathMarker)
		rt.simple = rt.Stays() && rt.Root == nil && rt.BodyLimit == 0
	}
	t.index = newIndex(t.routes)
}

// Route returns the route of a name, generate-only routes included.
func (t *Table) Route(name string) (*Route, bool) {
	if t == nil {
		return nil, false
	}
	rt, ok := t.byName[name]
	return rt, ok
}

// Routes returns the routes that can match, in the order in which they are tried. Do not change the
// slice.
func (t *Table) Routes() []*Route {
	if t == nil {
		return nil
	}
	return t.routes
}

// GenerateOnly returns the routes that only generate URLs. Do not change the slice.
func (t *Table) GenerateOnly() []*Route {
	if t == nil {
		return nil
	}
	return t.generateOnly
}

// RouteNames returns the names of all routes: those that can match in their order, then the
// generate-only ones.
func (t *Table) RouteNames() []string {
	var names []string
	for _, rt := range slices.Concat(t.Routes(), t.GenerateOnly()) {
		if rt != nil { // while the application is built
			names = append(names, rt.Name)
		}
	}
	return names
}

// HasRoute reports whether there is a route of this name.
func (t *Table) HasRoute(name string) bool {
	_, ok := t.Route(name)
	return ok
}

// MatchesPath reports whether the pattern of any route matches the escaped path, regardless of
// predicates.
func (t *Table) MatchesPath(escaped string) bool {
	if t == nil || len(t.routes) == 0 {
		return false
	}
	path, err := decode(escaped)
	if err != nil {
		return false
	}
	var s search
	s.begin(t.index, path)
	return s.next() != nil
}

// LacksSlash reports whether the pattern of any route, regardless of predicates, matches the
// escaped path with a slash at its end. A star that matches the path without the slash, with the
// same names, does not count: a redirect would lead to the same views, and a missing file below
// "/static/*path" would be looked for twice.
func (t *Table) LacksSlash(escaped string) bool {
	if t == nil || len(t.routes) == 0 {
		return false
	}
	path, err := decode(escaped)
	if err != nil {
		return false
	}
	var s search
	s.begin(t.index, path+"/")
	for rt := s.next(); rt != nil; rt = s.next() {
		if rt.Pattern.star() == "" {
			return true
		}
		if _, already := rt.Pattern.match.matchPath(path); !already {
			return true
		}
	}
	return false
}

// Match returns the first route, in the order of declaration, whose pattern matches the path of r
// and whose predicates hold, and sets the match of the request. It returns nil if there is none.
// The error is that of a predicate, or a [*web.PathError] for an invalid path, even if there are no
// routes.
//
// While predicates are checked, the request has the match of their route. Match allocates nothing
// unless an expression does.
func (t *Table) Match(r *web.Request) (*Route, error) {
	if t == nil || r.URL.RawPath != "" || r.RequestURI == "*" {
		return t.search(r)
	}
	path := r.URL.Path
	if t.index.static.list != nil {
		if at := t.index.static.find(path); at != nil {
			rt := at.ends.routes[0].route
			web.Drive(r).SetRouted(rt.routed)
			return rt, nil
		}
	}
	var spans [quickMarkers]span
	switch rt := t.index.trie.quick(path, &spans); rt {
	case nil:
		return t.search(r)
	case noRoute:
		return nil, nil
	default:
		web.Drive(r).SetPathMatch(rt.routed, path, spans[:rt.Pattern.match.markers])
		return rt, nil
	}
}

// search is Match for any path.
func (t *Table) search(r *web.Request) (*Route, error) {
	path, err := requestPath(r)
	if err != nil || t == nil || len(t.routes) == 0 {
		return nil, err
	}
	var s search
	s.begin(t.index, path)
	for {
		rt := s.next()
		if rt == nil {
			return nil, nil
		}
		web.Drive(r).SetPathMatch(rt.routed, path, s.spans()[:rt.Pattern.match.markers])
		if len(rt.Predicates) > 0 {
			if ok, err := rt.holds(r); !ok {
				web.Drive(r).RefuseMatch()
				if err != nil {
					return nil, err
				}
				continue
			}
		}
		if rt.Traverse != nil {
			web.Drive(r).SetMatch(rt.withTraverse(r.Match()))
		}
		return rt, nil
	}
}

// withTraverse returns a match with the parameter that the route's Traverse pattern gives.
func (rt *Route) withTraverse(m *web.Match) web.Match {
	var text strings.Builder
	for _, t := range rt.Traverse.tokens {
		text.WriteString(t.Literal)
		switch {
		case t.Marker == "":
		case t.Marker == rt.Pattern.star(): // its dots must not climb out of it
			text.WriteString(joinRaw(web.SplitRaw(m.Raw(t.Marker))))
		default:
			text.WriteString(m.Raw(t.Marker))
		}
	}
	return m.With(web.Param{Name: traverseMarker, Values: web.SplitRaw(text.String())})
}
