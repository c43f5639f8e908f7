// Package views finds the view for a request, calls it, and turns its value into a response.
//
//	func show(r *web.Request, page *Page) (any, error) { return page, nil }
//
//	config.AddView(views.On(show))
//	config.AddView(views.On(edit), views.Name("edit"), views.Permission("edit"))
//	config.AddView(views.On(save), views.Name("edit"), views.Permission("edit"), views.Method("POST"))
//	config.AddView(views.Func(login), views.Route("login"), views.Renderer("login.html"))
//	config.AddNotFoundView(views.Func(missing))
//
// Most applications need five names: [On] makes a view of a function that takes a resource, [Func]
// of one that takes none; [Name] and [Route] say where it is, and [Method] for which requests. Read
// next: [OnInput] for forms and JSON, [AddError] for error pages, the package example.
//
// Applications call the methods of framework.Configurator (config.AddView). Packages that extend
// applications call the functions here ([Add]).
//
// # Views
//
// The signature of a view says which resources it serves:
//
//	func show(r *web.Request, page *Page) (any, error)        views.On(show)
//	func (p *Page) Show(r *web.Request) (any, error)          views.Of((*Page).Show)
//	func login(r *web.Request) (*web.Response, error)         views.Func(login)
//	func save(r *web.Request, p *Page, in Form) (any, error)  views.OnInput(save)
//	func missing(r *web.Request, e *NoPage) (any, error)      views.Error(missing)
//
// [HTTP] takes an http.Handler; with [Struct] several views share what one request needs. The value
// is a *web.Response, or the view's renderer ("json" by default) makes one of it. A returned error
// looks for an error view.
//
// # Lookup
//
// A view is looked up by route, resource type and view name: the type itself first, then what it
// inherits from ([Inherit]), then interfaces, the narrower first, then any. Predicates choose among
// views of one type and name: more of them first, then the heavier ([AddPredicate]).
//
// # To do X, use Y
//
//   - limit the time or concurrency of one view: [Around], with a tween
//   - change the response of one view: [Decorate]
//   - put a layout around a view: [Wrapper], and [Wrapped] in the layout
//   - call another view: [RenderView]
//   - wrap every view, by an option of your own: [AddDeriver], [Value]
//   - call the function in another way (futures, a worker pool): [WithMapper], [SetMapper]
//   - return a type of your own from views: [AddResponseAdapter]; render templates: [AddRenderer]
//   - choose a view by a condition of your own: [Where]; by what the user may do: [IfPermitted]
//   - ask whether a view may be called, for a menu: [Permitted]; deny from within a view: [Refuse]
//   - do something around every request: a tween
//   - share options between views: [Group]
//   - take the names after the view name: [Subpath]
//
// Each of these wrappers is a deriver with a name. [Info.Layers], the commands views and derivers,
// and explain show their order:
//
//	body_limit_view around_view secured_view csrf_view owrapped_view http_cached_view
//	conditional_view (package views/conditional) decorated_view rendered_view append_slash_view
//	mapped_view
//
// # Examples
//
// Each of On, Of, OnInput, Func, Struct, AddError, ErrorStatus, AddNotFound, AddDeriver,
// AddRenderer, AddResponseAdapter, Around, Decorate, Group, Wrapper, RenderView, Method, Accept,
// Where, Containment, AddPredicate, AddAcceptOrder, Inherit, Order, Mapper, CoroutineMapper,
// ExecutorMapper, IfPermitted and Table.Predict has an example.
package views
