package routes

import (
	"sync"

	"github.com/mastaba-go/mastaba/views/web"
)

// The index finds, for a path, the routes whose shape takes it, in the order of
// declaration; the matcher of each then has the last word. Each shape that occurs is
// a leaf, which holds its routes. The largest set of shapes that httprouter takes
// side by side is its part, the others lie in a trie. Both are asked, and what they
// found is merged.

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
	probe  bool        // of the trie: see layer.find
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
			l = &leaf{shape: m.shape}
			byShape[key] = l
			leaves = append(leaves, l)
		}
		l.routes = append(l.routes, candidate{m.suffix(), rt})
		x.depth, x.marks = max(x.depth, len(m.shape)), max(x.marks, m.count)
	}
	served, others := choose(leaves)
	x.layer = newLayer(served)
	x.trie = newTrie(others)
	if x.layer != nil {
		for _, l := range others {
			l.probe = x.layer.takes(l.shape)
		}
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
// a path.
type search struct {
	index  *index
	path   string
	cuts   []int // where the segments begin, and one behind the path
	count  int   // of segments, at most one more than any shape has
	spans  []span
	short  []web.Span
	leaves []*leaf
	next1  []int // of each leaf, the candidate to try next
	found  *leaf // by the layer
	asking request
}

func (x *index) newSearch() *search {
	s := &search{
		index: x, cuts: make([]int, x.depth+2), spans: make([]span, x.marks), short: make([]web.Span, x.marks),
		leaves: make([]*leaf, 0, 8), next1: make([]int, 0, 8),
	}
	s.asking.init()
	return s
}

// begin starts a search, which end takes back.
func (x *index) begin(path string) *search {
	s := x.places.Get().(*search)
	s.path = path
	s.cut()
	if x.trie != nil {
		x.trie.find(s, 0)
	}
	if x.layer != nil {
		x.layer.find(s)
	}
	for range s.leaves {
		s.next1 = append(s.next1, 0)
	}
	return s
}

func (x *index) end(s *search) {
	clear(s.leaves)
	s.path, s.leaves, s.next1, s.asking.url.Path = "", s.leaves[:0], s.next1[:0], ""
	x.places.Put(s)
}

// cut finds where the segments of the path begin, as far as shapes go.
func (s *search) cut() {
	path, n := s.path, 0
	if path[0] != '/' { // no pattern takes such a path
		s.count = 0
		return
	}
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

// next returns the next route whose pattern takes the path.
func (s *search) next() (*Route, bool) {
	for {
		rt := s.candidate()
		if rt == nil {
			return nil, false
		}
		if rt.Pattern.match.match(s.path, s.cuts, s.spans) {
			return rt, true
		}
	}
}

// candidate returns the next route whose shape takes the path.
func (s *search) candidate() *Route {
	best := -1
	var first *Route
	for i, l := range s.leaves {
		for n := s.next1[i]; n < len(l.routes); n++ {
			c := &l.routes[n]
			if tail := len(s.path) - len(c.suffix); tail < 0 || s.path[tail:] != c.suffix {
				continue
			}
			s.next1[i] = n
			if first == nil || c.route.order < first.order {
				best, first = i, c.route
			}
			goto next
		}
		s.next1[i] = len(l.routes)
	next:
	}
	if best >= 0 {
		s.next1[best]++
	}
	return first
}

// match makes the match of a route that next has just returned.
func (s *search) match(rt *Route) web.Match {
	n := rt.Pattern.match.count
	if len(s.path) > 0xffff {
		texts := make([]string, n)
		for i, p := range s.spans[:n] {
			texts[i] = s.path[p.from:p.to]
		}
		return web.LongMatch(rt.routed, texts)
	}
	for i, p := range s.spans[:n] {
		s.short[i] = web.Span{From: uint16(p.from), To: uint16(p.to)}
	}
	return web.SlicedMatch(rt.routed, s.path, s.short[:n])
}
