// Package frameworktest tests applications without a server.
//
//	func TestFrontPage(t *testing.T) {
//		root := frameworktest.Root(frameworktest.Tree{"wiki/Front": &Page{Text: "hi"}})
//		app := frameworktest.New(t, configure(root))
//		got := app.Get("/wiki/Front", frameworktest.As("alice")).Status(http.StatusOK)
//		assert.Equal(t, "hi", got.Body)
//	}
//
// Here configure is the function of the application that returns its Configurator, so that the test
// runs what the program runs. Most people need:
//
//   - [New]: builds the application, or ends the test with all errors of the configuration.
//   - [App]: sends requests with Get, Post, Request and Send.
//   - [Response]: its Status method ends the test on another status, Decode reads JSON.
//   - [Form], [File] and [JSON]: bodies of requests.
//   - [Tree] and [Policy]: resources and users from literals.
//   - [App.Transcript]: requests and responses, one a line, for tests of who may do what.
//
// A transcript with users and access lists, which [NewAccess] reads from text, fits on a page:
//
//	app.Transcript(`
//		GET /wiki/Front            -> 200
//		alice GET /wiki/Front/edit -> 200
//		bob GET /wiki/Front/edit   -> 403, denied by entry 2 of /wiki
//	`)
//
// Then read [Browser], which keeps cookies, for logins, sessions and forged requests, [Log], which
// records what the application logs, and [App.Events]. The examples are ExampleNew,
// ExampleApp_Post, ExampleApp_Transcript and ExampleBrowser.
//
// Requests go through ServeHTTP with everything around the views: tweens, error views, callbacks.
// To get the response as a value, or the error that no view handled, call Do of the embedded
// framework.App. Redirects are not followed (see Response.Follow); only a Browser keeps cookies.
package frameworktest
