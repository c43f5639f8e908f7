package conformance

import (
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// view registers a view, for any of the four directives. It leaves out views with a name that we
// refuse, so that the rest of the application can be played.
func (b *build) view(c registry.Recorder, d Directive) {
	if d.misnamed() {
		return
	}
	call := d.Behavior.view(d.View)
	switch {
	case d.Do == "add_view" && d.View == "" && d.Renderer == nil:
		views.Add(c, views.View{})
		return
	case d.View == "" && d.Renderer != nil: // an empty object
		call = func(r *web.Request) (any, error) { return map[string]any{}, nil }
	case d.View == "": // the default response
		call = func(r *web.Request) (any, error) { return r.Err(), nil }
	}
	options := b.options(d)
	switch {
	case d.Do == "add_notfound_view":
		views.AddNotFound(c, errorView("HTTPNotFound", call), options...)
	case d.Do == "add_forbidden_view":
		views.AddForbidden(c, errorView("HTTPForbidden", call), options...)
	case d.Do == "add_exception_view":
		views.AddError(c, errorView(d.errorClass(), call), options...)
	case d.ExceptionOnly:
		views.AddError(c, errorView(d.Context, call), options...)
	case isErrorClass(d.Context):
		views.Add(c, errorView(d.Context, call), options...)
	default:
		view, ok := resourceView(d.Context, call)
		if !ok {
			b.unknown("context %q", d.Context)
			return
		}
		views.Add(c, view, options...)
	}
}

// errorClass returns the error class that the view is for, "" for a view of resources.
func (d Directive) errorClass() string {
	switch {
	case d.Do == "add_notfound_view":
		return "HTTPNotFound"
	case d.Do == "add_forbidden_view":
		return "HTTPForbidden"
	case d.Do == "add_exception_view" && d.Context == "":
		return "Exception"
	case isErrorClass(d.Context):
		return d.Context
	}
	return ""
}

// options returns the options of a view.
func (b *build) options(d Directive) []views.Option {
	options := append(d.csrfOption(), b.renderOptions(d)...)
	if d.Name != "" {
		options = append(options, views.Name(d.Name))
	}
	if d.RouteName != "" {
		options = append(options, views.Route(d.RouteName))
	}
	if d.AppendSlash.On {
		options = append(options, d.AppendSlash.option())
	}
	switch d.Permission {
	case "":
	case "NO_PERMISSION_REQUIRED":
		options = append(options, views.NoPermission())
	default:
		options = append(options, views.Permission(d.Permission))
	}
	for _, p := range b.predicates(d) {
		options = append(options, p)
	}
	return options
}

// option returns the framework's option.
func (a AppendSlash) option() views.Option {
	if a.Redirect == "" {
		return views.AppendSlash()
	}
	return views.AppendSlash(httpClasses[a.Redirect].low)
}

// predicate returns the framework's predicate, not negated yet.
func (p Predicate) predicate() (web.Predicate, bool) {
	switch p.Kind {
	case "xhr":
		return views.XHR(p.Truth), true
	case "request_method":
		return views.Method(p.Values...), true
	case "path_info":
		return views.PathInfo(p.Values[0]), true
	case "request_param":
		return views.Param(p.Values...), true
	case "header":
		return views.Header(p.Values...), true
	case "accept":
		return views.Accept(p.Values[0], p.Values[1:]...), true
	case "containment":
		return containment(p.Values[0])
	case "match_param":
		return views.MatchParam(p.Values...), true
	case "physical_path":
		return views.PhysicalPath(p.Values[0], p.Values[1:]...), true
	case "is_authenticated":
		return views.Authenticated(p.Truth), true
	case "effective_principals":
		return views.Principals(p.Values...), true
	}
	header, ok := customKinds[p.Kind]
	if !ok {
		return web.Predicate{}, false
	}
	return views.Where(p.Kind, func(r *web.Request) (bool, error) {
		return r.Header.Get(header) == p.Values[0], nil
	}, p.Values[0]), true
}

func containment(class string) (web.Predicate, bool) {
	switch class {
	case "Root":
		return views.Containment[*Root](), true
	case "Folder":
		return views.Containment[*Folder](), true
	case "Book":
		return views.Containment[*Book](), true
	case "Document":
		return views.Containment[*Document](), true
	case "Image":
		return views.Containment[*Image](), true
	case "IContainer":
		return views.Containment[IContainer](), true
	case "IContent":
		return views.Containment[IContent](), true
	case "IResource":
		return views.Containment[IResource](), true
	}
	return web.Predicate{}, false
}

// resourceView returns a view for a class, an interface, or any resource.
func resourceView(class string, call func(*web.Request) (any, error)) (views.View, bool) {
	switch class {
	case "":
		return views.Func(call), true
	case "Root":
		return on[*Root](call), true
	case "Folder":
		return on[*Folder](call), true
	case "Book":
		return on[*Book](call), true
	case "Document":
		return on[*Document](call), true
	case "Image":
		return on[*Image](call), true
	case "IContainer":
		return on[IContainer](call), true
	case "IContent":
		return on[IContent](call), true
	case "IResource":
		return on[IResource](call), true
	}
	return views.View{}, false
}

func on[R any](call func(*web.Request) (any, error)) views.View {
	return views.On(func(r *web.Request, _ R) (any, error) { return call(r) })
}

// errorView returns a view for a class of errors, by type or by status.
func errorView(class string, call func(*web.Request) (any, error)) views.View {
	switch class {
	case "AppError":
		return of[*AppError](call)
	case "StorageError":
		return of[*StorageError](call)
	case "Timeout":
		return of[*Timeout](call)
	case "InputError":
		return of[*InputError](call)
	case "OtherError":
		return of[*OtherError](call)
	case "URLDecodeError":
		return of[*web.PathError](call)
	case "ValueError":
		return of[*views.NoResponseError](call)
	case "BadCSRFToken":
		return of[*security.BadCSRFToken](call)
	case "BadCSRFOrigin":
		return of[*security.BadCSRFOrigin](call)
	case "Exception":
		return of[error](call)
	}
	status := httpClasses[class]
	return views.ErrorStatus(status.low, status.high, func(r *web.Request, _ error) (any, error) { return call(r) })
}

func of[E error](call func(*web.Request) (any, error)) views.View {
	return views.Error(func(r *web.Request, _ E) (any, error) { return call(r) })
}
