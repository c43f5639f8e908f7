package routes

// search is one lookup in the index: the sequence of the routes whose patterns match a path. It
// lives in the frame of its caller and holds the memory that most paths need, so it allocates
// nothing.
type search struct {
	index *index
	path  string
	count int // of segments, at most two more than any shape has

	found int // of leaves: in near, then in more
	near  [4]cursor
	more  []cursor

	nearStarts [12]int32 // see starts
	farStarts  []int32
	nearSpans  [6]span // see spans
	farSpans   []span
}

// cursor walks through the routes of a leaf.
type cursor struct{ leaf, next int32 }

// begin starts the search for a path that requestPath or decode returned. A path that does not
// begin with a slash matches nothing.
func (s *search) begin(x *index, path string) {
	s.open(x, path)
	if path[0] != '/' || x.fixed != nil && !x.fixed.has(path) {
		return
	}
	s.split()
	x.trie.find(s, s.starts(), 0)
}

// open makes room for what the search finds.
func (s *search) open(x *index, path string) {
	s.index, s.path = x, path
	if x.depth+2 > len(s.nearStarts) {
		s.farStarts = make([]int32, x.depth+2)
	}
	if x.markers > len(s.nearSpans) {
		s.farSpans = make([]span, x.markers)
	}
}

func (s *search) split() { s.count = split(s.path, s.starts()) }

// starts returns the offsets of the path's segments, and one more: a byte past its end.
func (s *search) starts() []int32 {
	if s.farStarts != nil {
		return s.farStarts
	}
	return s.nearStarts[:s.index.depth+2]
}

// spans returns what the markers of the route that next returned matched.
func (s *search) spans() []span {
	if s.farSpans != nil {
		return s.farSpans
	}
	return s.nearSpans[:]
}

func (s *search) add(l *leaf) {
	if s.found < len(s.near) {
		s.near[s.found] = cursor{leaf: l.id}
	} else {
		s.more = append(s.more, cursor{leaf: l.id})
	}
	s.found++
}

// next returns the next route whose pattern matches the path, and sets spans; nil at the end.
func (s *search) next() *Route {
	for {
		rt := s.candidate()
		if rt == nil || rt.Pattern.match.match(s.path, s.starts(), s.spans()) {
			return rt
		}
	}
}

// candidate returns the next route whose shape the path has.
func (s *search) candidate() *Route {
	if s.found == 1 { // nearly always
		c := s.peek(&s.near[0])
		if c == nil {
			return nil
		}
		s.near[0].next++
		return c.route
	}
	var first *candidate
	var best *cursor
	for i := range s.found {
		at := s.cursor(i)
		if c := s.peek(at); c != nil && (first == nil || c.route.order < first.route.order) {
			first, best = c, at
		}
	}
	if first == nil {
		return nil
	}
	best.next++
	return first.route
}

func (s *search) cursor(i int) *cursor {
	if i < len(s.near) {
		return &s.near[i]
	}
	return &s.more[i-len(s.near)]
}

// peek returns the next route of a leaf that the end of the path does not rule out.
func (s *search) peek(at *cursor) *candidate {
	routes := s.index.leaves[at.leaf].routes
	for int(at.next) < len(routes) {
		c := &routes[at.next]
		if tail := len(s.path) - len(c.suffix); tail >= 0 && s.path[tail:] == c.suffix {
			return c
		}
		at.next++
	}
	return nil
}
