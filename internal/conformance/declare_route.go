package conformance

import (
	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// routeOptions returns the options of a route.
func (b *build) routeOptions(d Directive) []routes.Option {
	var options []routes.Option
	if d.Factory != "" {
		options = append(options, routes.Root(b.root(d.Factory)))
	}
	if d.Traverse != "" {
		options = append(options, routes.Traverse(d.Traverse))
	}
	if d.UseGlobalViews {
		options = append(options, routes.GlobalViews())
	}
	if d.Static {
		options = append(options, routes.GenerateOnly())
	}
	if d.InheritSlash {
		options = append(options, routes.InheritSlash())
	}
	for _, p := range b.predicates(d) {
		options = append(options, p)
	}
	return options
}

// predicates returns the predicates of a view or a route.
func (b *build) predicates(d Directive) []web.Predicate {
	var all []web.Predicate
	for _, p := range d.Predicates {
		predicate, ok := p.predicate()
		if !ok {
			b.unknown("predicate %q", p.Kind)
			continue
		}
		if p.Not {
			predicate = views.Not(predicate)
		}
		all = append(all, predicate)
	}
	return all
}
