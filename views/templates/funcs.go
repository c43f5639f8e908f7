package templates

import (
	"context"
	"errors"
	"fmt"
	"html"
	"html/template"
	"reflect"
	"regexp"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/internal/component"
	"github.com/mastaba-go/mastaba/views/web"
)

// errNoRequest is the error of functions that need a request in a rendering outside of one.
var errNoRequest = errors.New("there is no request: the template is rendered outside of one")

// funcs returns the functions of the package, which use the rendering under way.
func (e *executor) funcs() template.FuncMap {
	return template.FuncMap{
		// what Pyramid's templates know by these names
		"request":  e.request,
		"resource": func() (any, error) { return of(e, (*web.Request).Resource) },
		"node":     func() (traversal.Node, error) { return of(e, (*web.Request).Node) },
		"root":     func() (any, error) { return of(e, (*web.Request).Root) },
		"view":     func() *views.Info { return e.view },
		"viewName": func() (string, error) { return of(e, (*web.Request).ViewName) },
		"var":      func(name string) any { return e.vars[name] },

		"path":      e.path,
		"url":       e.url,
		"route":     e.route,
		"routeURL":  e.routeURL,
		"here":      e.here,
		"static":    e.static,
		"staticURL": e.staticURL,
		"query":     func(pairs ...any) web.URLOption { return web.Query(pairs...) },
		"keepQuery": func(pairs ...any) web.URLOption { return web.KeepQuery(pairs...) },
		"anchor":    web.Anchor,

		"t":             e.t,
		"tn":            e.tn,
		"tc":            e.tc,
		"t" + inDomain:  e.tIn,
		"tn" + inDomain: e.tnIn,
		"tc" + inDomain: e.tcIn,
		"locale":        func() (string, error) { return of(e, func(r *web.Request) string { return r.Localizer().Locale() }) },

		"csrf":        e.csrfField,
		"csrfToken":   e.csrfToken,
		"can":         e.can,
		"user":        func() (any, error) { return try(e, (*web.Request).Identity) },
		"userID":      func() (string, error) { return try(e, (*web.Request).UserID) },
		"flash":       e.flash,
		"nonce":       func() (string, error) { return of(e, web.CSPNonce) },
		"breadcrumbs": func() ([]web.Breadcrumb, error) { return try(e, web.Breadcrumbs) },
		"status":      func() int { return e.resp.Status() },
		"detail":      e.detail,

		"component": e.component,
		"dict":      dict,
		"list":      func(items ...any) []any { return items },
	}
}

// of returns what fn returns for the request.
func of[T any](e *executor, fn func(*web.Request) T) (v T, err error) {
	if e.r == nil {
		return v, errNoRequest
	}
	return fn(e.r), nil
}

// try is of for a function that may fail.
func try[T any](e *executor, fn func(*web.Request) (T, error)) (v T, err error) {
	if e.r == nil {
		return v, errNoRequest
	}
	return fn(e.r)
}

func (e *executor) request() (*web.Request, error) {
	if e.r == nil {
		return nil, errNoRequest
	}
	e.r.Keep() // the template may give it to whatever keeps it
	return e.r, nil
}

// csrfField returns a hidden field with a token; nothing if no form needs one.
func (e *executor) csrfField() (template.HTML, error) {
	tokens, err := e.tokens()
	if err != nil {
		return "", err
	}
	token, err := tokens.Token(e.r)
	if err != nil || token == "" {
		return "", err
	}
	return template.HTML(`<input type="hidden" name="` + html.EscapeString(tokens.Field()) + `" value="` + html.EscapeString(token) + `">`), nil
}

func (e *executor) csrfToken() (string, error) {
	tokens, err := e.tokens()
	if err != nil {
		return "", err
	}
	return tokens.Token(e.r)
}

func (e *executor) tokens() (web.CSRFTokener, error) {
	if e.r == nil {
		return nil, errNoRequest
	}
	if reg := e.r.Registry(); reg != nil {
		policy, _ := registry.Lookup[web.CSRFPolicy](reg)
		if tokens, ok := policy.(web.CSRFTokener); ok {
			return tokens, nil
		}
		if policy != nil {
			return nil, fmt.Errorf("the CSRF policy of the application is a %T, which has no tokens (see web.CSRFTokener)", policy)
		}
	}
	return nil, errors.New("the application has no CSRF policy: set framework.Options.CSRF, for example to security.NewCSRF")
}

// can reports whether the user has a permission: at the resource of the request, or at another one.
func (e *executor) can(permission string, at ...any) (bool, error) {
	if e.r == nil {
		return false, errNoRequest
	}
	if len(at) == 0 {
		return e.r.Can(permission)
	}
	node, err := e.r.Traverser().NodeOf(e.r.Context(), e.place(at[0]))
	if err != nil {
		return false, err
	}
	return e.r.Can(permission, node)
}

