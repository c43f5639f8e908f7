package web

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/traversal"
)

// Place is where a resource lies, for what makes its URL.
type Place struct {
	// Node is the resource with its lineage; zero if nothing tells where it lies.
	Node traversal.Node
	// AppURL is what stands in front of a path: the URL of the application, or
	// its prefix if only a path was asked for.
	AppURL string
	// Path leads to the resource from the virtual root: escaped, from one slash to
	// another. AppURL + Path is the usual URL. PhysicalPath does not know of the
	// virtual root.
	Path, PhysicalPath string
	// AsPath says that only a path was asked for, without scheme and host.
	AsPath bool
}

// Linker is a resource that makes its own URL. Elements, query and anchor are
// added to it. An empty URL stands for the usual one, p.AppURL + p.Path.
//
// Resources that only lie elsewhere than the walk found them need
// traversal.Located instead; for types of others there is AddResourceURL.
type Linker interface {
	ResourceURL(r *Request, p Place) (string, error)
}

// ResourceURL returns the URL of a resource, absolute, as the client can use it,
// with a slash at its end, or with elements and no slash:
//
//	r.ResourceURL(r.Node(), web.Elements("edit"), web.Query("version", 3))
//
// x is a traversal.Node, or a resource that tells where it lies (traversal.Located,
// or a traversal.Locate rule); for others the error says what to do. Of the virtual
// root and what is below it the URL leaves the virtual root's path out. With ViaRoute
// it leads through a route. A Linker, and a type known by AddResourceURL, makes its
// own URL, unless it leads through a route. Errors are *URLError.
func (r *Request) ResourceURL(x any, options ...URLOption) (string, error) {
	return r.resourceURL(x, false, options)
}

// ResourcePath is ResourceURL without scheme and host. It begins with the prefix,
// which stands there unescaped, as in Pyramid.
func (r *Request) ResourcePath(x any, options ...URLOption) (string, error) {
	return r.resourceURL(x, true, options)
}

func (r *Request) resourceURL(x any, asPath bool, options []URLOption) (string, error) {
	url, err := r.linkResource(x, asPath, options)
	if err == nil {
		return url, nil
	}
	if of, ok := errors.AsType[*URLError](err); ok { // of the route that it leads through
		return "", of
	}
	resource := fmt.Sprintf("resource %T", x)
	if n, ok := x.(traversal.Node); ok {
		resource = fmt.Sprintf("resource %v", n)
	}
	return "", &URLError{Resource: resource, Err: err}
}

func (r *Request) linkResource(x any, asPath bool, options []URLOption) (string, error) {
	l, err := r.link(asPath, options)
	if err != nil {
		return "", err
	}
	node, err := r.app.Traverser.NodeOf(r.Context(), x)
	res := node.Resource()
	if _, nowhere := errors.AsType[*traversal.NoLocationError](err); nowhere {
		res = x // its own URL needs no place
	} else if err != nil {
		return "", err
	}
	names := node.Names()
	below := r.belowVirtualRoot(names)
	if l.via != "" {
		if err != nil {
			return "", err
		}
		if _, given := l.Param(l.rest); !given {
			l.SetParam(l.rest, slashed(below))
		}
		return r.linkRoute(l.via, l)
	}
	base, failed := l.base(r)
	if failed != nil {
		return "", failed
	}
	if link := r.ownURL(res); link != nil {
		p := Place{Node: node, AppURL: base, AsPath: asPath}
		if err == nil {
			p.Path, p.PhysicalPath = folder(below), folder(names)
		}
		url, failed := link(r, p)
		if failed != nil {
			return "", failed
		}
		if url != "" {
			return l.url("", url)
		}
	}
	if err != nil {
		return "", err
	}
	return l.url(base, folder(below))
}

// ownURL returns what makes the URL of res, other than the usual way; nil for nothing.
func (r *Request) ownURL(res any) func(*Request, Place) (string, error) {
	if fn := r.resourceURLRule(res); fn != nil {
		return func(r *Request, p Place) (string, error) { return fn(r, res, p) }
	}
	if linker, ok := res.(Linker); ok {
		return linker.ResourceURL
	}
	return nil
}

// belowVirtualRoot cuts the names of the virtual root off, if all of them are there.
func (r *Request) belowVirtualRoot(names []string) []string {
	virtual := r.virtualRootNames()
	if len(virtual) <= len(names) && slices.Equal(virtual, names[:len(virtual)]) {
		return names[len(virtual):]
	}
	return names
}

// virtualRootNames are those of the walk, or before it those that will be.
func (r *Request) virtualRootNames() []string {
	if walk := r.Result(); !walk.IsZero() {
		return walk.VirtualRootPath()
	}
	return r.requestedVirtualRoot()
}

// VirtualRootHeader is Pyramid's header for the part of the tree that a proxy
// publishes as the whole. It counts only from a trusted proxy.
const VirtualRootHeader = "X-Vhm-Root"

// requestedVirtualRoot splits the header of a trusted proxy; nil if there is none.
func (r *Request) requestedVirtualRoot() []string {
	if len(r.app.Trusted) == 0 {
		return nil
	}
	values := r.Request.Header[VirtualRootHeader]
	if len(values) == 0 || !r.FromTrustedProxy() {
		return nil
	}
	var names []string
	for name := range strings.SplitSeq(values[0], "/") {
		switch name {
		case "", ".":
		case "..":
			if len(names) > 0 {
				names = names[:len(names)-1]
			}
		default:
			names = append(names, name)
		}
	}
	return names
}

// folder is the escaped path of names, with a slash at its end.
func folder(names []string) string {
	path := traversal.Join(names)
	if !strings.HasSuffix(path, "/") {
		path += "/"
	}
	return path
}

// slashed is the way to a resource as a route's star receives it: an empty name in
// front, and behind unless it is the root. So "/t*traverse" gives "/t/a/b/".
func slashed(names []string) []string {
	if len(names) == 0 {
		return []string{""}
	}
	all := make([]string, 0, len(names)+2)
	all = append(all, "")
	all = append(all, names...)
	return append(all, "")
}
