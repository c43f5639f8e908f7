// Package tweens wraps the router of an application. A tween sits between the server and the
// router, and sees every request before it and every response or error after it. The word is
// Pyramid's; other frameworks say middleware. Most tweens are made by [Wrap] from a function around
// the next handler:
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
// Most applications need five names: Wrap, [FromMiddleware] for net/http middleware, [Under] and
// [Over] for the order, and [ExcView], the tween that turns errors into responses. A tween may
// still change a response, because it is sent only when all tweens have returned. Outside ExcView
// errors are responses already, except those without an error view and without a status; under it
// a tween sees the Go error.
//
// What must be on every response, such as a security header, a tween sets in a response callback,
// since the 500 for an error that no view handles is made after the tweens: see
// [web.Request.AddResponseCallback] and ExampleWrap.
//
// To
//
//   - turn errors into responses, do nothing: [ErrorViews] is the built-in ExcView;
//   - find a request in the log, use [RequestID];
//   - log one line per request, use [AccessLog];
//   - make traces or metrics, use package oteltween or promtween, or [Observe] for your own;
//   - compress responses, use [Compress];
//   - let pages of other origins use the application, use [CORS];
//   - protect users by security headers, use [SecurityHeaders];
//   - respond at a deadline, whatever the view does, use [Timeout];
//   - bound the requests in flight, use [Limit];
//   - bound the requests of each client or user, use package ratelimit;
//   - use the registry or return an error from a tween's constructor, use [New].
//
// An application that needs them all adds them from the inside out, without options:
//
//	config.AddTween("limit", tweens.Limit(256, tweens.LimitOptions{}))                 // a straggler keeps its place
//	config.AddTween("timeout", tweens.Timeout(10*time.Second, tweens.TimeoutOptions{})) // includes error views
//	config.AddTween("cors", tweens.CORS(tweens.CORSOptions{Origins: origins}))         // also on 503 and 504
//	config.AddTween("compress", tweens.Compress(tweens.CompressOptions{}))
//	config.AddTween("security headers", tweens.SecurityHeaders(tweens.SecurityHeadersOptions{}))
//	config.AddTween("request id", tweens.RequestID())
//	config.AddTween("metrics", promtween.Observe(promtween.Options{}))
//	config.AddTween("access log", tweens.AccessLog(tweens.AccessLogOptions{}))         // last, so outermost
//
// With Under(ExcView) for limit and timeout, their 503 and 504 are errors for the application's
// error views, which then run without limit and deadline.
//
// Read [Wrap], [Add] and the documentation of the tweens that you use next. ExampleWrap,
// ExampleAdd, ExampleAdd_extension, ExampleSetOrder, ExampleFromMiddleware and ExampleErrorViews
// show how to write and order tweens; ExampleCompress, ExampleCORS, ExampleLimit, ExampleObserve,
// ExampleSecurityHeaders, ExampleTimeout and ExampleTimeoutOptions show the ready ones.
//
// # Order
//
// Tweens lie between [Ingress] and [Main], outermost first. Without options a tween is under
// Ingress, outside all that were added before it, and so outside ExcView. [Under] and [Over] place
// it relative to others. Of several names, those that are registered count:
//
//	config.AddTween("transaction", transaction, tweens.Under(tweens.ExcView))    // sees errors
//	config.AddTween("session", session, tweens.Over("transaction", tweens.Main)) // if there is a transaction
//
// Hints may allow several orders; [SetOrder] sets exactly one. Hints that cannot be satisfied, and
// cycles, are errors of the build, with source locations. [Names] returns the result, and so does
// the introspection category "tweens".
//
// Extensions register tweens with [Add], which takes any [registry.Recorder].
package tweens
