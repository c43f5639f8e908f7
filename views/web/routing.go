package web

import "github.com/mastaba-go/mastaba/traversal"

// RootFactory gives the root of the resource tree for one request: that of the
// application, or that of one route. It is called after BeforeTraversal and may
// wait, under the request's context. A nil resource stands for an empty tree. An
// error is the request's error. It is called by many goroutines at once.
type RootFactory func(r *Request) (traversal.Resource, error)

// Routes is what views need to know of the routes of an application. The table of
// routes provides it as a component; without routes there is none.
type Routes interface {
	// RouteNames returns the names of all routes, in the order in which they are matched.
	RouteNames() []string
	// HasRoute tells whether there is a route of this name.
	HasRoute(name string) bool
	// MatchesPath tells whether the pattern of any route takes the escaped path,
	// whatever its predicates say.
	MatchesPath(escaped string) bool
}
