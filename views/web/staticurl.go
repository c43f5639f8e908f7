package web

import "errors"

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
