package views

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync/atomic"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/internal/condition"
	"github.com/mastaba-go/mastaba/views/internal/ranking"
	"github.com/mastaba-go/mastaba/views/web"
)

// Lookup by type.
//
// The views of one slot (a route and a name) are grouped by type into multiviews. For a resource of
// type T they are tried in this order:
//
//  1. T itself,
//  2. the types that it inherits from, see Inherit,
//  3. the interfaces that T or one of those types implements: I before J if J's methods are a
//     proper subset of I's,
//  4. any.
//
// If neither of two interfaces is narrower (Content and Container, for a Book that implements
// both), Order declares which is tried first; it can also put an interface before an inherited
// type. Without it they are a tie, and a search that reaches a tie ends with an error. A multiview
// with a view that matches every request ends this search, so a tie behind it does no harm. Views
// behind it are tried only if that view does not handle the request after all: it returned
// ErrMismatch, or the method is CONNECT or TRACE. There, ties are tried in order of registration.
//
// A chain is computed once for each type and slot: when the table is completed for types with views
// of their own, for others when the first such resource is met. The number of chains is limited by
// the types of the program and the slots of the table, whatever clients request.

// slot holds the views of one place.
type slot struct {
	place  place
	groups []*multiview // in order of registration; those of error statuses are apart
	byType map[reflect.Type]*multiview
	ranges []*statusGroup // of error views by status, narrower first
	across bool           // the Accept header chooses among views of all types
	deep   *slot          // the views that take a subpath: nil if there are none, s itself if all do

	fixed  *chain // for every type, if all views are for any
	chains atomic.Pointer[map[reflect.Type]*chain]
}

func newSlot(at place) *slot { return &slot{place: at, byType: map[reflect.Type]*multiview{}} }

func (s *slot) add(reg *registration) {
	if reg.info.status != [2]int{} {
		s.group(reg).add(reg)
		return
	}
	typ := groupType(reg)
	g := s.byType[typ]
	if g == nil {
		g = &multiview{typ: typ, byID: map[identity]int{}}
		s.byType[typ] = g
		s.groups = append(s.groups, g)
	}
	g.add(reg)
}

// group returns the multiview for a status range.
func (s *slot) group(reg *registration) *multiview {
	for _, g := range s.ranges {
		if g.lo == reg.info.status[0] && g.hi == reg.info.status[1] {
			return &g.multiview
		}
	}
	g := &statusGroup{lo: reg.info.status[0], hi: reg.info.status[1], multiview: multiview{typ: reg.info.Resource, byID: map[identity]int{}}}
	s.ranges = append(s.ranges, g)
	return &g.multiview
}

// all returns the multiviews of the slot, including those for status ranges.
func (s *slot) all() []*multiview {
	groups := slices.Clone(s.groups)
	for _, g := range s.ranges {
		groups = append(groups, &g.multiview)
	}
	return groups
}

// each yields the views by type until yield returns false. It reports whether it yielded all.
func (s *slot) each(yield func(*registration) bool) bool {
	for _, g := range s.groups {
		for _, reg := range g.members {
			if !yield(reg) {
				return false
			}
		}
	}
	return true
}

// groupType returns the type of a view's multiview: nil for any, and for an error view for error.
func groupType(reg *registration) reflect.Type {
	t := reg.info.Resource
	switch {
	case t == nil, t.Kind() == reflect.Interface && t.NumMethod() == 0, reg.info.ErrorOnly && t == errorType:
		return nil
	default:
		return t
	}
}

// freeze sorts the views, computes the chains of types known by now, and reports ties of types
// declared by Resource.
func (s *slot) freeze(ts *types, kinds *ranking.Scale, offers []string) error {
	for _, g := range s.all() {
		g.freeze(kinds, offers)
	}
	slices.SortStableFunc(s.ranges, func(a, b *statusGroup) int {
		if a.width() == 0 && b.width() == 0 {
			return a.lo - b.lo // 401 before 403: see specific
		}
		return a.width() - b.width()
	})
	if only := s.byType[nil]; only != nil && len(s.groups) == 1 {
		s.fixed = &chain{refusal: new(atomic.Pointer[refusal])}
		s.fixed.add(only, nil)
		return nil
	}
	chains := make(map[reflect.Type]*chain, len(s.groups))
	for t := range s.byType {
		if t != nil && t.Kind() != reflect.Interface {
			chains[t] = s.newChain(ts, t)
		}
	}
	s.chains.Store(&chains)
	if s.interfaces() < 2 {
		return nil
	}
	var errs []error
	for _, t := range ts.Declared() {
		if tie := s.chain(ts, t).tie; tie != nil {
			src, _ := ts.Source(t)
			errs = append(errs, &registry.Mistake{Source: src, Err: registry.Missing(tie, registry.Ref{Category: categoryOrders, ID: t},
				registry.Ref{Category: categoryViews}, registry.Ref{Category: categoryInherited})})
		}
	}
	return errors.Join(errs...)
}

// interfaces returns how many interfaces the slot has views for.
func (s *slot) interfaces() (n int) {
	for t := range s.byType {
		if t != nil && t.Kind() == reflect.Interface {
			n++
		}
	}
	return n
}

// chain returns the chain for a type.
func (s *slot) chain(ts *types, t reflect.Type) *chain {
	if s.fixed != nil {
		return s.fixed
	}
	known := s.chains.Load()
	if known == nil {
		return unfinished
	}
	if c, ok := (*known)[t]; ok {
		return c
	}
	c := s.newChain(ts, t)
	for {
		wider := maps.Clone(*known)
		wider[t] = c
		if s.chains.CompareAndSwap(known, &wider) {
			return c
		}
		known = s.chains.Load()
	}
}

