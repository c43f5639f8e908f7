package routes

// node is a place in the trie of shapes, reached by some segments. A literal and an open segment
// may stand side by side; a search follows both.
type node struct {
	literals literals
	open     *node
	ends     *leaf // the shape that ends here
	rest     *leaf // the shape that ends with the rest

	only   *Route // of ends: see leaf.only
	lowest int32  // the lowest order of the routes here and below
}

// newTrie returns the trie of leaves, nil if there are none.
func newTrie(leaves []*leaf) *node {
	if len(leaves) == 0 {
		return nil
	}
	root := &node{}
	for _, l := range leaves {
		root.add(l)
	}
	root.finish()
	root.finishQuick()
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
			next := n.literals.find(s.text)
			if next == nil {
				next = &node{}
				n.literals.add(s.text, next)
			}
			n = next
		}
	}
	n.ends = l
}

func (n *node) finish() {
	n.literals.finish()
	for _, b := range n.literals.list {
		b.node.finish()
	}
	if n.open != nil {
		n.open.finish()
	}
}

// find adds to the search every leaf below the node whose shape the path has from segment i on. A
// nil node finds nothing.
func (n *node) find(s *search, starts []int32, i int) {
	for n != nil {
		if n.rest != nil {
			s.add(n.rest)
		}
		var next *node
		if len(n.literals.list) > 0 {
			next = n.literals.find(s.path[starts[i] : starts[i+1]-1])
		} else if n.open == nil {
			return
		}
		if i++; i == s.count {
			if next != nil && next.ends != nil {
				s.add(next.ends)
			}
			if n.open != nil && n.open.ends != nil {
				s.add(n.open.ends)
			}
			return
		}
		if next == nil {
			next = n.open
		} else if n.open != nil {
			n.open.find(s, starts, i)
		}
		n = next
	}
}
