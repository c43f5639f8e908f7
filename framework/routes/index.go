package routes

import "strings"

// The index finds the routes whose shape a path has, in the order of declaration; the matcher of
// each then decides. Each distinct shape is a leaf, which holds its routes, and a trie of segments
// leads to the leaves.

// index is immutable.
type index struct {
	leaves  []*leaf
	static  literals    // the paths that belong to one route, whatever the rest of the request
	fixed   *fixedPaths // nil unless every leaf is a fixed path
	trie    *node       // nil without routes
	depth   int         // segments of the longest shape
	markers int         // of the route that has the most
}

// leaf is one shape and its routes.
type leaf struct {
	id     int32 // its place in index.leaves
	shape  []segment
	routes []candidate // in order
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
			l = &leaf{id: int32(len(x.leaves)), shape: m.shape}
			byShape[key] = l
			x.leaves = append(x.leaves, l)
		}
		l.routes = append(l.routes, candidate{m.suffix(), rt})
		x.depth, x.markers = max(x.depth, len(m.shape)), max(x.markers, m.markers)
	}
	x.fixed, x.trie = newFixedPaths(x.leaves), newTrie(x.leaves)
	x.static = x.staticPaths()
	return x
}

// staticPaths returns the paths without markers whose first route has no predicates, so that it
// matches every request for the path. They need neither be checked nor split.
func (x *index) staticPaths() (static literals) {
	for _, l := range x.leaves {
		rt := l.routes[0].route
		path, ok := l.path()
		if !ok || len(rt.Predicates) > 0 || rt.Traverse != nil {
			continue
		}
		var s search
		if s.begin(x, path); s.next() == rt {
			static.add(path, &node{ends: l})
		}
	}
	static.finish()
	return static
}

// path returns the only path that has the shape; false if there are several.
func (l *leaf) path() (string, bool) {
	var path strings.Builder
	for _, s := range l.shape {
		if s.kind != literal || strings.IndexByte(s.text, 0) >= 0 {
			return "", false
		}
		path.WriteByte('/')
		path.WriteString(s.text)
	}
	return path.String(), true
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
