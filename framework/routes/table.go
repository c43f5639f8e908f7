package routes

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// Table is all routes of an application. It is immutable once the application is
// built, and safe for concurrent use. The nil Table has no routes.
type Table struct {
	routes       []*Route // in matching order, without the generate-only ones; nil ones were declared anew
	generateOnly []*Route
	byName       map[string]*Route
	index        *index
}

var _ web.Routes = (*Table)(nil)

// TableOf returns the table of an application; nil if it has no routes.
func TableOf(reg *registry.Registry) *Table {
	t, _ := registry.Lookup[*Table](reg)
	return t
}

func ensureTable(reg *registry.Registry) *Table {
	return registry.Ensure(reg, func() *Table {
		t := &Table{byName: map[string]*Route{}}
		registry.Provide[web.Routes](reg, t)
		reg.OnFreeze(func() error { t.finish(); return nil })
		return t
	})
}

// add puts a copy of the declared route at the end. The copy belongs to this
// table; the declaration may be built again.
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
	gone := func(rt *Route) bool { return rt == nil }
	t.routes, t.generateOnly = slices.DeleteFunc(t.routes, gone), slices.DeleteFunc(t.generateOnly, gone)
	for i, rt := range t.routes {
		rt.order = int32(i)
	}
	for _, rt := range t.byName {
		names := rt.Pattern.names
		rt.routed = &web.Routed{
			Route: rt.Name, Pattern: rt.Pattern.String(), GlobalViews: rt.GlobalViews,
			Markers: names, Star: rt.Pattern.star() != "",
		}
		rt.walks, rt.fills = slices.Contains(names, traverseMarker), slices.Contains(names, subpathMarker)
	}
	t.index = newIndex(t.routes)
}

// Route returns the route of a name, generate-only ones included.
func (t *Table) Route(name string) (*Route, bool) {
	if t == nil {
		return nil, false
	}
	rt, ok := t.byName[name]
	return rt, ok
}

// Routes returns the routes that match, in the order in which they are tried. Do
// not change the list.
func (t *Table) Routes() []*Route {
	if t == nil {
		return nil
	}
	return t.routes
}

// Statics returns the routes that only generate URLs. Do not change the list.
func (t *Table) GenerateOnly() []*Route {
	if t == nil {
		return nil
	}
	return t.generateOnly
}

// RouteNames returns the names of all routes: those that match in their order,
// then those that only generate URLs.
func (t *Table) RouteNames() []string {
	var names []string
	for _, rt := range slices.Concat(t.Routes(), t.GenerateOnly()) {
		if rt != nil { // while the application is built
			names = append(names, rt.Name)
		}
	}
	return names
}

// HasRoute tells whether there is a route of this name.
func (t *Table) HasRoute(name string) bool {
	_, ok := t.Route(name)
	return ok
}

// MatchesPath tells whether the pattern of any route takes the escaped path,
// whatever its predicates say.
func (t *Table) MatchesPath(escaped string) bool {
	if t == nil || len(t.routes) == 0 {
		return false
	}
	path, err := decode(escaped)
	if err != nil {
		return false
	}
	s := t.index.begin(path)
	defer t.index.end(s)
	return s.next() != nil
}

// Match finds the first route, in the order of declaration, whose pattern takes
// the path of r and whose predicates hold, and tells it to the request. It returns
// nil if there is none. The error is that of a predicate, or a [*web.PathError] for
// a path that is not readable, also if there are no routes.
//
// While predicates are asked, the request shows the match of their route.
func (t *Table) Match(r *web.Request) (*Route, error) {
	path, err := pathOf(r)
	if err != nil || t == nil || len(t.routes) == 0 {
		return nil, err
	}
	s := t.index.begin(path)
	rt, err := t.first(r, s)
	t.index.end(s) // unless a predicate panics
	return rt, err
}

// first finds the first route of a search whose predicates hold.
func (t *Table) first(r *web.Request, s *search) (*Route, error) {
	for {
		rt := s.next()
		if rt == nil {
			return nil, nil
		}
		web.Drive(r).SetPathMatch(rt.routed, s.path(), s.spans[:rt.Pattern.match.count])
		if len(rt.Predicates) > 0 {
			if ok, err := rt.holds(r); !ok {
				web.Drive(r).ClearMatch()
				if err != nil {
					return nil, err
				}
				continue
			}
		}
		if rt.Traverse != nil {
			web.Drive(r).SetMatch(rt.traversed(r.Match()))
		}
		return rt, nil
	}
}

func (rt *Route) holds(r *web.Request) (bool, error) {
	for i := range rt.Predicates {
		if ok, err := rt.Predicates[i].Holds(r); !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

// traversed adds what Traverse makes of a match.
func (rt *Route) traversed(m *web.Match) web.Match {
	var text strings.Builder
	for _, part := range rt.Traverse.parts {
		text.WriteString(part.Literal)
		switch {
		case part.Marker == "":
		case part.Marker == rt.Pattern.star(): // its dots are its own: they lead nowhere beyond it
			text.WriteString(rawOf(web.SplitRaw(m.Raw(part.Marker))))
		default:
			text.WriteString(m.Raw(part.Marker))
		}
	}
	return m.With(web.Param{Name: traverseMarker, Values: web.SplitRaw(text.String())})
}

// pathOf decodes the path of a request for matching: escaped slashes become NUL.
func pathOf(r *web.Request) (string, error) {
	if r.RequestURI == "*" { // OPTIONS is answered by net/http: RFC 9112, 3.2.4
		return "", &traversal.PathError{Path: "*", Reason: "stands for the whole server, of which only OPTIONS asks"}
	}
	if r.URL.RawPath != "" {
		if escaped := r.EscapedPath(); hasEscapedSlash(escaped) {
			return decode(escaped)
		}
	}
	return readable(r.URL.Path)
}

func hasEscapedSlash(escaped string) bool {
	for i := 0; i+2 < len(escaped); i++ {
		if escaped[i] == '%' && escaped[i+1] == '2' && escaped[i+2]|0x20 == 'f' {
			return true
		}
	}
	return false
}

// readable checks a decoded path; an empty one is "/".
func readable(path string) (string, error) {
	switch {
	case path == "":
		return "/", nil
	case simple(path):
		return path, nil
	case strings.IndexByte(path, 0) >= 0:
		return "", &traversal.PathError{Path: path, Reason: "holds a NUL"}
	case !utf8.ValidString(path):
		return "", &traversal.PathError{Path: path, Reason: "not UTF-8"}
	}
	return path, nil
}

// simple tells whether text is ASCII without NUL, as nearly all paths are. It looks
// at eight bytes at a time: subtracting one from each sets the highest bit of those
// that are zero.
func simple(text string) bool {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	i := 0
	for ; i+8 <= len(text); i += 8 {
		s := text[i : i+8]
		x := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
			uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
		if (x|(x-ones))&highs != 0 {
			return false
		}
	}
	for ; i < len(text); i++ {
		if text[i] == 0 || text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// decode decodes an escaped path, and makes NUL of escaped slashes.
func decode(escaped string) (string, error) {
	if strings.IndexByte(escaped, '%') < 0 {
		return readable(escaped)
	}
	segments := strings.Split(escaped, "/")
	for i, segment := range segments {
		name, err := traversal.Unquote(segment)
		if err != nil {
			return "", &traversal.PathError{Path: escaped, Reason: err.(*traversal.PathError).Reason}
		}
		segments[i] = strings.ReplaceAll(name, "/", "\x00")
	}
	return strings.Join(segments, "/"), nil
}