// flash takes the messages of a queue, by default of "".
func (e *executor) flash(queue ...string) ([]string, error) {
	session, err := try(e, (*web.Request).Session)
	if err != nil {
		return nil, err
	}
	return session.PopFlash(strings.Join(queue, ""))
}

// detail returns the public text of an error, by default of the one that an error view handles.
func (e *executor) detail(err ...error) (string, error) {
	if len(err) > 0 {
		if e.r == nil {
			return web.Detail(err[0]), nil
		}
		return e.r.Detail(err[0]), nil
	}
	return of(e, func(r *web.Request) string { return r.Detail(r.Err()) })
}

// component renders a value of templ or gomponents inside the page.
func (e *executor) component(value any) (template.HTML, error) {
	draw := component.Of(value)
	if draw == nil {
		return "", fmt.Errorf("a %T is not a component: want a method Render(context.Context, io.Writer) error or Render(io.Writer) error", value)
	}
	ctx := context.Background()
	if e.r != nil {
		ctx = e.r.Context()
	}
	var b strings.Builder
	if err := draw(ctx, &b); err != nil {
		return "", err
	}
	return template.HTML(b.String()), nil
}

// dict makes a map of names and values in turn, to give a template several.
func dict(pairs ...any) (map[string]any, error) {
	return pairsOf(pairs, "dict")
}

// pairsOf returns names and values in turn as a map.
func pairsOf(pairs []any, of string) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("%s: a name without a value: want names and values in turn", of)
	}
	all := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("%s: a name is a %T: want names and values in turn", of, pairs[i])
		}
		all[name] = pairs[i+1]
	}
	return all, nil
}

var (
	requestType = reflect.TypeFor[*web.Request]()
	errorType   = reflect.TypeFor[error]()
	identifier  = regexp.MustCompile(`^[\pL_][\pL\pN_]*$`)
)

// checkFunc returns what is wrong with a function of the application.
func checkFunc(name string, fn any) error {
	t := reflect.TypeOf(fn)
	switch {
	case new(executor).funcs()[name] != nil || known[name] != nil:
		return fmt.Errorf("templates: the function %q is one of the package: choose another name", name)
	case !identifier.MatchString(name):
		return fmt.Errorf("templates: invalid name %q of a function: want letters, digits and _", name)
	case t == nil || t.Kind() != reflect.Func || reflect.ValueOf(fn).IsNil():
		return fmt.Errorf("templates: the function %q is a %T: want a func", name, fn)
	case t.NumOut() == 0 || t.NumOut() > 2 || t.NumOut() == 2 && t.Out(1) != errorType:
		return fmt.Errorf("templates: the function %q is a %s: want one that returns a value, or a value and an error", name, t)
	}
	return nil
}

// bound returns a function of the application without its parameter for the request, if it has one.
func (e *executor) bound(fn any) any {
	v := reflect.ValueOf(fn)
	t := v.Type()
	if t.NumIn() == 0 || t.In(0) != requestType {
		return fn
	}
	in := make([]reflect.Type, 0, t.NumIn()-1)
	for i := 1; i < t.NumIn(); i++ {
		in = append(in, t.In(i))
	}
	out := []reflect.Type{t.Out(0), errorType}
	return reflect.MakeFunc(reflect.FuncOf(in, out, t.IsVariadic()), func(args []reflect.Value) []reflect.Value {
		if e.r == nil {
			return []reflect.Value{reflect.Zero(t.Out(0)), reflect.ValueOf(&errNoRequest).Elem()}
		}
		args = append([]reflect.Value{reflect.ValueOf(e.r)}, args...)
		var results []reflect.Value
		if t.IsVariadic() {
			results = v.CallSlice(args)
		} else {
			results = v.Call(args)
		}
		if len(results) == 1 {
			results = append(results, reflect.Zero(errorType))
		}
		return results
	}).Interface()
}

var undefined = regexp.MustCompile(`function "([^"]+)" not defined`)

// suggestFunc adds a suggestion to the error for an unknown function.
func suggestFunc(err error, funcs map[string]any) error {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return err
	}
	if m := undefined.FindStringSubmatch(e.Text); m != nil {
		names := append(sortedKeys(funcs), sortedKeys(known)...)
		if near := registry.Nearest(m[1], names); near != "" && !strings.HasSuffix(near, inDomain) {
			e.Text += fmt.Sprintf(": did you mean %q?", near)
		} else {
			e.Text += ": add it to templates.Options.Funcs"
		}
	}
	return e
}
