package web

import (
	"net/url"
	"strings"

	"github.com/mastaba-go/mastaba/traversal"
)

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

// EscapedPath returns the path as it stood in the request line, below the prefix
// under which the application is mounted. It is what routes and traversal read.
//
// Without RawPath the plain path is its own escaped form unless it holds a percent
// sign, and costs nothing. URL.EscapedPath alone would not do: it drops a RawPath
// with characters that ought to be escaped ("/a%2Fb|c"), and with it turns %2F into
// a slash.
func (r *Request) EscapedPath() string {
	raw := r.URL.RawPath
	if raw == "" && strings.IndexByte(r.URL.Path, '%') < 0 {
		return r.URL.Path
	}
	if plain, err := url.PathUnescape(raw); raw != "" && err == nil && plain == r.URL.Path {
		return raw
	}
	return r.URL.EscapedPath()
}
