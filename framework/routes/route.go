package routes

import (
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// Route is one route of an application. All requests share it, so it never holds anything that
// belongs to one of them.
type Route struct {
	Name         string
	Pattern      *Pattern
	Predicates   []web.Predicate // checked in this order, after the pattern
	Root         web.RootFactory // nil for that of the application
	Traverse     *Pattern        // gives the path to traverse; nil for the marker "traverse", if any
	GlobalViews  bool            // views without a route may handle its requests as well
	GenerateOnly bool            // never matches; true for routes with a host of their own
	BodyLimit    int64           // limits request bodies; 0 means the application's limit, negative no limit
	Pregenerate  Pregenerator    // changes the parameters of its URLs; may be nil
	Source       registry.Source

	external    *external
	routed      *web.Routed
	order       int32 // place in the table
	hasTraverse bool  // the pattern has a marker "traverse"
	hasSubpath  bool  // the pattern has a marker "subpath"
	simple      bool  // see Simple
}

// Routed returns what the matches of the route have in common; nil while the application is built.
func (rt *Route) Routed() *web.Routed { return rt.routed }

// External returns the scheme and host of a route whose URLs lead to another server, such as
// "https://example.com", or "//example.com" for the scheme of the request; "" for all others.
func (rt *Route) External() string {
	if rt.external == nil {
		return ""
	}
	return rt.external.String()
}

// Stays reports whether the path to traverse after a match has no names, nor a subpath.
func (rt *Route) Stays() bool { return !rt.hasTraverse && !rt.hasSubpath && rt.Traverse == nil }

// Simple reports whether the route stays, and has neither a root factory nor a limit of bodies. Its
// requests then get the resource that all requests without a root factory get. It is known once the
// application is built.
func (rt *Route) Simple() bool { return rt.simple }

// Walk returns the path to traverse after a match of r: the names from the root, never nil, and the
// subpath of the result if traversal uses up the names.
func (rt *Route) Walk(r *web.Request) (names, subpath []string) {
	names = noNames
	if rt.hasTraverse || rt.Traverse != nil {
		if names = r.Match().Names(traverseMarker); names == nil {
			names = noNames
		}
	}
	if rt.hasSubpath {
		subpath = r.Match().Names(subpathMarker)
	}
	return names, subpath
}

const (
	traverseMarker = "traverse"
	subpathMarker  = "subpath"
)

var noNames = []string{}

// holds reports whether the route's predicates hold for r.
func (rt *Route) holds(r *web.Request) (bool, error) {
	for i := range rt.Predicates {
		if ok, err := rt.Predicates[i].Holds(r); !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}
