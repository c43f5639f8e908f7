package routes

import "strings"

// node is a place in the trie of shapes, reached by some segments. A literal and an open segment
// may stand side by side; a search follows both.
type node struct {
	few  []branch         // literal segments while they are few
	many map[string]*node // literal segments otherwise
	open *node
	ends *leaf // the shape that ends here
	rest *leaf // the shape that ends with the rest
}

type branch struct {
	text string
	node *node
}

// fewBranches is how many branches are compared one by one, which is faster than hashing.
const fewBranches = 8

// newTrie returns the trie of leaves, nil if there are none.
func newTrie(leaves []*leaf) *node {
	if len(leaves) == 0 {
		return nil
	}
	root := &node{}
	for _, l := range leaves {
		root.add(l)
	}
	return root
}

func (n *node) add(l *leaf) {
	for _, s := range l.shape {
		switch s.kind {
		case rest:
			n.rest = l
			return
		case open:
			if n.open == nil {
				n.open = &node{}
			}
			n = n.open
		default:
			n = n.branch(s.text)
		}
	}
	n.ends = l
}

// branch returns the node after a literal segment, and adds it if necessary.
func (n *node) branch(text string) *node {
	if next := n.literal(text); next != nil {
		return next
	}
	next := &node{}
	if n.many == nil && len(n.few) < fewBranches {
		n.few = append(n.few, branch{text, next})
		return next
	}
	if n.many == nil {
		n.many = map[string]*node{}
		for _, b := range n.few {
			n.many[b.text] = b.node
		}
		n.few = nil
	}
	n.many[text] = next
	return next
}

func (n *node) literal(text string) *node {
	if n.many != nil {
		return n.many[text]
	}
	for i := range n.few {
		if n.few[i].text == text {
			return n.few[i].node
		}
	}
	return nil
}

// find adds every leaf whose shape path has to the search. path begins after a slash.
func (n *node) find(s *search, path string) {
	for {
		if n.rest != nil {
			s.add(n.rest)
		}
		if n.open == nil && len(n.few) == 0 && n.many == nil {
			return
		}
		name, more := path, false
		if end := strings.IndexByte(path, '/'); end >= 0 {
			name, path, more = path[:end], path[end+1:], true
		}
		next := n.literal(name)
		switch {
		case !more:
			if next != nil && next.ends != nil {
				s.add(next.ends)
			}
			// A copy must not match an empty last segment, since httprouter does not.
			if n.open != nil && n.open.ends != nil && (name != "" || !n.open.ends.inRouter) {
				s.add(n.open.ends)
			}
			return
		case next == nil:
			next = n.open
		case n.open != nil:
			n.open.find(s, path)
		}
		if next == nil {
			return
		}
		n = next
	}
}

// maxOverlaps is how many shapes of httprouter may overlap with one of the trie for the trie to
// hold copies of them.
const maxOverlaps = 16

// copyOverlaps adds to the trie of own those leaves of others that overlap with them.
func (n *node) copyOverlaps(own []*leaf, others *node) {
	if others == nil {
		return
	}
	for _, l := range own {
		o := overlaps{budget: 64 * maxOverlaps}
		o.with(others, l.shape)
		if o.budget < 0 || len(o.leaves) > maxOverlaps {
			continue
		}
		l.complete = true
		for _, other := range o.leaves {
			n.add(other)
		}
	}
}

// overlaps collects the leaves whose shapes share a path with one shape.
type overlaps struct {
	leaves []*leaf
	budget int // nodes that may still be visited; negative if some were not
}

// with collects the leaves below n that overlap with what remains of the shape.
func (o *overlaps) with(n *node, shape []segment) {
	if o.budget--; o.budget < 0 {
		return
	}
	if len(shape) == 0 {
		if n.ends != nil {
			o.leaves = append(o.leaves, n.ends)
		}
		return
	}
	if n.rest != nil {
		o.leaves = append(o.leaves, n.rest)
	}
	s, after := shape[0], shape[1:]
	if s.kind == literal {
		if next := n.literal(s.text); next != nil {
			o.with(next, after)
		}
	} else {
		for _, b := range n.few {
			o.descend(b.node, s.kind, after)
		}
		for _, next := range n.many {
			if o.descend(next, s.kind, after); o.budget < 0 {
				return
			}
		}
	}
	if n.open != nil {
		o.descend(n.open, s.kind, after)
	}
}

// descend goes one segment down to n. Below the rest of a shape everything overlaps.
func (o *overlaps) descend(n *node, kind segmentKind, after []segment) {
	if kind == rest {
		o.with(n, nil)
		after = []segment{{kind: rest}}
	}
	o.with(n, after)
}
