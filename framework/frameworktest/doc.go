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
//
// Then read [Log], which records what the application logs, and [App.Events]. The examples are
// ExampleNew and ExampleApp_Post.
//
// Requests go through ServeHTTP with everything around the views: tweens, error views, callbacks.
// To get the response as a value, or the error that no view handled, call Do of the embedded
// framework.App. Redirects are not followed and cookies are not kept.
package frameworktest
