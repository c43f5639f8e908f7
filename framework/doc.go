// Package framework builds a web application: a [Configurator] records what the application
// consists of, and its method App turns that into an http.Handler.
//
//	func main() {
//		config := framework.New(framework.Options{})
//		config.AddRoute("hello", "/hello/{name}")
//		config.AddView(views.Func(hello), views.Route("hello"))
//		app, err := config.App()
//		if err != nil {
//			log.Fatal(err) // conflicts and mistakes, each with file and line
//		}
//		if err := framework.Serve(context.Background(), app, server.Options{Addr: ":6543"}); err != nil {
//			log.Fatal(err)
//		}
//	}
//
//	func hello(r *framework.Request) (*framework.Response, error) {
//		return r.Text("Hello, " + r.Param("name")), nil
//	}
//
// The five names that most people need:
//
//   - [New] takes [Options], among them the root of the resource tree, and returns a Configurator.
//   - [Configurator]: AddView, AddRoute, AddTween and Include may be called in any order.
//   - [App] handles requests. Explain says what it would do with one.
//   - [Serve] serves an App until SIGTERM, without losing a request.
//   - [Request], which every view receives; web.Request is the same type.
//
// Read next package views, then views/web, then framework/frameworktest. To find something:
//
//	to do this                                    look in package
//	write a view, a predicate, a renderer         views
//	read a request, build a response, HTTP error  views/web
//	render HTML                                   views/templates
//	read forms                                    views/forms
//	serve files                                   views/static
//	translate texts                               views/i18n
//	declare a route, constrain a path segment     framework/routes
//	make a resource tree                          traversal
//	start goroutines in a request                 traversal/async
//	wrap all requests: log, limit, compress       tweens
//	subscribe to events, write an extension       registry
//	set limits, TLS, timeouts of the server       framework/server
//	add a command line to the program             framework/cli
//	identify users, decide permissions            framework/security, traversal/acl
//	keep sessions                                 framework/session
//	refuse forms of other sites (CSRF)            framework/security (NewCSRF, CrossOrigin)
//	learn why a request got its response          framework/explain
//	test without a server                         framework/frameworktest
//
// The examples are Example (a whole application), ExampleConfigurator_Include,
// ExampleConfigurator_App_errors, ExampleConfigurator_AddRoute, ExampleServe, ExampleApp_Prepare
// and ExampleApp_Explain.
//
// # Configuration
//
// A call such as AddView only records, with the file and line of its caller; App resolves all of
// them together. In one error it reports all mistakes, all conflicts, and what is wrong with the
// order of tweens. What shows only while views are prepared, such as an unknown renderer, is
// included unless there are mistakes. What the application registers itself overrides what it
// includes. Two packages that register the same thing conflict.
//
// # A request
//
// A request passes the tweens and reaches the router. The router matches a route, calls the root
// factory, walks the path from the root (package traversal), and calls the view that fits the
// resource it found. The response is a value until the last tween has seen it; then it is sent. An
// error returns the same way, until the tween EXCVIEW calls the error view for it.
package framework
