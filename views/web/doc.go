// Package web is one HTTP exchange: the [Request], the [Response] as a value, errors with a status,
// and the small interfaces through which the packages around it work together.
//
//	func show(r *web.Request) (*web.Response, error) {
//		p, err := r.Parameters()
//		if err != nil {
//			return nil, err
//		}
//		name, ok := p.Get("name")
//		if !ok {
//			return nil, web.BadRequest("name is missing")
//		}
//		return r.Text("hello " + name), nil
//	}
//
// A function of this type is a [Handler]; views and tweens are made of them. Most people need five
// names: [Request], [Response], [NotFound] and its siblings, [Key], and [Query] with the other
// options of URLs.
//
// Read next: package views for registering views, package tweens for code around them. The examples
// are Example, ExampleKey, ExampleHTTPError, ExampleStatusError, ExampleParamAs,
// ExampleFromContext, ExampleRequest_Response, ExampleRequest_RouteURL, ExampleRequest_ResourceURL,
// ExampleKeepQuery, ExampleResponse_SetReader, ExampleResponse_SetStream,
// ExampleResponse_SetHandler, ExampleParseAccept, ExampleNewPredicate and
// ExampleParseTrustedProxies.
//
// # Request
//
// Request embeds *http.Request. [Request.Resource], [Request.Match] and [Request.Param] return what
// traversal and routing found; [Request.Parameters] returns query and form; [Request.Identity] and
// [Request.Permits] identify the user and check permissions. A [Key] is a typed attribute, computed
// at most once. [Request.Context] carries the request, which [FromContext] finds in it.
// [Request.HTTP] returns an *http.Request for other code.
//
// A header that many ask for is read once per request, until it changes, and only if somebody asks:
// Accept, and what trusted proxies say. The media type in Content-Type is read in bounded time.
// Other headers are read where they decide: Accept-Encoding by the tween Compress, conditions and
// ranges by whatever serves the content, cookies by net/http at each call, so keep what you read in
// a Key.
//
// # Response
//
// [Request.Text], [Request.HTML], [Request.JSON], [Request.Bytes], [Request.Redirect] and
// [Request.Empty] return the common responses. Others begin with [Respond]: [Response.SetReader] is
// for files, [Response.SetStream] for output produced while it is sent, [Response.SetHandler] for
// an http.Handler. Nothing is sent before the tweens are done, so they can still change everything.
//
// # Errors
//
// [NotFound], [Forbidden], [SeeOther] and so on, and [Status] for other codes, are errors to
// return. An error of your own needs only a method Status() int. Clients see the detail, never the
// cause. A panic becomes a [PanicError].
//
// # URLs
//
// [Request.RouteURL], [Request.CurrentRouteURL] and [Request.ResourceURL] generate absolute URLs,
// and [Request.RoutePath] and so on only paths. They begin with [Request.ApplicationURL], which
// takes trusted proxies and http.StripPrefix into account. [ParamAs] converts what a marker
// matched.
//
// # For frameworks
//
// [Begin], [Drive], [Application], [Runtime], [Routes] and [URLs] connect requests to an
// application. Views never need them; tests that do without an application do.
//
// The package lies below views, whose authors use it most, but does not import it, so that tweens
// can use it without knowing views.
package web
