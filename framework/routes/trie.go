package routes

import "strings"

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

// find notes down every leaf that takes the path, of which what follows a slash is
// given.
func (n *node) find(s *search, path string) {
	for {
		if n.rest != nil {
			s.note(n.rest)
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
				s.note(next.ends)
			}
			// An echo is as blind to an empty segment at the end as httprouter.
			if n.open != nil && n.open.ends != nil && (name != "" || !n.open.ends.served) {
				s.note(n.open.ends)
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

// echoes is how many shapes of httprouter may overlap with one of the trie for the
// trie to have them as well.
const echoes = 16

// echo adds to the trie of own leaves those leaves of others that overlap with them.
func (n *node) echo(own []*leaf, others *node) {
	if others == nil {
		return
	}
	for _, l := range own {
		o := overlap{budget: 64 * echoes}
		o.with(others, l.shape)
		if o.budget < 0 || len(o.leaves) > echoes {
			continue
		}
		l.closed = true
		for _, echo := range o.leaves {
			n.add(echo)
		}
	}
}

// overlap is the shapes which share a path with one shape.
type overlap struct {
	leaves []*leaf
	budget int // nodes that may still be looked at; negative: not all were
}

// with looks below n, where all but shape has been compared.
func (o *overlap) with(n *node, shape []segment) {
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
			o.into(b.node, s.kind, after)
		}
		for _, next := range n.many {
			if o.into(next, s.kind, after); o.budget < 0 {
				return
			}
		}
	}
	if n.open != nil {
		o.into(n.open, s.kind, after)
	}
}

// into goes one segment down. Below the rest of a shape everything overlaps.
func (o *overlap) into(n *node, kind segmentKind, after []segment) {
	if kind == rest {
		o.with(n, nil)
		after = []segment{{kind: rest}}
	}
	o.with(n, after)
}
