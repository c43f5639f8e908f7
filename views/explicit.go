package views

import (
	"net/http"
	"reflect"
	"slices"

	"github.com/mastaba-go/mastaba/views/web"
)

// Only a view that names CONNECT or TRACE handles it, see [Method]: a 200 to CONNECT opens a
// tunnel, and TRACE is to send back the request (RFC 9110, 9.3.6 and 9.3.8).

// explicitOnly reports whether only views that name the method handle it.
func explicitOnly(method string) bool {
	return method == http.MethodConnect || method == http.MethodTrace
}

// takes reports whether the view handles requests with the method, as far as its Method predicates
// decide.
func (reg *registration) takes(method string) bool {
	if reg.info.ErrorOnly {
		return allows(reg.info.Predicates, method)
	}
	return takes(reg.info.Predicates, method)
}

// takes reports whether a view or route with these predicates handles requests with the method.
func takes(predicates []web.Predicate, method string) bool {
	return allows(predicates, method) && (!explicitOnly(method) || slices.ContainsFunc(predicates, func(p web.Predicate) bool {
		_, ok := p.Data().(methods)
		return ok && !p.Negated()
	}))
}

// implicitMethods is what a view without a Method predicate fails for CONNECT and TRACE.
var implicitMethods = web.NewPredicate(kindMethod, "any but CONNECT and TRACE", func(r *web.Request) (bool, error) {
	return !explicitOnly(methodOf(r)), nil
})

// chainFor returns the chain for the type of a request's resource.
func (s *slot) chainFor(ts *types, r *web.Request, t reflect.Type) *chain {
	c := s.chain(ts, t)
	if explicitOnly(r.Method) {
		return c.naming(r.Method)
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
