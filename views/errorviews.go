package views

import (
	"reflect"

	"github.com/mastaba-go/mastaba/views/web"
)

// Which view answers an error.
//
// The whole tree of the error is looked at: what it unwraps to, joined errors
// included, outermost first. At each place (the matched route, then none) come:
//
//  1. views for the type of one of these errors, or for interfaces that it has
//     (other than error itself), for each error in turn,
//  2. views for ranges of statuses (ErrorStatus), narrower first,
//  3. without a route: the plain answer of HTTP errors,
//  4. views for any error.
//
// errors.As alone would not do: error fits every wrapper and would beat all.

// errorType is what every error is.
var errorType = reflect.TypeFor[error]()

// statusGroup is the error views of one range of statuses.
type statusGroup struct {
	lo, hi int
	multiview
}

func (g *statusGroup) width() int { return g.hi - g.lo }

// treeOf lists err and all that it wraps, outermost first.
func treeOf(err error) []error {
	tree := []error{err}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		if inner := e.Unwrap(); inner != nil {
			tree = append(tree, treeOf(inner)...)
		}
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			if inner != nil {
				tree = append(tree, treeOf(inner)...)
			}
		}
	}
	return tree
}

// answering is one part of the search for an error view: groups, and the error
// that their views receive.
type answering struct {
	chain chain
	err   error
}

// answering is where the views for an error are looked for: before the plain
// answer of HTTP errors, and after it.
func (t *Table) answering(r *web.Request, err error) (specific, general []answering) {
	if len(t.errors.slots) == 0 {
		return nil, nil
	}
	tree := treeOf(err)
	if match := r.Match(); match != nil {
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

// specific are the groups of s for the errors of the tree and their status,
// without those for any error.
func (s *slot) specific(ts *types, err error, tree []error) []answering {
	var parts []answering
	if len(s.groups) > 0 && s.fixed == nil {
		for _, e := range tree {
			c := *s.chain(ts, reflect.TypeOf(e))
			if last := len(c.steps) - 1; last >= 0 && c.steps[last].typ == nil {
				c.steps, c.flat = c.steps[:last], nil
			}
			if len(c.steps) > 0 || c.tie != nil {
				parts = append(parts, answering{c, e})
			}
		}
	}
	status, _ := web.StatusOf(err)
	for _, g := range s.ranges {
		if g.lo <= status && status <= g.hi {
			parts = append(parts, answering{chain{steps: []step{{multiview: &g.multiview}}}, err})
		}
	}
	return parts
}

// general is the group of s for any error.
func (s *slot) general(err error) []answering {
	if g := s.byType[nil]; g != nil {
		return []answering{{chain{steps: []step{{multiview: g}}}, err}}
	}
	return nil
}
