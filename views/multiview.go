package views

import (
	"math/big"
	"reflect"
	"slices"

	"github.com/mastaba-go/mastaba/views/internal/condition"
	"github.com/mastaba-go/mastaba/views/internal/mediatype"
	"github.com/mastaba-go/mastaba/views/internal/ranking"
	"github.com/mastaba-go/mastaba/views/web"
)

// multiview holds the views of one slot for one type, which differ only in their predicates:
// Pyramid's multi-view.
type multiview struct {
	typ     reflect.Type // nil: any
	members []*registration
	byID    map[identity]int // index into members; nil once complete

	// Once complete:
	bare   []*registration // without Accept, in the order in which they are tried
	offers []offer         // with Accept, in the server's order
	merged bool            // the offers are those of other multiviews: see mergeOffers
}

// offer is a media type and the views that offer it, in the order in which they are tried.
type offer struct {
	mediaType string
	views     []*registration
	convert   func(any) (any, error) // that of the step, if the offers of several are merged
}

func (g *multiview) add(reg *registration) {
	id := reg.identity()
	if at, known := g.byID[id]; known {
		g.members[at] = reg
		return
	}
	g.byID[id] = len(g.members)
	g.members = append(g.members, reg)
}

// freeze sorts the members.
func (g *multiview) freeze(kinds *ranking.Scale, serverList []string) {
	g.byID = nil
	ranked := slices.Clone(g.members)
	if len(ranked) > 1 {
		orders := make(map[*registration]*big.Int, len(ranked))
		for _, reg := range ranked {
			orders[reg] = kinds.Order(kindsOf(reg.info.Predicates))
		}
		slices.SortStableFunc(ranked, func(a, b *registration) int { return orders[a].Cmp(orders[b]) })
	}
	for _, reg := range ranked {
		reg.sortChecks(kinds)
		if reg.accept == "" {
			g.bare = append(g.bare, reg)
			continue
		}
		at := slices.IndexFunc(g.offers, func(o offer) bool { return o.mediaType == reg.accept })
		if at < 0 {
			at = len(g.offers)
			g.offers = append(g.offers, offer{mediaType: reg.accept})
		}
		g.offers[at].views = append(g.offers[at].views, reg)
	}
	g.sortOffers(serverList)
}

func kindsOf(ps []web.Predicate) []string {
	kinds := make([]string, len(ps))
	for i, p := range ps {
		kinds[i] = p.Kind()
	}
	return kinds
}

// sortOffers sorts the offers by the server's preference; those that weigh the same stay in order
// of registration.
func (g *multiview) sortOffers(serverList []string) {
	if len(g.offers) < 2 {
		return
	}
	var mediaTypes []string
	for _, reg := range g.members {
		if reg.accept != "" && !slices.Contains(mediaTypes, reg.accept) {
			mediaTypes = append(mediaTypes, reg.accept)
		}
	}
	mediatype.Sort(mediaTypes, serverList)
	slices.SortFunc(g.offers, func(a, b offer) int {
		return slices.Index(mediaTypes, a.mediaType) - slices.Index(mediaTypes, b.mediaType)
	})
}

// sortChecks sets checks.
func (reg *registration) sortChecks(kinds *ranking.Scale) {
	checks := slices.DeleteFunc(slices.Clone(reg.info.Predicates), func(p web.Predicate) bool {
		return p.Kind() == kindAccept && !p.Negated() // its views are chosen by the offer
	})
	slices.SortStableFunc(checks, func(a, b web.Predicate) int { return kinds.Place(a.Kind()) - kinds.Place(b.Kind()) })
	reg.checks = checks
	reg.methods, reg.rest = condition.MethodsOf(checks)
}

// unconditional reports whether a member matches every request: then no less specific view is
// ever tried.
func (g *multiview) unconditional() bool {
	return slices.ContainsFunc(g.bare, func(reg *registration) bool { return len(reg.checks) == 0 })
}

// fits reports whether the predicates other than Accept hold. It checks the method of the request
// first.
func (reg *registration) fits(r *web.Request, method condition.MethodSet) (bool, error) {
	if reg.methods&method == 0 {
		return false, nil
	}
	if len(reg.rest) == 0 && method != condition.Other { // nearly always
		return true, nil
	}
	return reg.fitsRest(r, method)
}

func (reg *registration) fitsRest(r *web.Request, method condition.MethodSet) (bool, error) {
	checks := reg.rest
	if method == condition.Other {
		checks = reg.checks
	}
	for i := range checks {
		if ok, err := checks[i].Holds(r); !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

// failing checks all predicates, including Accept, and returns those that do not hold or fail with
// an error.
func (reg *registration) failing(r *web.Request) []web.Predicate {
	var failed []web.Predicate
	for _, p := range reg.info.Predicates {
		if ok, err := p.Holds(r); !ok || err != nil {
			failed = append(failed, p)
		}
	}
	if method := methodOf(r); condition.ExplicitOnly(method) && condition.Allows(reg.info.Predicates, method) && !reg.takes(method) {
		failed = append(failed, implicitMethods)
	}
	return failed
}

// preferred returns the offers that the client accepts, by its preference, then in the server's
// order.
func preferred(r *web.Request, offers []offer) []*offer {
	if len(offers) == 0 { // the Accept header has no say
		return nil
	}
	web.Drive(r).SetNegotiated()
	return mediatype.Preferred(r, offers, func(o *offer) string { return o.mediaType })
}
