package routes

import "strings"

// httprouter takes at one place either literal segments, or one parameter, or one
// catch-all. The shapes are drawn as a tree of segments, and at each place those
// alternatives are weighed by how many shapes each of them saves: that gives the
// largest set which fits, and there is no place where two shapes could still clash.

// spot is a place in the tree of shapes.
type spot struct {
	leaf     *leaf
	names    []string
	literals map[string]*spot
	open     *spot
	rest     *leaf
}

// choose divides leaves into those that httprouter takes together, and the others.
func choose(leaves []*leaf) (served, others []*leaf) {
	root := &spot{}
	for _, l := range leaves {
		if !fits(l) {
			others = append(others, l)
			continue
		}
		root.add(l)
	}
	chosen := map[*leaf]bool{}
	root.take(chosen)
	others = others[:0]
	for _, l := range leaves {
		if chosen[l] {
			served = append(served, l)
		} else {
			others = append(others, l)
		}
	}
	return served, others
}

// maxSegments is how deep a shape may be for httprouter.
const maxSegments = 64

// fits tells whether httprouter can take the shape at all: ':' and '*' are its
// syntax, and its parameters do not see an empty segment at the end.
func fits(l *leaf) bool {
	if len(l.shape) > maxSegments {
		return false
	}
	for _, s := range l.shape {
		if strings.ContainsAny(s.text, ":*") {
			return false
		}
	}
	if last := len(l.shape) - 1; l.shape[last].kind == open {
		for _, c := range l.routes {
			m := c.route.Pattern.match
			if m.whole != nil || m.pieces[len(m.pieces)-1].nullable() {
				return false
			}
		}
	}
	return true
}

func (s *spot) add(l *leaf) {
	for _, part := range l.shape {
		switch part.kind {
		case rest:
			s.rest = l
			return
		case open:
			if s.open == nil {
				s.open = &spot{}
			}
			s = s.open
		default:
			next := s.literals[part.text]
			if next == nil {
				next = &spot{}
				if s.literals == nil {
					s.literals = map[string]*spot{}
				}
				s.literals[part.text] = next
				s.names = append(s.names, part.text)
			}
			s = next
		}
	}
	s.leaf = l
}

// take chooses among the shapes that begin here, notes them down in chosen, and
// returns how many they are.
func (s *spot) take(chosen map[*leaf]bool) int {
	literals, byOpen, count := map[*leaf]bool{}, map[*leaf]bool{}, 0
	for _, name := range s.names {
		s.literals[name].take(literals)
	}
	if s.open != nil {
		s.open.take(byOpen)
		// A slash at the end, "/a/", stands beside "/a/{x}".
		if empty := s.literals[""]; empty != nil && empty.leaf != nil {
			byOpen[empty.leaf] = true
		}
	}
	best := literals
	if len(byOpen) > 0 && len(byOpen) >= len(best) {
		best = byOpen // and the literals overlap with few shapes in the trie
	}
	if len(best) == 0 && s.rest != nil {
		best = map[*leaf]bool{s.rest: true}
	}
	for l := range best {
		chosen[l] = true
	}
	count = len(best)
	if s.leaf != nil {
		chosen[s.leaf] = true
		count++
	}
	return count
}
