// Package tweens wraps the router of an application: a tween sits between the server and the router, and does something
// with every request on its way in, with every response or error on its way out. The word is Pyramid's; other frameworks
// call it middleware.
//
// A tween is a handler around the next one. Most are made by [Wrap]:
//
//	func timing(next web.Handler) web.Handler {
//		return func(r *web.Request) (*web.Response, error) {
//			start := time.Now()
//			resp, err := next(r)
//			if err == nil {
//				resp.SetHeader("Server-Timing", fmt.Sprintf("app;dur=%d", time.Since(start).Milliseconds()))
//			}
//			return resp, err
//		}
//	}
//
//	config.AddTween("timing", tweens.Wrap(timing))
//
// A response is a value, so a tween may still change it; an error is a Go error until the tween [ExcView] turns it into a
// response, and tweens inside of that one see the error itself. What needs the registry is made by [New]; net/http
// middleware becomes a tween by [FromMiddleware].
//
// # Order
//
// Tweens lie between [Ingress] and [Main], outermost first. One that is added without hints is under Ingress, further
// out than all before it, and so outside of ExcView. [Under] and [Over] place it by the names of others; several names
// are fallbacks, of which those that are there count:
//
//	config.AddTween("transaction", transaction, tweens.Under(tweens.ExcView))               // sees errors as errors
//	config.AddTween("session", session, tweens.Over("transaction", tweens.Main))            // if there is a transaction
//	config.AddTween("access log", tweens.AccessLog(tweens.AccessLogOptions{}))              // outermost, for it comes last
//
// Hints are a best effort; [SetOrder] is the way to get exactly one order. Hints that cannot be met, and circles, are errors
// of the build that say what is there and where it was written. [Names] lists the result, and so does the introspection
// category "tweens".
//
// # Which one
//
//   - [ErrorViews] is the built-in ExcView. An application has it without doing anything.
//   - [RequestID] puts the id of the request into the response.
//   - [AccessLog] writes a line for each request.
//   - [Observe] tells of each request to what makes traces and metrics: packages oteltween and promtween.
//   - [Compress] makes bodies smaller.
//   - [CORS] lets pages of other origins use the application.
//   - [Timeout] answers 504 at a deadline, whatever the view does.
//   - [Limit] lets a bounded number of requests in, and a bounded number wait.
//
// An application that has them all adds them from the inside out, each without hints:
//
//	config.AddTween("limit", tweens.Limit(256, tweens.LimitOptions{}))                 // keeps the place of a view that goes on
//	config.AddTween("timeout", tweens.Timeout(10*time.Second, tweens.TimeoutOptions{})) // also of error views
//	config.AddTween("cors", tweens.CORS(tweens.CORSOptions{Origins: origins}))         // decorates 503 and 504, too
//	config.AddTween("compress", tweens.Compress(tweens.CompressOptions{}))
//	config.AddTween("request id", tweens.RequestID())
//	config.AddTween("metrics", promtween.Observe(promtween.Options{}))
//	config.AddTween("access log", tweens.AccessLog(tweens.AccessLogOptions{}))         // outermost, for it comes last
//
// With Under(ExcView) for limit and timeout their 503 and 504 are errors, which the application's error views answer; what
// those do is outside of both then.
//
// Extensions register theirs by [Add], which takes any [registry.Recorder].
package tweens
