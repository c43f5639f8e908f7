package views

import (
	"net/http"
	"reflect"
	"slices"

	"github.com/mastaba-go/mastaba/views/internal/errortree"
	"github.com/mastaba-go/mastaba/views/web"
)

// Lookup of error views.
//
// The search covers the whole tree of the error: what it unwraps to, joined errors included,
// outermost first. For the matched route, then for no route, it tries
//
//  1. views for the type of one of these errors, or for an interface that it implements (other than
//     error itself), for each error in turn,
//  2. views for ranges of statuses (ErrorStatus), narrower first; a 401 for a denied permission is
//     also for the views of 403 (AddForbidden), after those of 401,
//  3. without a route: the default response of HTTP errors,
//  4. views for any error.
//
// errors.As is not enough: a view for error would match every wrapper, and always be chosen.

var errorType = reflect.TypeFor[error]()

// statusGroup holds the error views for one range of statuses.
type statusGroup struct {
	lo, hi int
	multiview
}

func (g *statusGroup) width() int { return g.hi - g.lo }

// is reports whether the group is for one status.
func (g *statusGroup) is(status int) bool { return g.lo == status && g.hi == status }

// isDenied reports whether an error is about a denied permission.
func isDenied(tree []error) bool {
	return slices.ContainsFunc(tree, func(err error) bool { _, is := err.(*DeniedError); return is })
}

// errorSearch is one part of the search for an error view: a chain, and the error for its views.
type errorSearch struct {
	chain chain
	err   error
}

// searchFor returns the parts of the search before the default response of HTTP errors, and those
// after it.
func (t *Table) searchFor(r *web.Request, err error) (specific, general []errorSearch) {
	if len(t.errors.slots) == 0 {
		return nil, nil
	}
	tree := errortree.Of(err)
	if match := web.Drive(r).Routed(); match != nil {
		if s := t.errors.at(match.Route, ""); s != nil {
			specific = append(s.specific(t.types, err, tree), s.general(err)...)
		}
	}
	if s := t.errors.at("", ""); s != nil {
		specific = append(specific, s.specific(t.types, err, tree)...)
		general = s.general(err)
	}
	return specific, general
}

// specific returns the views of s for the errors of the tree and for the status, without those for
// any error.
func (s *slot) specific(ts *types, err error, tree []error) []errorSearch {
	var parts []errorSearch
	if len(s.groups) > 0 && s.fixed == nil {
		for _, e := range tree {
			c := s.chain(ts, reflect.TypeOf(e)).withoutAny()
			if len(c.steps) > 0 || c.tie != nil {
				parts = append(parts, errorSearch{c, e})
			}
		}
	}
	status, _ := web.StatusOf(err)
	for _, g := range s.ranges {
		if g.lo <= status && status <= g.hi || status == http.StatusUnauthorized && g.is(http.StatusForbidden) && isDenied(tree) {
			parts = append(parts, errorSearch{chain{steps: []step{{multiview: &g.multiview}}}, err})
		}
	}
	return parts
}

// withoutAny returns the chain without the views for any error.
func (c *chain) withoutAny() chain {
	own := *c
	if last := len(c.steps) - 1; last >= 0 && c.steps[last].typ == nil {
		own.steps, own.flat, own.sole = c.steps[:last], nil, nil
	}
	if c.behind != nil {
		behind := c.behind.withoutAny()
		own.behind = &behind
	}
	return own
}

// general returns the views of s for any error.
func (s *slot) general(err error) []errorSearch {
	if g := s.byType[nil]; g != nil {
		return []errorSearch{{chain{steps: []step{{multiview: g}}}, err}}
	}
	return nil
}
