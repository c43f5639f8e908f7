// Package views holds the views of an application: how a function becomes one,
// how the one that answers a request is found, and how its value becomes a
// response.
//
// # Views
//
// A view is an ordinary function in one of a few shapes, and its signature says
// what it answers:
//
//	func show(r *web.Request, page *Page) (any, error)        views.On(show)
//	func (p *Page) Show(r *web.Request) (any, error)          views.Of((*Page).Show)
//	func login(r *web.Request) (*web.Response, error)         views.Func(login)
//	func save(r *web.Request, p *Page, in Form) (any, error)  views.OnInput(save)
//	func missing(r *web.Request, e *NoPage) (any, error)      views.Error(missing)
//
// [On] is what most need; [Func] is for routes; [HTTP] takes an http.Handler;
// [Struct] is for several views that share what one request needs. The result is
// a *web.Response, or any value that a response adapter ([AddResponseAdapter]) or
// the view's renderer ([Renderer], "json" unless set) makes one of. An error
// that is returned looks for its own view ([AddError], [AddNotFound],
// [AddForbidden]); an HTTP error returned as the value is the answer.
//
// # Registering
//
// [Add] takes a view and options: its [Name], the [Permission] that it asks for,
// predicates such as [Method] or [Accept], how its value is rendered. Options that
// several views share are a [Group]. Applications call the methods of
// framework.Configurator (config.AddView, …), which forward to the functions here;
// packages that extend applications call the functions.
//
// # Finding
//
// A view is looked for by route, type of the resource and name: the type itself
// first, then what it inherits from ([Inherit]), then interfaces, the narrower
// first, then any. Views of the same type and name are told apart by their
// predicates, more of them first, and of equally many the heavier ([AddPredicate]).
// A predicate never lifts a view above those of a narrower type. Where nothing fits, the [Table] knows why.
//
// # Calling
//
// Every view is wrapped once, while the application is built, by derivers:
//
//	secured_view csrf_view owrapped_view http_cached_view decorated_view rendered_view mapped_view
//
// each of which serves one option: [Permission], [CSRF], [Wrapper], [CacheFor],
// [Decorate], [Renderer], [WithMapper]. [AddDeriver] adds others, with options
// of their own. From within a view, [RenderView] calls another.
//
// # Waiting
//
// A view may wait: it runs on its request's goroutine, and holds up nobody else. Its
// context ends with the client and with a deadline. A deadline or a bound on how
// many run at once is a tween, also for a single view ([Around]). What is to be done
// at the same time is started by package traversal/async. A view that returns a
// future needs the [CoroutineMapper]; one that blocks or burns CPU is kept within
// bounds by the [ExecutorMapper].
package views
