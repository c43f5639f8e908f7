package views

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"

	"github.com/mastaba-go/mastaba/registry"
)

// Add registers a view. The view's type and the options say what it serves. Without [Method] it
// takes every method except CONNECT and TRACE: POST too. Two views with the same type, name, route
// and predicates conflict.
//
// A view for an error type also handles errors of that type, unless it has a name. The default
// permission and the default CSRF check do not apply to it then.
func Add(c registry.Recorder, v View, opts ...Option) {
	record(c.Directive(), v, anything, opts)
}

// AddError registers a view that handles errors only. v is an Error or ErrorStatus view, or one
// without a type, which handles what no other error view does, except HTTP errors: those have a
// default response, which only an [ErrorStatus] view or one for their type replaces. It has no
// name. The default permission and the default CSRF check do not apply to it.
//
// r.Response() starts with the status and the headers of the error (Allow of a 405, Retry-After),
// 500 for an error without a status; the view may set others. Errors without a status, such as
// panics, are handled by views for their type and for any error, not by [ErrorStatus].
func AddError(c registry.Recorder, v View, opts ...Option) {
	record(c.Directive(), v, errorOnly, opts)
}

// AddNotFound registers the error view for errors with status 404: no view was found, or a view
// returned such an error. v is a Func view, or one that takes an error. The status of the response
// starts as 404, see [AddError].
func AddNotFound(c registry.Recorder, v View, opts ...Option) {
	record(c.Directive(), v, use{errors: true, status: http.StatusNotFound, directive: "AddNotFoundView"}, opts)
}

// AddForbidden registers the error view for errors with status 403: a permission was denied, or a
// view returned such an error. It also handles the 401 for a denied permission (see [Refuse]),
// unless there is an [ErrorStatus] view for 401 alone. v is a Func view, or one that takes an
// error; a [*DeniedError] in it says what was denied. The response starts with the status of the
// error and, for a 401, with its challenges: see [AddError]. So a page with a form to log in needs
// no more.
func AddForbidden(c registry.Recorder, v View, opts ...Option) {
	record(c.Directive(), v, use{errors: true, status: http.StatusForbidden, directive: "AddForbiddenView"}, opts)
}

// use is what a directive uses a view for.
type use struct {
	errors    bool   // errors only
	status    int    // errors of this status only
	directive string // as an application calls it, for error texts
}

var (
	anything  = use{directive: "AddView"}
	errorOnly = use{errors: true, directive: "AddErrorView"}
)

// record implements the four directives. A view is checked when it is declared, and derived when
// the application is built, once all derivers, renderers and defaults are known.
func record(cfg *registry.Config, v View, u use, opts []Option) {
	info, err := declared(cfg.Source(), v, u, opts)
	if info == nil { // nobody knows what it serves
		cfg.Declare(registry.Declaration{Category: categoryViews, Type: "view", Err: err})
		return
	}
	cfg.Report(err) // and declare what is known of the view, so that it is not missing
	key := predicateKey(info.Predicates)
	cfg.Declare(registry.Declaration{
		Category: categoryViews, Type: "view", ID: identityOf(info, key), Title: info.String(), Subject: info.String(),
		Fields: introspectedFields(info), Related: relatedTo(info),
		Remedy: "add a predicate",
		Phase:  registry.Phase3,
		Run: func(c *registry.Config, reg *registry.Registry) error {
			c.Report(publish(reg, info, key, err == nil))
			for _, permission := range info.permissions() {
				describePermission(reg, permission, info.Source)
			}
			return nil
		},
	})
}

// declared checks a declaration and returns what it declares; nil if a mistake leaves that open.
func declared(at registry.Source, v View, u use, opts []Option) (*Info, error) {
	if err := v.problem(); err != nil {
		return nil, err
	}
	d, wrong := declare(opts)
	info := &Info{
		View: v, Resource: v.resource, Source: at, Predicates: d.predicates,
		ErrorOnly: u.errors || v.status != [2]int{}, status: v.status, options: d,
	}
	for _, text := range []struct {
		kind string
		into *string
	}{{kindName, &info.Name}, {kindRoute, &info.Route}, {kindPermission, &info.Permission}} {
		if o, ok := d.option(text.kind); ok {
			*text.into, _ = o.value.(string)
		}
	}
	if o, ok := d.option(kindFor); ok {
		narrow, _ := o.value.(reflect.Type)
		switch {
		case info.Resource != nil && !narrow.AssignableTo(info.Resource):
			wrong, d.unclear = append(wrong, fmt.Errorf("%s takes %s, and %s is not assignable to it: remove views.For, or change the view", v, info.Resource, narrow)), true
		case narrow.Kind() != reflect.Interface || narrow.NumMethod() > 0:
			info.Resource = narrow
		default:
			info.Resource = nil
		}
	}
	if o, ok := d.option(kindAppendSlash); ok && u.status != http.StatusNotFound {
		wrong = append(wrong, fmt.Errorf("%s: the option %s is for AddNotFoundView only", u.directive, o))
	}
	if u.errors {
		errs := u.narrow(info)
		wrong, d.unclear = append(wrong, errs...), d.unclear || len(errs) > 0
	}
	if d.unclear {
		info = nil
	}
	return info, errors.Join(wrong...)
}

