package routes

import "sync"

// The index finds the routes whose shape a path has, in the order of declaration; the matcher of
// each then decides. Each distinct shape is a leaf, which holds its routes. The largest set of
// shapes that httprouter accepts side by side goes to httprouter, the others to a trie, and a
// search merges what both find.
//
// The trie is small and is searched first. Where one of its shapes overlaps with shapes in
// httprouter ("/gists/public" with "/gists/{id}"), the trie also holds a copy of those, as long as
// they are few. So where shapes overlap the trie mostly suffices, and elsewhere it finds nothing
// and httprouter suffices.

// index is immutable. Searches come from its pool and return to it.
type index struct {
	leaves   []*leaf
	router   *routerIndex // nil without shapes for it
	trie     *node        // nil without shapes for it
	depth    int          // segments of the longest shape
	markers  int          // of the route that has the most
	searches sync.Pool
}

// leaf is one shape and its routes.
type leaf struct {
	id       int32 // its place in index.leaves
	shape    []segment
	routes   []candidate // in order
	inRouter bool        // found by httprouter
	complete bool        // in the trie, together with every shape that overlaps with it
	gaps     []int       // before each open segment and the rest, the bytes since the one before it
}

// candidate is a route of a leaf, next to what rules most of them out.
type candidate struct {
	suffix string // every matching path ends with it; first, because it is read for all of them
	route  *Route
}

func newIndex(routes []*Route) *index {
	x := &index{}
	byShape := map[string]*leaf{}
	for _, rt := range routes {
		m := rt.Pattern.match
		key := shapeKey(m.shape)
		l := byShape[key]
		if l == nil {
			l = &leaf{id: int32(len(x.leaves)), shape: m.shape, gaps: gaps(m.shape)}
			byShape[key] = l
			x.leaves = append(x.leaves, l)
		}
		l.routes = append(l.routes, candidate{m.suffix(), rt})
		x.depth, x.markers = max(x.depth, len(m.shape)), max(x.markers, m.markers)
	}
	accepted, others := splitLeaves(x.leaves)
	x.router = newRouterIndex(accepted)
	if len(others) > 0 {
		x.trie = newTrie(others)
		x.trie.copyOverlaps(others, newTrie(accepted))
	}
	x.searches.New = func() any { return x.newSearch() }
	return x
}

// shapeKey identifies a shape. No literal contains a NUL or a slash.
func shapeKey(shape []segment) string {
	var b []byte
	for _, s := range shape {
		b = append(b, '/')
		switch s.kind {
		case open:
			b = append(b, 0)
		case rest:
			b = append(b, 0, 0)
		default:
			b = append(b, s.text...)
		}
	}
	return string(b)
}

func gaps(shape []segment) (all []int) {
	gap := 0
	for _, s := range shape {
		gap++
		if s.kind == literal {
			gap += len(s.text)
			continue
		}
		all, gap = append(all, gap), 0
	}
	return all
}
