package framework

import (
	"strings"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// virtualRootHeader is Pyramid's header for the part of the tree that a
// proxy publishes as the whole. It counts only from a trusted proxy.
const virtualRootHeader = "X-Vhm-Root"

// router is the innermost handler, which the tweens wrap: it finds the
// resource, then the view, and calls it. Everything it needs is resolved when
// the application is built.
type router struct {
	root            web.RootFactory
	traverser       *traversal.Traverser
	table           *views.Table
	newRequest      func(*web.NewRequest) error
	beforeTraversal func(*web.BeforeTraversal) error
	resourceFound   func(*web.ResourceFound) error
}

func newRouter(reg *registry.Registry, traverser *traversal.Traverser) *router {
	root, _ := registry.Lookup[web.RootFactory](reg)
	return &router{
		root:            root,
		traverser:       traverser,
		table:           views.TableOf(reg),
		newRequest:      registry.Notifier[*web.NewRequest](reg),
		beforeTraversal: registry.Notifier[*web.BeforeTraversal](reg),
		resourceFound:   registry.Notifier[*web.ResourceFound](reg),
	}
}

// handle takes one request from its path to its view's answer, in Pyramid's
// order: NewRequest, BeforeTraversal, root factory, traversal, ResourceFound,
// view. A path that leads to no view is a web.NotFound error.
func (rt *router) handle(r *web.Request) (*web.Response, error) {
	if rt.newRequest != nil {
		if err := rt.newRequest(&web.NewRequest{Request: r}); err != nil {
			return nil, err
		}
	}
	if rt.beforeTraversal != nil {
		if err := rt.beforeTraversal(&web.BeforeTraversal{Request: r}); err != nil {
			return nil, err
		}
	}
	if err := rt.traverse(r); err != nil {
		return nil, err
	}
	if rt.resourceFound != nil {
		if err := rt.resourceFound(&web.ResourceFound{Request: r}); err != nil {
			return nil, err
		}
	}
	return rt.table.Call(r)
}

// traverse asks the root factory for the tree and walks the request's path.
func (rt *router) traverse(r *web.Request) error {
	var root traversal.Resource
	if rt.root != nil {
		var err error
		if root, err = rt.root(r); err != nil {
			return err
		}
	}
	if root == nil {
		root = DefaultRoot{}
	}
	return rt.traverser.Walk(r.Context(), root, traversal.Path{
		Escaped:     escapedPath(r),
		VirtualRoot: virtualRoot(r),
	}, r.Result())
}

// escapedPath gives the path as it stood in the request line, below the
// prefix under which the application is mounted. Without RawPath the plain
// path is its own escaped form unless it holds a percent sign, and costs
// nothing.
func escapedPath(r *web.Request) string {
	if r.URL.RawPath == "" && strings.IndexByte(r.URL.Path, '%') < 0 {
		return r.URL.Path
	}
	return r.URL.EscapedPath()
}

// virtualRoot gives the names of the virtual root that a trusted proxy asks
// for. The header is plain text, as in Pyramid: it is not percent-decoded.
func virtualRoot(r *web.Request) []string {
	values := r.Header[virtualRootHeader]
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