// narrow turns the view of a directive for errors into an error view.
func (u use) narrow(info *Info) (wrong []error) {
	if info.Name != "" {
		wrong = append(wrong, fmt.Errorf("%s: an error view has no name: remove views.Name(%q)", u.directive, info.Name))
	}
	if info.Resource == nil {
		info.Resource = errorType
	}
	switch {
	case !info.Resource.Implements(errorType):
		remedy := "use views.Error or views.Func"
		if info.View.resource == nil { // narrowed by For
			remedy = "remove views.For, or use AddView"
		}
		wrong = append(wrong, fmt.Errorf("%s: %s is not an error type: %s", u.directive, info.Resource, remedy))
	case u.status == 0:
	case info.Resource != errorType || info.status != [2]int{} && info.status != [2]int{u.status, u.status}:
		wrong = append(wrong, fmt.Errorf("%s: the view takes %s only, but has to handle every error with status %d: take an error, or use AddErrorView",
			u.directive, info.target(), u.status))
	default:
		info.status = [2]int{u.status, u.status}
	}
	return wrong
}

// publish derives the view and adds it to the table of a registry: for resources, for errors, or
// both. A view with a mistake, which is not sound, is added without a Callable, so that nothing is
// missing. The error joins everything that is wrong.
func publish(reg *registry.Registry, declared *Info, key string, sound bool) error {
	err := checkRoute(reg, declared)
	isError := declared.Resource != nil && declared.Resource.Implements(errorType)
	for _, forErrors := range []bool{false, true} {
		if forErrors && !declared.ErrorOnly && (!isError || declared.Name != "") || !forErrors && declared.ErrorOnly {
			continue
		}
		made := registration{info: new(Info), key: key, accept: acceptOf(declared.Predicates)}
		*made.info = *declared
		made.info.Registry, made.info.ErrorOnly = reg, forErrors
		if sound {
			wrong := made.derive()
			err, sound = errors.Join(err, wrong), wrong == nil
		}
		err = errors.Join(err, TableOf(reg).add(&made))
	}
	return err
}

// derive applies the derivers of the registry to the view.
func (reg *registration) derive() (err error) {
	var wrong []error
	if reg.info.Permission, err = permissionOf(reg.info); err != nil {
		wrong = append(wrong, err)
	}
	if err := reg.info.View.input.Prepare(reg.info.Registry); err != nil {
		wrong = append(wrong, err)
	}
	deriversOf(reg.info.Registry).derive(reg, &wrong)
	for i, err := range wrong {
		wrong[i] = fmt.Errorf("view %s: %w", reg.info.funcText(), err)
	}
	return errors.Join(wrong...)
}

// introspectedFields describes a view for introspection.
func introspectedFields(info *Info) []registry.Field {
	fields := []registry.Field{
		{Name: "name", Value: info.Name}, {Name: "resource", Value: info.target()}, {Name: "route", Value: info.Route},
		{Name: "function", Value: info.View.FuncName()}, {Name: "shape", Value: info.View.Shape()},
		{Name: "errors only", Value: info.ErrorOnly},
	}
	for _, p := range info.Predicates {
		fields = append(fields, registry.Field{Name: "predicate " + p.Kind(), Value: p.String()})
	}
	for _, o := range info.options.options {
		if o.kind != kindName && o.kind != kindRoute {
			fields = append(fields, registry.Field{Name: "option " + o.kind, Value: o.String()})
		}
	}
	return fields
}

// relatedTo returns what a view refers to.
func relatedTo(info *Info) (refs []registry.Ref) {
	if info.Route != "" {
		refs = append(refs, registry.Ref{Category: "routes", ID: info.Route})
	}
	for _, permission := range info.permissions() {
		refs = append(refs, registry.Ref{Category: "permissions", ID: permission})
	}
	return refs
}
