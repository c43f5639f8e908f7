package views

import (
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// AcceptAcrossTypes lets the Accept header choose among the views of all types that a resource has:
// a page for its own type, and JSON for an interface that it implements. Views with [Accept] are
// then tried first, by the client's preference; of equally good ones, that for the most specific
// type. After them, and for clients without the header, the order is as always.
//
// The client then reaches a view for a wider type although the more specific type has a view of its
// own. The permission that counts is that of the view which is called: give both theirs.
//
// Without it Accept chooses among views of one type, as in Pyramid: every view of a more specific
// type is tried before.
func AcceptAcrossTypes(c registry.Recorder) {
	cfg := c.Directive()
	cfg.Declare(registry.Declaration{
		Category: "accept across types", ID: "accept across types", Remedy: "declare it once", Phase: registry.Phase1,
		Run: func(_ *registry.Config, reg *registry.Registry) error {
			TableOf(reg).resources.across = true
			return nil
		},
	})
}

// mergeOffers puts a step before all others with the offers of all of them, those of more specific
// types first. A chain whose first step alone has offers needs none.
func (c *chain) mergeOffers() {
	merged := &multiview{merged: true}
	for part := c; part != nil; part = part.behind {
		for _, s := range part.steps {
			for _, o := range s.offers {
				o.convert = s.convert
				merged.offers = append(merged.offers, o)
			}
		}
	}
	if len(merged.offers) > 0 && len(merged.offers) > len(c.steps[0].offers) {
		c.steps = append([]step{{multiview: merged}}, c.steps...)
		c.chosen, c.flat, c.sole = true, nil, nil
	}
}

// picks returns the offers of the step to try, best first.
func (s step) picks(r *web.Request) []*offer {
	if s.merged && len(r.Header["Accept"]) == 0 {
		return nil
	}
	return preferred(r, s.offers)
}
