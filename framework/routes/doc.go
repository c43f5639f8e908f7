// Package routes matches requests to routes by their path, and generates the URLs of routes.
//
// An application declares routes with config.AddRoute of package framework, and gives each its
// views:
//
//	config := framework.New(framework.Options{})
//	config.AddRoute("login", "/login", views.Method("GET", "POST"))
//	config.AddRoute("user", `/users/{id:\d+}`)
//	config.AddRoute("file", "/files/*path")
//	config.AddRoute("blog", "/blog/*traverse", routes.Root(openBlog))
//	config.AddView(views.Func(showUser), views.Route("user"))
//
//	func showUser(r *framework.Request) (any, error) { return loadUser(r.Context(), r.Param("id")) }
//
// Most applications need five names:
//
//   - [Pattern] describes the syntax of patterns;
//   - [Root] gives a route a resource tree of its own, and [Traverse] says where to go in it;
//   - [GenerateOnly] declares a route that only generates URLs;
//   - [Add] declares a route like config.AddRoute, for extensions.
//
// Read [Add] and [Pattern] next, then web.Request.Param and web.Request.RouteURL. The Examples are
// Example (matching), Example_urls, ExamplePatternError and ExampleTable_Explain.
//
// # Order
//
// Routes are tried strictly in the order of their declaration, however specific they are:
// "/users/new" must come before "/users/{id}". A route whose predicates do not hold is skipped.
// Once a route has matched, only its views can handle the request: no later route is tried, and the
// path is not traversed.
//
// # Paths
//
// Patterns match the decoded path, but a slash that was escaped in the URL stays inside its
// segment: "/files/a%2Fb" has two segments.
//
// # Routes into a tree
//
// The resource of a matched route is the root of the tree. A marker called "traverse", or the
// option [Traverse], makes the request traverse from there; a marker called "subpath" becomes the
// subpath of a traversal that used up its path. [Root] gives a route a tree of its own.
//
// # Inspection
//
// [TableOf] returns the routes of an application: [Table.Routes] lists them in matching order,
// [Table.Explain] returns which ones were tried for a request and why each did not match.
//
// # Implementation
//
// A pattern has a shape (index.go), which a trie searches by; if all routes are fixed paths,
// httprouter first rules out paths that no route has. A compiled matcher (compile.go, matcher.go)
// then decides, without regular expressions where possible.
package routes
