package web

import (
	"errors"
	"fmt"
)

// URLs generates the paths of routes for Request.RouteURL and its neighbours. The
// table of routes fulfils it (Application.URLs).
type URLs interface {
	// RoutePath returns the escaped path of the route called name, filled with the
	// parameters of l, beginning with a slash; prefix, elements and query are added
	// by the caller. It may change l before (pregenerators; a route of another host
	// sets AppURL). Errors are *URLError.
	RoutePath(r *Request, name string, l *Link) (string, error)
}

// What a URLError wraps, for errors.Is.
var (
	// ErrNoRoute: no route has that name.
	ErrNoRoute = errors.New("there is no route of that name")
	// ErrMissingParam: a marker of the route got no value.
	ErrMissingParam = errors.New("a parameter is missing")
	// ErrNoCurrentRoute: the request matched no route.
	ErrNoCurrentRoute = errors.New("the request matched no route: name one with RouteURL")
	// ErrOtherHost: the route leads to another host, so that it has neither a path
	// here nor another AppURL.
	ErrOtherHost = errors.New("the route leads to another host: RouteURL without AppURL makes its URL")
)

// URLError says of which route or resource no URL could be made, and why.
type URLError struct {
	Route, Pattern string // of a route
	Resource       string // of a resource: where it lies and its type
	Err            error
}

var _ error = (*URLError)(nil)

// Error names the route or resource whose URL was wanted, and the cause.
func (e *URLError) Error() string {
	switch {
	case e.Resource != "":
		return fmt.Sprintf("url of %s: %v", e.Resource, e.Err)
	case e.Pattern != "":
		return fmt.Sprintf("url of route %q (%s): %v", e.Route, e.Pattern, e.Err)
	case e.Route != "":
		return fmt.Sprintf("url of route %q: %v", e.Route, e.Err)
	}
	return fmt.Sprintf("url: %v", e.Err)
}

// Unwrap returns the cause.
func (e *URLError) Unwrap() error { return e.Err }

// RouteURL returns the URL of a route, absolute, as the client can use it:
//
//	r.RouteURL("page", web.With("id", 7), web.Elements("edit"), web.Query("q", "go"), web.Anchor("top"))
//
// Behind trusted proxies it has the outside scheme, host and prefix. Values are
// escaped so that the URL leads back to the route with the same parameters: a slash
// in a value of a marker is no separator. An unknown route, a missing parameter,
// and a value that no URL can hold are a *URLError.
func (r *Request) RouteURL(route string, options ...URLOption) (string, error) {
	return r.routeURL(route, false, options)
}

// RoutePath is RouteURL without scheme and host. It begins with the prefix, which
// stands there unescaped, as in Pyramid.
func (r *Request) RoutePath(route string, options ...URLOption) (string, error) {
	return r.routeURL(route, true, options)
}

// CurrentRouteURL is RouteURL for the route that the request matched, with its
// parameters and its query. Options replace what they name, Query and RawQuery the
// whole query (KeepQuery a part of it), ViaRoute the route.
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
	m := r.Match()
	if m == nil {
		return "", &URLError{Err: ErrNoCurrentRoute}
	}
	l, err := r.link(asPath, options)
	if err == nil && l.Query == nil && l.RawQuery == "" {
		l.Query, err = r.ownQuery()
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
	for i := range l.params {
		l.params[i].keep = false // markers of another route
	}
	return r.linkRoute(l.via, l)
}

// linkRoute asks the table of routes for the path, and puts the rest around it.
func (r *Request) linkRoute(route string, l *Link) (string, error) {
	if r.app.URLs == nil {
		return "", &URLError{Route: route, Err: fmt.Errorf("%w: this application has no routes (web.Application.URLs is nil)", ErrNoRoute)}
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
