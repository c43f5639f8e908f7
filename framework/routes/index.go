package routes

import "sync"

// The index finds, for a path, the routes whose shape takes it, in the order of
// declaration; the matcher of each then has the last word. Each shape that occurs is
// a leaf, which holds its routes. The largest set of shapes that httprouter takes
// side by side is its part, the others lie in a trie, and what both find is merged.
//
// The trie is small and is asked first. Where a shape of the trie overlaps with
// shapes of httprouter ("/gists/public" with "/gists/{id}"), the trie also has an
// echo of those, as long as they are few. So it mostly answers alone where there are
// conflicts, and finds nothing where there are none, so that httprouter answers alone.

// index is immutable; what a search needs comes from a pool and goes back to it.
type index struct {
	layer  *layer // nil if no shape fits
	trie   *node  // nil if every shape fitted
	depth  int    // segments of the longest shape
	marks  int    // markers of the route that has the most
	places sync.Pool
}

// leaf is one shape and its routes.
type leaf struct {
	shape  []segment
	routes []candidate // in order
	served bool        // by httprouter
	closed bool        // of the trie: every shape that takes one of its paths is in the trie as well
	gaps   []int       // before each open segment, the bytes since the one before it
}

// candidate is a route of a leaf, with what rules most out beside it.
type candidate struct {
	suffix string // the path ends so; it comes first because it is read for all of them
	route  *Route
}

func newIndex(routes []*Route) *index {
	x := &index{}
	var leaves []*leaf
	byShape := map[string]*leaf{}
	for _, rt := range routes {
		m := rt.Pattern.match
		key := shapeKey(m.shape)
		l := byShape[key]
		if l == nil {
			l = &leaf{shape: m.shape, gaps: gaps(m.shape)}
			byShape[key] = l
			leaves = append(leaves, l)
		}
		l.routes = append(l.routes, candidate{m.suffix(), rt})
		x.depth, x.marks = max(x.depth, len(m.shape)), max(x.marks, m.count)
	}
	served, others := choose(leaves)
	x.layer = newLayer(served)
	if len(others) > 0 {
		x.trie = newTrie(others)
		x.trie.echo(others, newTrie(served))
	}
	x.places.New = func() any { return x.newSearch() }
	return x
}

// shapeKey is the identity of a shape. No literal holds a NUL or a slash.
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

// suffix is a text that every path which matches ends with.
func (m *matcher) suffix() string {
	if n := len(m.pieces); n > 0 && m.whole == nil {
		if p := &m.pieces[n-1]; p.at == len(m.shape)-1 && p.mode != complex {
			return p.marks[len(p.marks)-1].behind
		}
	}
	return ""
}

// search is one look into the index: a sequence of the routes whose patterns take
// a path. It is also what httprouter writes its answer to.
type search struct {
	path  string
	spans []span // what the markers took of the route that next returned
	found []cursor
	cuts  []int // where the segments begin, and one more; see cut
	count int   // of segments, at most one more than any shape has; 0: not counted yet
	asked request

	measured *leaf // what httprouter found
	lens     []int // what its parameters took
}

// cursor goes through the routes of a leaf.
type cursor struct {
	*leaf
	next int
}

func (x *index) newSearch() *search {
	s := &search{
		cuts: make([]int, x.depth+2), spans: make([]span, x.marks), lens: make([]int, x.depth),
		found: make([]cursor, 0, 8),
	}
	s.asked.init()
	return s
}

// begin starts a search, which end takes back.
func (x *index) begin(path string) *search {
	s := x.places.Get().(*search)
	s.path = path
	if path[0] != '/' {
		return s // no pattern takes it
	}
	answered := false
	if x.trie != nil {
		x.trie.find(s, path[1:])
		for i := range s.found {
			answered = answered || s.found[i].closed || s.found[i].served
		}
	}
	if x.layer != nil && !answered {
		x.layer.find(s)
	}
	return s
}

func (x *index) end(s *search) {
	clear(s.found)
	s.path, s.found, s.count, s.measured, s.asked.url.Path = "", s.found[:0], 0, nil, ""
	x.places.Put(s)
}

func (s *search) note(l *leaf) { s.found = append(s.found, cursor{leaf: l}) }

// cut finds where the segments of the path begin, as far as shapes go.
func (s *search) cut() {
	path, n := s.path, 0
	for i := 0; i < len(path); i++ {
		if path[i] == '/' {
			s.cuts[n] = i + 1
			if n++; n == len(s.cuts) {
				s.count = n
				return
			}
		}
	}
	s.cuts[n] = len(path) + 1
	s.count = n
}

// next returns the next route whose pattern takes the path, and fills spans; nil at
// the end.
func (s *search) next() *Route {
	for {
		c, measured := s.merge()
		if c == nil {
			return nil
		}
		m := c.route.Pattern.match
		switch {
		case measured && m.plain:
			if s.measure() {
				return c.route
			}
			continue
		case s.count == 0:
			s.cut()
		}
		if m.match(s.path, s.cuts, s.spans) {
			return c.route
		}
	}
}

// candidate is the route at the cursor, which moves on over those that are out of
// the question; nil at the end.
func (c *cursor) candidate(path string) *candidate {
	for ; c.next < len(c.routes); c.next++ {
		at := &c.routes[c.next]
		if tail := len(path) - len(at.suffix); tail >= 0 && path[tail:] == at.suffix {
			return at
		}
	}
	return nil
}

// merge finds the next route of several leaves.
func (s *search) merge() (first *candidate, measured bool) {
	var best *cursor
	for i := range s.found {
		at := &s.found[i]
		if c := at.candidate(s.path); c != nil && (first == nil || c.route.order < first.route.order) {
			best, first = at, c
		}
	}
	if best != nil {
		best.next++
		measured = best.leaf == s.measured
	}
	return first, measured
}

// measure fills spans with what httprouter's parameters took; false if a marker
// took nothing.
func (s *search) measure() bool {
	l, at := s.measured, 0
	for i, gap := range l.gaps {
		from := at + gap
		at = from + s.lens[i]
		if at == from && (i < len(l.gaps)-1 || l.shape[len(l.shape)-1].kind != rest) {
			return false
		}
		s.spans[i] = spanOf(from, at)
	}
	return true
}
