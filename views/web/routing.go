package web

import (
	"fmt"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web/internal/segments"
)

// RootFactory returns the root of the resource tree for one request, of the application or of one
// route. It is called after [BeforeTraversal], from many goroutines at once, and may block on
// r.Context(). A nil resource is an empty tree. An error becomes that of the request.
type RootFactory func(r *Request) (traversal.Resource, error)

// Routes is what package views needs of the routes of an application. The table of routes is
// registered as this component; without routes there is none.
type Routes interface {
	// RouteNames returns the names of all routes, in matching order.
	RouteNames() []string
	// HasRoute reports whether a route has this name.
	HasRoute(name string) bool
	// LacksSlash reports whether the pattern of any route, whatever its predicates, matches the
	// escaped path with a slash at its end. A star that matches the path as it is does not count.
	LacksSlash(escaped string) bool
	// Refused returns the routes whose pattern matches the path of r although they were not chosen,
	// in matching order: before the route that matched, those of which a predicate fails; after it,
	// if it has predicates, all, since other requests for the path may reach them. It checks all
	// predicates of these routes. It is for the response to a request that nothing handles.
	Refused(r *Request) []RefusedRoute
}

// RefusedRoute is a route whose pattern matches a path, but that was not chosen.
type RefusedRoute struct {
	*Routed
	Failed []Predicate // those that do not hold; never empty before the route that matched
	Later  bool        // the route comes after the one that matched
}

var _ fmt.Stringer = RefusedRoute{}

// String names the route and the first predicate that does not hold.
func (f RefusedRoute) String() string {
	text := fmt.Sprintf("route %q %s", f.Route, f.Pattern)
	if len(f.Failed) > 0 {
		text += ": " + f.Failed[0].String() + " does not hold"
	}
	return text
}

// EscapedPath returns the path of the request line, below the prefix at which the application is
// mounted. Routes and traversal use it.
//
// It differs from URL.EscapedPath in two ways: it keeps a RawPath that has characters which should
// be escaped ("/a%2Fb|c"), where net/url escapes the Path anew and loses the %2F; and it costs
// nothing if there is neither a RawPath nor a percent sign.
func (r *Request) EscapedPath() string { return segments.Escaped(r.URL) }
