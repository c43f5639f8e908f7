package views

import (
	"reflect"
	"slices"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/internal/condition"
	"github.com/mastaba-go/mastaba/views/web"
)

// takes reports whether the view handles requests with the method, as far as its Method predicates
// decide.
func (reg *registration) takes(method string) bool {
	if reg.info.ErrorOnly {
		return condition.Allows(reg.info.Predicates, method)
	}
	return condition.Takes(reg.info.Predicates, method)
}

// implicitMethods is what a view without a Method predicate fails for CONNECT and TRACE.
var implicitMethods = web.NewPredicate(kindMethod, "any but CONNECT and TRACE", func(r *web.Request) (bool, error) {
	return !condition.ExplicitOnly(methodOf(r)), nil
})

// chainFor returns the chain for a request's method and resource.
func (s *slot) chainFor(ts *types, method condition.MethodSet, res traversal.Resource) *chain {
	c := s.fixed
	if c == nil {
		c = s.chain(ts, reflect.TypeOf(res))
	}
	if method&condition.Explicit != 0 {
		return c.naming(method.Name())
	}
	return c
}

// naming returns the chain of the views that take a method.
func (c *chain) naming(method string) *chain {
	others := func(reg *registration) bool { return !reg.takes(method) }
	narrow := &chain{tie: c.tie, chosen: true}
	for _, s := range c.steps {
		g := *s.multiview
		g.bare = slices.DeleteFunc(slices.Clone(g.bare), others)
		g.offers = slices.Clone(g.offers)
		for i := range g.offers {
			g.offers[i].views = slices.DeleteFunc(slices.Clone(g.offers[i].views), others)
		}
		narrow.steps = append(narrow.steps, step{&g, s.convert})
	}
	if c.behind != nil {
		narrow.behind = c.behind.naming(method)
	}
	return narrow
}
