package routes

// node is a place in the trie of shapes, reached by some segments. A literal and
// an open segment may stand side by side: both ways are gone.
type node struct {
	few  []branch         // literal segments, as long as they are few
	many map[string]*node // literal segments otherwise
	open *node
	ends *leaf // shapes that end here
	rest *leaf // shapes that take all that follows
}

type branch struct {
	text string
	node *node
}

// fewBranches is up to where comparing beats hashing.
const fewBranches = 8

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

// branch finds the node behind a literal segment, or makes it.
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

// find notes down every leaf that takes the path, whose first segments led here.
func (n *node) find(s *search, depth int) {
	for ; depth < s.count; depth++ {
		if n.rest != nil {
			s.leaves = append(s.leaves, n.rest)
		}
		var next *node
		if len(n.few) > 0 || n.many != nil {
			next = n.literal(s.path[s.cuts[depth] : s.cuts[depth+1]-1])
		}
		switch {
		case next == nil:
			next = n.open
		case n.open != nil:
			n.open.find(s, depth+1)
		}
		if next == nil {
			return
		}
		n = next
	}
	if n.ends != nil {
		s.leaves = append(s.leaves, n.ends)
	}
}
