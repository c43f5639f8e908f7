package web

import (
	"errors"
	"fmt"

	"github.com/mastaba-go/mastaba/views/web/internal/urls"
)

// URLs generates the paths of routes. The table of routes implements it.
type URLs interface {
	// RoutePath returns the escaped path of the route called name, which begins with a slash,
	// filled with the parameters of l. The caller adds prefix, elements and query. RoutePath may
	// change l (a pregenerator does; a route of another host sets AppURL). Errors are *[URLError].
	RoutePath(r *Request, name string, l *Link) (string, error)
}

// What a [URLError] wraps, for errors.Is.
var (
	// ErrNoRoute: no route has that name.
	ErrNoRoute = errors.New("no such route")
	// ErrMissingParam: there is no value for a marker of the route.
	ErrMissingParam = errors.New("missing parameter")
	// ErrParamMismatch: the route does not match the URL with these values.
	ErrParamMismatch = errors.New("the values do not fit the route")
	// ErrNoCurrentRoute: the request matched no route.
	ErrNoCurrentRoute = errors.New("the request matched no route: name one with RouteURL")
	// ErrOtherHost: the route is for another host, so it has no path here and takes no AppURL.
	ErrOtherHost = errors.New("the route is for another host: use RouteURL, without AppURL")
)

// URLError says why the URL of a route or a resource could not be generated.
type URLError struct {
	Route, Pattern string // of a route
	Resource       string // of a resource: its location and type
	Err            error
}

var _ error = (*URLError)(nil)

// Error names the route or resource, and the cause.
func (e *URLError) Error() string {
	return urls.ErrorText(e.Route, e.Pattern, e.Resource, e.Err)
}

// Unwrap returns the cause.
func (e *URLError) Unwrap() error { return e.Err }

// RouteURL returns the absolute URL of a route, as the client can use it:
//
//	r.RouteURL("page", web.With("id", 7), web.Elements("edit"), web.Query("q", "go"), web.Anchor("top"))
//
// Behind trusted proxies it has the scheme, host and prefix that the client sees. Values are
// escaped so that the URL matches the route with the same parameters: a slash in the value of a
// marker does not separate segments. An unknown route, a missing parameter, a value without a
// text form, or one with which the URL would not lead back to the route is a *[URLError].
func (r *Request) RouteURL(route string, options ...URLOption) (string, error) {
	return r.routeURL(route, false, options)
}

// RoutePath is RouteURL without scheme and host. Its prefix is not escaped, as in Pyramid.
func (r *Request) RoutePath(route string, options ...URLOption) (string, error) {
	return r.routeURL(route, true, options)
}

// CurrentRouteURL is RouteURL for the route that the request matched, with its parameters and its
// query. Options replace single parameters, the whole query ([Query], [RawQuery]), a part of it
// ([KeepQuery]) or the route ([ViaRoute]).
func (r *Request) CurrentRouteURL(options ...URLOption) (string, error) {
	return r.currentRouteURL(false, options)
}

// CurrentRoutePath is CurrentRouteURL without scheme and host.
func (r *Request) CurrentRoutePath(options ...URLOption) (string, error) {
	return r.currentRouteURL(true, options)
}

func (r *Request) routeURL(route string, asPath bool, options []URLOption) (string, error) {
	l, err := r.link(asPath, options)
	if err != nil {
		return "", &URLError{Route: route, Err: err}
	}
	return r.linkRoute(route, l)
}

func (r *Request) currentRouteURL(asPath bool, options []URLOption) (string, error) {
	m := r.matched()
	if m == nil {
		return "", &URLError{Err: ErrNoCurrentRoute}
	}
	l, err := r.link(asPath, options)
	if err == nil && l.Query == nil && l.RawQuery == "" {
		err = l.keepQuery(nil)
	}
	if err != nil {
		return "", &URLError{Route: m.Route, Err: err}
	}
	for _, p := range m.Params() {
		if _, given := l.Param(p.Name); !given {
			l.keepParam(m, p)
		}
	}
	if l.via == "" {
		return r.linkRoute(m.Route, l)
	}
	l.params.Unmatch() // the markers belong to another route
	return r.linkRoute(l.via, l)
}

// linkRoute builds the URL of a route from l.
func (r *Request) linkRoute(route string, l *Link) (string, error) {
	if r.app.URLs == nil {
		return "", &URLError{Route: route, Err: fmt.Errorf("%w: the application has no routes (web.Application.URLs is nil)", ErrNoRoute)}
	}
	asPath := l.AsPath
	path, err := r.app.URLs.RoutePath(r, route, l)
	l.AsPath = asPath
	if err != nil {
		return "", err
	}
	base, err := l.base(r)
	if err == nil {
		path, err = l.url(base, path)
	}
	if err != nil {
		return "", &URLError{Route: route, Err: err}
	}
	return path, nil
}

// StaticURLs generates the URLs of static files. It is a component
// (registry.Provide[web.StaticURLs]) and safe for concurrent use. Package views/static has one.
type StaticURLs interface {
	// StaticURL returns the URL of the static file called name, as [Request.StaticURL] or, with
	// asPath, as [Request.StaticPath].
	StaticURL(r *Request, name string, asPath bool, options []URLOption) (string, error)
}

// ErrNoStatic is the error of [Request.StaticURL] in an application without static files.
var ErrNoStatic = errors.New("the application has no static files: add some with package views/static")

// StaticURL returns the absolute URL of a static file, as the client can use it. name is what its
// static view is called, a slash, and the path below it, "static/app.css", or a specification of
// package assets. The URL holds a version of the content, if its static view uses one. A name that
// is in no static view is a *[URLError]; a file need not exist.
func (r *Request) StaticURL(name string, options ...URLOption) (string, error) {
	return r.staticURL(name, false, options)
}

// StaticPath is StaticURL without scheme and host, unless the file is on another host.
func (r *Request) StaticPath(name string, options ...URLOption) (string, error) {
	return r.staticURL(name, true, options)
}

func (r *Request) staticURL(name string, asPath bool, options []URLOption) (string, error) {
	if r.app.StaticURLs == nil {
		return "", ErrNoStatic
	}
	return r.app.StaticURLs.StaticURL(r, name, asPath, options)
}
