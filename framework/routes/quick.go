package routes

import (
	"math"
	"strings"
)

// quickMarkers is how many markers a route can have that quick finds.
const quickMarkers = 6

// only returns the only route of the shape, if it matches every path of that shape, whatever the
// rest of the request, and its markers are whole segments; otherwise nil.
func (l *leaf) only() *Route {
	rt := l.routes[0].route
	m := rt.Pattern.match
	if len(l.routes) > 1 || len(rt.Predicates) > 0 || rt.Traverse != nil || m.whole != nil || m.markers > quickMarkers {
		return nil
	}
	for i := range m.pieces {
		if m.pieces[i].mode != wholeSegment || m.pieces[i].rest {
			return nil
		}
	}
	return rt
}

// finishQuick computes what quick needs to know, and returns the lowest order of the routes at the
// node or below.
func (n *node) finishQuick() int32 {
	n.lowest = math.MaxInt32
	for _, l := range []*leaf{n.ends, n.rest} {
		if l != nil {
			n.lowest = min(n.lowest, l.routes[0].route.order)
		}
	}
	if n.ends != nil {
		n.only = n.ends.only()
	}
	for _, b := range n.literals.list {
		n.lowest = min(n.lowest, b.node.finishQuick())
	}
	if n.open != nil {
		n.lowest = min(n.lowest, n.open.finishQuick())
	}
	return n.lowest
}

// noRoute is what quick returns if certainly no route matches.
var noRoute = new(Route)

// quick is the search for most paths, in one pass: it returns the route that matches first, and
// sets spans to what its markers matched. It goes down the trie along one line, to a literal
// segment rather than to an open one. If it certainly ends outside the trie, it returns noRoute. It
// returns nil, for the whole search to decide, if another line may lead to a route, if the path
// needs a closer look, or if a route that it has passed by was declared earlier.
func (n *node) quick(path string, spans *[quickMarkers]span) *Route {
	if n == nil || path == "" || path[0] != '/' {
		return nil
	}
	passed := int32(math.MaxInt32) // the lowest order of the routes passed by
	opens := 0
	for i := 1; ; {
		if n.rest != nil {
			passed = min(passed, n.rest.routes[0].route.order)
		}
		var next *node
		end := i
		few := n.literals.slots == nil && n.literals.byMap == nil
		if few {
			for j := range n.literals.list {
				b := &n.literals.list[j]
				if strings.HasPrefix(path[i:], b.text) && (i+len(b.text) == len(path) || path[i+len(b.text)] == '/') {
					next, end = b.node, i+len(b.text)
					break
				}
			}
		}
		if next == nil {
			odd := byte(0)
			for ; end < len(path) && path[end] != '/'; end++ {
				odd |= path[end] | (path[end] - 1)
			}
			if odd >= 0x80 { // not ASCII, or a NUL
				return nil
			}
			if !few {
				next = n.literals.find(path[i:end])
			}
		}
		if open := n.open; open != nil {
			if next != nil {
				passed = min(passed, open.lowest)
			} else if end > i && opens < quickMarkers {
				spans[opens] = spanOf(i, end)
				next = open
				opens++
			}
		}
		switch {
		case next == nil && n.open == nil, next != nil && next.ends == nil && end == len(path):
			if passed == math.MaxInt32 && plainASCII(path) {
				return noRoute
			}
			return nil
		case next == nil:
			return nil
		case end == len(path):
			if next.only == nil || next.only.order > passed {
				return nil
			}
			return next.only
		}
		n, i = next, end+1
	}
}