// chain lists the multiviews for a type, most specific first.
type chain struct {
	steps []step
	tie   error // the error of a search that passes the last step; nil if there is no tie

	sole *registration // the only view, if it matches every request
	flat []stepView    // all views in order; nil if some are chosen by the Accept header

	chosen bool // some views are chosen by the Accept header

	refusal *atomic.Pointer[refusal] // see refusalOf; nil in error views

	behind *chain // the multiviews behind one with a view that matches every request; nil if there are none
}

// stepView is a view of a step.
type stepView struct {
	*registration
	convert func(any) (any, error)
}

// unfinished is the chain of every type until the table is complete.
var unfinished = &chain{tie: errors.New("view lookup before the application is built: the view table is not complete")}

// step is a multiview, and the conversion of the resource for its views.
type step struct {
	*multiview
	convert func(any) (any, error) // nil: as it is
}

// newChain computes the chain for t, which is nil for no resource.
func (s *slot) newChain(ts *types, t reflect.Type) *chain {
	c := &chain{refusal: new(atomic.Pointer[refusal])}
	if t == nil {
		c.add(s.byType[nil], nil)
		return c
	}
	last := c
	add := func(g *multiview, convert func(any) (any, error)) {
		if last.ends() {
			last.behind = &chain{}
			last = last.behind
		}
		last.add(g, convert)
	}
	line := ts.Of(t)
	order := ts.Preference(t, line)
	for _, typ := range order {
		if g := s.byType[typ]; g != nil {
			add(g, line.As(typ))
		}
	}
	var open []*multiview
	for _, g := range s.groups {
		if g.typ != nil && g.typ.Kind() == reflect.Interface && !slices.Contains(order, g.typ) && line.Fits(g.typ) {
			open = append(open, g)
		}
	}
	for len(open) > 0 {
		first, second := narrowest(open)
		if second != nil && !c.ends() {
			c.tie = tied(t, first, second)
			return c
		}
		open = slices.DeleteFunc(open, func(g *multiview) bool { return g == first })
		add(first, line.As(first.typ))
	}
	if g := s.byType[nil]; g != nil {
		add(g, nil)
	}
	if s.across {
		c.mergeOffers()
	}
	return c
}

// ends reports whether the last multiview has a view that matches every request.
func (c *chain) ends() bool {
	return len(c.steps) > 0 && c.steps[len(c.steps)-1].unconditional()
}

// add appends a multiview, which may be nil.
func (c *chain) add(g *multiview, convert func(any) (any, error)) {
	if g == nil {
		return
	}
	c.steps = append(c.steps, step{g, convert})
	if len(g.offers) > 0 {
		c.chosen, c.flat = true, nil
	}
	if !c.chosen {
		for _, view := range g.bare {
			c.flat = append(c.flat, stepView{view, convert})
		}
	}
	if len(c.steps) == 1 && len(g.members) == 1 && g.unconditional() {
		c.sole = g.bare[0]
	}
}

// narrowest returns the first multiview with an interface of which no other is narrower, and the
// second one, if any.
func narrowest(groups []*multiview) (first, second *multiview) {
	for _, g := range groups {
		if slices.ContainsFunc(groups, func(other *multiview) bool { return narrower(other.typ, g.typ) }) {
			continue
		}
		if first != nil {
			return first, g
		}
		first = g
	}
	return first, nil
}

// narrower reports whether a has all methods of b, and more.
func narrower(a, b reflect.Type) bool { return a != b && a.Implements(b) && !b.Implements(a) }

func tied(t reflect.Type, a, b *multiview) error {
	one, two := a.members[0].info, b.members[0].info
	return fmt.Errorf("%s and %s both serve %s, and neither %s nor %s is narrower: add views.Order[%s](c, …), or a view for %s itself\n    declared at %s\n    and at %s",
		one, two, t, a.typ, b.typ, t, t, one.Source, two.Source)
}

// cursor goes through the views of a chain in the order in which they are tried.
type cursor struct {
	steps []step // not yet started
	at    step
	left  []*registration // rest of the present list
	bare  bool            // the views without Accept are still to come
	picks []*offer        // offers still to come, best first
}

func (c *chain) cursor() cursor { return cursor{steps: c.steps} }

// next returns the next view; nil at the end.
func (c *cursor) next(r *web.Request) *registration {
	for {
		switch {
		case len(c.left) > 0:
			next := c.left[0]
			c.left = c.left[1:]
			return next
		case len(c.picks) > 0:
			if c.at.merged {
				c.at.convert = c.picks[0].convert
			}
			c.left, c.picks = c.picks[0].views, c.picks[1:]
		case c.bare:
			c.left, c.bare = c.at.bare, false
		case len(c.steps) > 0:
			c.at, c.steps, c.bare = c.steps[0], c.steps[1:], true
			if len(c.at.offers) > 0 {
				c.picks = c.at.picks(r)
			}
		default:
			return nil
		}
	}
}

// find returns the first matching view of the chain and the conversion of its resource, nil if
// there is none. The error is a predicate's, or a tie.
func (c *chain) find(r *web.Request) (*registration, func(any) (any, error), error) {
	cur, method := c.cursor(), condition.MethodOf(r.Method)
	for view := cur.next(r); view != nil; view = cur.next(r) {
		ok, err := view.fits(r, method)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", view.info, err)
		}
		if ok {
			return view, cur.at.convert, nil
		}
	}
	if c.behind != nil {
		return c.behind.find(r)
	}
	return nil, nil, c.tie
}
