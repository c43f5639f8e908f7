// Package frameworktest tests applications without a server: requests in one
// line, trees from literals, a policy that says who is asking, recorded
// events and logs.
//
//	app := frameworktest.New(t, configure(frameworktest.Tree{"wiki/Front": &Page{Text: "hi"}}))
//	got := app.Get("/wiki/Front", frameworktest.As("alice")).Status(http.StatusOK).Text
//
// New builds what a function of the application itself declares, so that the
// test runs what the program runs. The application answers through ServeHTTP,
// all of it: tweens, error views, callbacks, HEAD. For the response as a value,
// or the error that nothing answered, call Do of the embedded framework.App.
package frameworktest
