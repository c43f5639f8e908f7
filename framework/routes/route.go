package routes

import (
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// Route is one route of an application. It is shared by all requests: nothing
// that belongs to one of them is ever stored in it.
type Route struct {
	Name         string
	Pattern      *Pattern
	Predicates   []web.Predicate // asked in this order, after the pattern
	Root         web.RootFactory // nil: that of the application
	Traverse     *Pattern        // made into the path to walk; nil: by the marker "traverse", if there is one
	GlobalViews  bool            // views without a route answer as well
	GenerateOnly bool            // never matches; true for routes with a host of their own
	BodyLimit    int64           // in place of the application's bound for bodies; 0: that one, below zero: none
	Pregenerate  Pregenerator    // changes what a URL is made of; may be nil
	Source       registry.Source

	external     *external
	routed       *web.Routed
	order        int32 // place in the table
	walks, fills bool  // the pattern has a marker "traverse", "subpath"
}

// Routed is what the matches of the route have in common; nil while the application
// is built.
func (rt *Route) Routed() *web.Routed { return rt.routed }

// External returns the scheme and host of a route whose URLs lead to another server, such as
// "https://example.com", or "//example.com" for the scheme of the request; "" for all others.
func (rt *Route) External() string {
	if rt.external == nil {
		return ""
	}
	return rt.external.String()
}

// Walk says where the walk of a matched request goes: the names of the path from
// the root, never nil, and the subpath for a walk that uses them up.
func (rt *Route) Walk(m *web.Match) (names, subpath []string) {
	if rt.walks || rt.Traverse != nil {
		names = m.Names(traverseMarker)
	}
	if names == nil {
		names = nowhere
	}
	if rt.fills {
		subpath = m.Names(subpathMarker)
	}
	return names, subpath
}

const (
	traverseMarker = "traverse"
	subpathMarker  = "subpath"
)

var nowhere = []string{}
