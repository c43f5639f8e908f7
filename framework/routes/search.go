package routes

// search is one lookup in the index: the sequence of the routes whose patterns match a path. It is
// also the http.ResponseWriter that httprouter's handles write their result to.
//
// It holds hardly any pointers, because writing one is expensive while the garbage collector runs.
type search struct {
	index  *index
	query  routerQuery // holds the path
	found  []cursor
	spans  []span // what the markers of the route that next returned matched
	starts []int  // offsets of the path's segments, and one more; see split
	count  int    // of segments, at most one more than any shape has; 0 before split

	fromRouter int   // index in found of the leaf that httprouter found, or -1
	lens       []int // of its parameters
}

// cursor walks through the routes of a leaf.
type cursor struct{ leaf, next int32 }

func (x *index) newSearch() *search {
	s := &search{
		index: x, found: make([]cursor, 0, 8), fromRouter: -1,
		starts: make([]int, x.depth+2), spans: make([]span, x.markers), lens: make([]int, x.depth),
	}
	s.query.init()
	return s
}

func (s *search) path() string { return s.query.url.Path }

// begin starts a search; end returns it to the pool. One that is not returned is garbage-collected.
func (x *index) begin(path string) *search {
	s := x.searches.Get().(*search)
	s.query.url.Path = path
	if path[0] == '/' { // no pattern matches any other path
		s.find()
	}
	return s
}

func (x *index) end(s *search) {
	s.found, s.count, s.fromRouter = s.found[:0], 0, -1
	x.searches.Put(s)
}

func (s *search) find() {
	x := s.index
	if x.trie != nil {
		x.trie.find(s, s.path()[1:])
		for _, at := range s.found {
			if l := x.leaves[at.leaf]; l.complete || l.inRouter {
				return
			}
		}
	}
	if x.router != nil {
		x.router.find(s)
	}
}

func (s *search) add(l *leaf) { s.found = append(s.found, cursor{leaf: l.id}) }

// split finds the offsets of the path's segments, as many as any shape has.
func (s *search) split() {
	path, n := s.path(), 0
	for i := 0; i < len(path); i++ {
		if path[i] == '/' {
			s.starts[n] = i + 1
			if n++; n == len(s.starts) {
				s.count = n
				return
			}
		}
	}
	s.starts[n] = len(path) + 1
	s.count = n
}

// next returns the next route whose pattern matches the path, and sets spans; nil at the end.
func (s *search) next() *Route {
	for {
		rt, at := s.candidate()
		if rt == nil {
			return nil
		}
		m := rt.Pattern.match
		switch {
		case at == s.fromRouter && m.unrestricted:
			if s.spansOf(s.index.leaves[s.found[at].leaf]) {
				return rt
			}
			continue
		case s.count == 0:
			s.split()
		}
		if m.match(s.path(), s.starts, s.spans) {
			return rt
		}
	}
}

// candidate returns the next route whose shape the path has, and its index in found.
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

// spansOf sets spans by the lengths of httprouter's parameters. It returns false if a marker
// matched nothing.
func (s *search) spansOf(l *leaf) bool {
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
