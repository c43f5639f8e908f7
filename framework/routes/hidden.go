package routes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// maxTried limits how many earlier routes are compared with one route.
const maxTried = 100

// warn warns of routes that match no request, because an earlier route certainly takes every path
// that they match. It finds the usual cases and reports no false ones: it compares expressions as
// texts.
func (t *Table) warn(reg *registry.Registry) {
	same := map[string]*Route{} // by pattern without the names of its markers
	for _, rt := range t.routes {
		key := rt.Pattern.nameless()
		earlier := t.hiding(rt)
		if earlier == nil && same[key] != nil && same[key].refusesNoMore(rt) {
			earlier = same[key]
		}
		if same[key] == nil {
			same[key] = rt
		}
		if earlier != nil {
			reg.Warn(rt.Source, fmt.Sprintf("route %q matches no request: route %q (%s) is tried before it, and its pattern %q matches every path that %q does: "+
				"register it first, narrow the other pattern, or add routes.GenerateOnly() if it only generates URLs",
				rt.Name, earlier.Name, earlier.Source, earlier.Pattern, rt.Pattern))
		}
	}
}

// hiding returns an earlier route that takes every path of rt, or nil if it finds none.
func (t *Table) hiding(rt *Route) *Route {
	m := rt.Pattern.match
	if m.whole != nil {
		return nil
	}
	var s search
	s.begin(t.index, m.sample())
	for range maxTried {
		earlier := s.next()
		if earlier == nil || earlier.order >= rt.order {
			return nil
		}
		// Without pieces, the sample is the only path of the route.
		if earlier.refusesNoMore(rt) && (len(m.pieces) == 0 || earlier.Pattern.match.covers(m)) {
			return earlier
		}
	}
	return nil
}

// refusesNoMore reports whether each predicate of the route is one of the other, too.
func (rt *Route) refusesNoMore(other *Route) bool {
	return !slices.ContainsFunc(rt.Predicates, func(p web.Predicate) bool {
		return !slices.ContainsFunc(other.Predicates, func(q web.Predicate) bool { return p.String() == q.String() })
	})
}

// sample returns a path that matches every pattern which covers m.
func (m *matcher) sample() string {
	var b strings.Builder
	for _, s := range m.shape {
		b.WriteByte('/')
		if s.kind == literal {
			b.WriteString(s.text)
		} else {
			b.WriteByte('x')
		}
	}
	return b.String()
}

// covers reports whether m certainly matches every path that other matches.
func (m *matcher) covers(other *matcher) bool {
	if m.whole != nil {
		return false
	}
	for i, own := range m.shape {
		if own.kind == rest {
			p := m.pieceAt(i)
			return i < len(other.shape) && p.mode == oneClass && p.prefix == "" && p.slots[0].class == starClass && p.slots[0].after == ""
		}
		if i == len(other.shape) || !m.coversSegment(i, other) {
			return false
		}
	}
	return len(m.shape) == len(other.shape)
}

// coversSegment reports whether segment i of m matches whatever that of other matches.
func (m *matcher) coversSegment(i int, other *matcher) bool {
	own, its := m.shape[i], other.shape[i]
	switch {
	case own.kind == literal:
		return its.kind == literal && its.text == own.text
	case m.pieceAt(i).mode != wholeSegment || its.kind == rest:
		return false
	case its.kind == literal:
		return its.text != ""
	}
	return !other.pieceAt(i).matchesEmpty()
}

// pieceAt returns the piece of an open segment or of the rest.
func (m *matcher) pieceAt(i int) *piece {
	at := slices.IndexFunc(m.pieces, func(p piece) bool { return p.at == i })
	return &m.pieces[at]
}

// nameless returns the pattern as text without the names of its markers.
func (p *Pattern) nameless() string {
	var b strings.Builder
	for _, t := range p.tokens {
		fmt.Fprintf(&b, "%q%q%t%t;", t.Literal, t.Expr, t.Marker != "", t.Star)
	}
	return b.String()
}
