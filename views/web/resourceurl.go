package web

import (
	"errors"
	"fmt"
	"strings"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web/internal/segments"
)

// Place is where a resource is, for code that generates its URL.
type Place struct {
	// Node is the resource with its lineage; zero if its location is unknown.
	Node traversal.Node
	// AppURL precedes the path: the URL of the application, or its prefix for a path alone.
	AppURL string
	// Path is the escaped path from the virtual root, with a slash at both ends. AppURL + Path is
	// the default URL. PhysicalPath begins at the root instead.
	Path, PhysicalPath string
	// AsPath reports whether only the path is needed, without scheme and host.
	AsPath bool
}

// Linker is a resource that generates its own URL, to which elements, query and anchor are added.
// An empty URL means the default one, p.AppURL + p.Path. Where the location is unknown, both are
// errors.
//
// A resource that is merely located elsewhere than traversal found it implements traversal.Located
// instead. For types that are not yours there is [AddResourceURL].
type Linker interface {
	ResourceURL(r *Request, p Place) (string, error)
}

// ResourceURL returns the absolute URL of a resource, as the client can use it. It ends with a
// slash, unless it has elements:
//
//	r.ResourceURL(r.Node(), web.Elements("edit"), web.Query("version", 3))
//
// x is a traversal.Node, or a resource that knows its location (traversal.Located or a
// traversal.Locate rule); for other resources the error says what to do. Names to which no URL
// leads (traversal.CheckName) are errors. The URL omits the path of the virtual root; a resource
// outside of it gets the URL that it has without a virtual root, as in Pyramid. With [ViaRoute] the
// URL goes through a route; otherwise a [Linker], or a function registered by [AddResourceURL], can
// generate another one. Errors are *[URLError].
func (r *Request) ResourceURL(x any, options ...URLOption) (string, error) {
	return r.resourceURL(x, false, options)
}

// ResourcePath is ResourceURL without scheme and host. Its prefix is not escaped, as in Pyramid.
func (r *Request) ResourcePath(x any, options ...URLOption) (string, error) {
	return r.resourceURL(x, true, options)
}

func (r *Request) resourceURL(x any, asPath bool, options []URLOption) (string, error) {
	url, err := r.linkResource(x, asPath, options)
	if err == nil {
		return url, nil
	}
	if of, ok := errors.AsType[*URLError](err); ok { // of the route of ViaRoute
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
		res = x // a Linker may not need the location
	} else if err != nil {
		return "", err
	}
	names := node.Names()
	for _, name := range names {
		if err := traversal.CheckName(name); err != nil {
			return "", fmt.Errorf("name %w", err)
		}
	}
	below := segments.Below(r.virtualRootNames(), names)
	if l.via != "" {
		if err != nil {
			return "", err
		}
		if _, given := l.Param(l.rest); !given {
			l.SetParam(l.rest, segments.Slashed(below))
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
			p.Path, p.PhysicalPath = segments.Folder(below), segments.Folder(names)
		}
		url, failed := link(r, p)
		if failed != nil {
			return "", failed
		}
		if url != "" && (err == nil || strings.TrimSuffix(url, "/") != p.AppURL) {
			return l.url("", url)
		}
	}
	if err != nil { // the default URL, and one made of an unknown place, need a location
		return "", err
	}
	return l.url(base, segments.Folder(below))
}

// virtualRootNames returns the path of the virtual root: that of the walk or, before it, the
// requested one.
func (r *Request) virtualRootNames() []string {
	if walk := r.walk(); !walk.IsZero() {
		return walk.VirtualRootPath()
	}
	return r.claimsIn(VirtualRootHeader).VirtualRoot()
}

// VirtualRootHeader is Pyramid's header for the resource that a proxy publishes as the root. It is
// ignored unless it comes from a trusted proxy. Its last line counts.
const VirtualRootHeader = "X-Vhm-Root"
