// Package explain holds explanations: what an application would do with a request, and why, as
// data, text and HTML. The application gathers them, and the command explain prints them:
//
//	why := app.Explain(httptest.NewRequest("GET", "/save", nil))
//	fmt.Println(why.Outcome.Summary()) // 405 Method Not Allowed (Allow: OPTIONS, POST): …
//	fmt.Println(why)                   // tweens, routes, traversal, views, derivers
//
// Most people need:
//
//   - [Explanation]: everything about one request. Its WriteText, WriteHTML and WriteJSON print it.
//   - [Outcome]: the predicted status, what produces the response, and the error if there is one.
//   - [Route] and [View]: a candidate, and why it was not chosen.
//   - [Step]: the lookup of one name during the traversal.
//   - [DryRun]: reports whether a request is explained, not served. Predicates, subscribers and
//     root factories can check it.
//
// Then read App.Explain in package framework, which says what runs for an explanation and what
// does not. Its example is ExampleApp_Explain; this package has ExampleExplanation.
//
// An explanation is for developers. It shows names, types and errors that no client may see.
// The package imports nothing else of the framework, so tools can read explanations without it.
package explain
