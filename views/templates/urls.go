package templates

import (
	"fmt"
	"reflect"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// path returns the path of a resource, by default that of the request: path .Node "edit".
func (e *executor) path(parts ...any) (string, error) {
	return e.link(parts, (*web.Request).ResourcePath)
}

// url is path with scheme and host.
func (e *executor) url(parts ...any) (string, error) {
	return e.link(parts, (*web.Request).ResourceURL)
}

func (e *executor) link(parts []any, generate func(*web.Request, any, ...web.URLOption) (string, error)) (string, error) {
	if e.r == nil {
		return "", errNoRequest
	}
	if len(parts) == 0 {
		return generate(e.r, e.r.Node())
	}
	options, err := elements(parts[1:])
	if err != nil {
		return "", err
	}
	return generate(e.r, e.place(parts[0]), options...)
}

// place returns the node of the request's own resource, and that of its root: neither need know
// where it is.
func (e *executor) place(x any) any {
	if reflect.ValueOf(x).Kind() != reflect.Pointer {
		return x
	}
	switch x {
	case e.r.Resource():
		return e.r.Node()
	case e.r.Root():
		return traversal.NewNode(x)
	}
	return x
}

// elements reads path segments and options of a URL.
func elements(parts []any) ([]web.URLOption, error) {
	options := make([]web.URLOption, 0, len(parts))
	for _, part := range parts {
		switch part := part.(type) {
		case web.URLOption:
			options = append(options, part)
		case string:
			options = append(options, web.Elements(part))
		case int, int64, uint64, fmt.Stringer:
			options = append(options, web.Elements(fmt.Sprint(part)))
		default:
			return nil, fmt.Errorf("a path segment is a %T: want a text or a number, or what query, keepQuery or anchor returns", part)
		}
	}
	return options, nil
}

// route returns the path of a route: route "page" "id" 7.
func (e *executor) route(name string, params ...any) (string, error) {
	return e.routed(name, params, (*web.Request).RoutePath)
}

// routeURL is route with scheme and host.
func (e *executor) routeURL(name string, params ...any) (string, error) {
	return e.routed(name, params, (*web.Request).RouteURL)
}

func (e *executor) routed(name string, params []any, generate func(*web.Request, string, ...web.URLOption) (string, error)) (string, error) {
	if e.r == nil {
		return "", errNoRequest
	}
	var options []web.URLOption
	for i := 0; i < len(params); i++ {
		switch param := params[i].(type) {
		case web.URLOption:
			options = append(options, param)
		case string:
			if i++; i == len(params) {
				return "", fmt.Errorf("route %q: parameter %q has no value", name, param)
			}
			options = append(options, web.With(param, params[i]))
		default:
			return "", fmt.Errorf("route %q: the name of a parameter is a %T: want names and values in turn", name, param)
		}
	}
	return generate(e.r, name, options...)
}

// here returns the path of the request with its query, some parameters replaced: here "page" 2.
func (e *executor) here(pairs ...any) (string, error) {
	if e.r == nil {
		return "", errNoRequest
	}
	keep := web.KeepQuery(pairs...)
	if e.r.Match() != nil {
		return e.r.CurrentRoutePath(keep)
	}
	names := e.r.Subpath()
	if view := e.r.ViewName(); view != "" {
		names = append([]string{view}, names...)
	}
	return e.r.ResourcePath(e.r.Node(), web.Elements(names...), keep)
}

// static returns the path of a static file: static "static/app.css".
func (e *executor) static(name string, options ...web.URLOption) (string, error) {
	if e.r == nil {
		return "", errNoRequest
	}
	return e.r.StaticPath(name, options...)
}

// staticURL is static with scheme and host.
func (e *executor) staticURL(name string, options ...web.URLOption) (string, error) {
	if e.r == nil {
		return "", errNoRequest
	}
	return e.r.StaticURL(name, options...)
}
