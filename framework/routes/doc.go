// Package routes finds the route of a request: which of the declared patterns its
// path matches.
//
//	routes.Add(c, "login", "/login", views.Method("GET", "POST"))
//	routes.Add(c, "user", `/users/{id:\d+}`)
//	routes.Add(c, "file", "/files/*path")
//	routes.Add(c, "blog", "/blog/*traverse", routes.Root(openBlog))
//
// An application writes config.AddRoute(…) of package framework; extensions call
// Add. The views of a route are registered with views.Route and its name, and see
// what the markers took by Request.Param.
//
// # Order
//
// Routes are tried strictly in the order of their declaration, however specific
// they are: "/users/new" must stand before "/users/{id}". A route whose predicates
// do not hold lets the next one try. Once a route matched, its views answer or
// nothing does; no later route, and no traversal of the path, is tried.
//
// # Patterns
//
// See [Pattern]. Paths are matched decoded, but a slash that was escaped in the
// URL stays inside its segment: "/files/a%2Fb" has two segments.
//
// # Routes into a tree
//
// A matched route has the root of the tree as its resource. A marker called
// "traverse", or [Traverse], makes it walk from there; a marker called "subpath"
// becomes the subpath of a walk that used up its path. [Root] gives a route a tree
// of its own.
//
// # Looking into it
//
// [Table.Routes] lists the routes in matching order, [Table.Explain] tells what
// became of each for one request.
package routes
