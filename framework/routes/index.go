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
	leaves []*leaf
	layer  *layer // nil if no shape fits
	trie   *node  // nil if every shape fitted
	depth  int    // segments of the longest shape
	marks  int    // markers of the route that has the most
	places sync.Pool
}

// leaf is one shape and its routes.
type leaf struct {
	id     int32 // its place in index.leaves
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
		x.depth, x.marks = max(x.depth, len(m.shape)), max(x.marks, m.count)
	}
	served, others := choose(x.leaves)
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
//
// It holds hardly any pointers, for writing one is dear while the collector works.
type search struct {
	index *index
	asked request // with the path
	found []cursor
	spans []span // what the markers took of the route that next returned
	cuts  []int  // where the segments begin, and one more; see cut
	count int    // of segments, at most one more than any shape has; 0: not counted yet

	measured int   // which of found is httprouter's; -1: none
	lens     []int // what its parameters took
}

// cursor goes through the routes of a leaf.
type cursor struct{ leaf, next int32 }

func (x *index) newSearch() *search {
	s := &search{
		index: x, found: make([]cursor, 0, 8), measured: -1,
		cuts: make([]int, x.depth+2), spans: make([]span, x.marks), lens: make([]int, x.depth),
	}
	s.asked.init()
	return s
}

func (s *search) path() string { return s.asked.url.Path }

// begin starts a search, which end takes back. One that is not taken back is lost,
// and no harm.
func (x *index) begin(path string) *search {
	s := x.places.Get().(*search)
	s.asked.url.Path = path
	if path[0] == '/' { // no pattern takes another
		s.find()
	}
	return s
}

func (s *search) find() {
	x := s.index
	if x.trie != nil {
		x.trie.find(s, s.path()[1:])
		for _, at := range s.found {
			if l := x.leaves[at.leaf]; l.closed || l.served {
				return
			}
		}
	}
	if x.layer != nil {
		x.layer.find(s)
	}
}

func (x *index) end(s *search) {
	s.found, s.count, s.measured = s.found[:0], 0, -1
	x.places.Put(s)
}

func (s *search) note(l *leaf) { s.found = append(s.found, cursor{leaf: l.id}) }

// cut finds where the segments of the path begin, as far as shapes go.
func (s *search) cut() {
	path, n := s.path(), 0
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
		rt, at := s.candidate()
		if rt == nil {
			return nil
		}
		m := rt.Pattern.match
		switch {
		case at == s.measured && m.plain:
			if s.measure(s.index.leaves[s.found[at].leaf]) {
				return rt
			}
			continue
		case s.count == 0:
			s.cut()
		}
		if m.match(s.path(), s.cuts, s.spans) {
			return rt
		}
	}
}

// candidate returns the next route whose shape takes the path, and where it was found.
func (s *search) candidate() (first *Route, best int) {
	path := s.path()
	for i := range s.found {
		at := &s.found[i]
		routes := s.index.leaves[at.leaf].routes
		for int(at.next) < len(routes) {
			c := &routes[at.next]
			if tail := len(path) - len(c.suffix); tail >= 0 && path[tail:] == c.suffix {
				if first == nil || c.route.order < first.order {
					first, best = c.route, i
				}
				break
			}
			at.next++
		}
	}
	if first != nil {
		s.found[best].next++
	}
	return first, best
}

// measure fills spans with what httprouter's parameters took; false if a marker
// took nothing.
func (s *search) measure(l *leaf) bool {
	at, last := 0, len(l.gaps)-1
	for i, gap := range l.gaps {
		from := at + gap
		at = from + s.lens[i]
		if i == last && l.shape[len(l.shape)-1].kind == rest {
			at-- // the value of a catch-all begins with a slash
		} else if at == from {
			return false
		}
		s.spans[i] = spanOf(from, at)
	}
	return true
}
