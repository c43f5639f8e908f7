// Package framework assembles an application: what was declared with a
// Configurator becomes an App, an http.Handler.
//
//	config := framework.New(framework.Options{Root: openSite})
//	config.AddView(views.On(show))
//	config.AddView(views.On(edit), views.Name("edit"), views.Permission("edit"))
//	config.AddTween("timing", tweens.Wrap(timing))
//	config.Include(blog.Include)
//	app, err := config.App()
//
// A Configurator only records: every directive keeps the file and line of its
// caller, and App resolves them together. Two directives for one thing are a
// conflict, unless one of them stands nearer to the application: what an
// application declares itself overrides what it includes. All conflicts and
// all mistakes are reported at once, and nothing is half-built.
//
// An App takes a request through its tweens to the router, which asks the root
// factory for the tree, walks the path of the URL down it (package
// traversal), and calls the view that fits the resource where the walk ended
// (package views). What comes back is a value, *Response, until the last tween
// has seen it; then it is written. An error travels the same way, and the
// EXCVIEW tween finds the error view for it.
//
// Directives whose types Go's methods cannot express are functions of the
// package that owns their subject and take the Configurator as their first argument:
// registry.Subscribe, views.AddResponseAdapter, views.Inherit, and those of
// other people's packages.
//
// Serve puts an App on the network: with bounds for slow and greedy clients
// that suit the open internet, TLS, probes, and an end that loses no request.
// OnStart and OnStop open and close what the application needs around that.
// An App is an http.Handler as well, for whatever else serves it; then Start
// and Shutdown are the program's to call. Prepare gives jobs and commands a
// request without a server.
//
// Every step of a request may wait. What it starts by async.Go (package
// traversal/async) ends with it: the App waits for that when the response was
// sent, names in the log what does not end, and Shutdown reports what is left.
// Async, given to Include, is for views that are coroutines.
//
// To test an application, see framework/frameworktest.
package framework
