// Package web is one HTTP exchange: the [Request] with what the framework learned
// about it, the [Response] as a value, errors that know their status, and the
// small interfaces by which the rooms around it meet: [SecurityPolicy], [Runtime],
// [CSRFPolicy], [Predicate].
//
// It lies under views because views are what most of its users write, and because
// the top level of the module is fixed; it imports nothing of package views, and
// tweens use it without knowing views.
//
// A view or a tween is a function that takes a *Request and returns a response or
// an error:
//
//	func show(r *web.Request) (*web.Response, error) {
//		name := r.Param("name")
//		if name == "" {
//			return nil, web.NotFound("no such page")
//		}
//		return r.Text("hello " + name), nil
//	}
//
// # Request
//
// Request embeds *http.Request: headers, URL, body and cookies are net/http's.
// On top of that, [Request.Resource], [Request.Match] and [Request.Param] tell
// what was found; [Request.Parameters] what the client sent along;
// [Request.Identity] and [Request.Permits] who is asking and what they may do; a
// [Key] is a typed attribute that is computed at most once. [Request.Context]
// carries the request, so code far below finds it with [FromContext].
// [Request.HTTP] gives the *http.Request for code that knows net/http only.
//
// # URLs
//
// [Request.RouteURL], [Request.CurrentRouteURL] and [Request.ResourceURL], and their
// neighbours named Path, make URLs that lead back; [With], [Query], [Elements] and the
// other options say what is in them. They begin with what the client sees of the
// application: [Request.ApplicationURL] knows what trusted proxies say, and the prefix
// that http.StripPrefix took off. [ParamAs] reads a route's marker as a typed value.
//
// # Response
//
// [Request.Text], [Request.HTML], [Request.JSON], [Request.Bytes],
// [Request.Redirect] and [Request.Empty] make the usual answers. Everything else
// begins with [Respond] and the setters: [Response.SetReader] for files,
// [Response.SetStream] for what is made while it is sent, [Response.SetHandler]
// for an http.Handler that takes the connection over. Nothing reaches the client
// before the tweens are done, so a tween may still change all of it.
//
// # Errors
//
// Each status has a constructor: [NotFound], [Forbidden], [SeeOther],
// [MethodNotAllowed] and so on, [Status] for any code. They are errors to return.
// An application's own error takes part by a method Status() int. The client
// sees the detail that was written for it, and never a cause. A panic is a
// [PanicError] once [Guard] or the framework has caught it.
package web
