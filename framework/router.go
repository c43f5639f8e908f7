package framework

import (
	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// router is the innermost handler, which the tweens wrap: it finds the route,
// the resource, then the view, and calls it. Everything it needs is resolved when
// the application is built.
type router struct {
	routes          *routes.Table
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
		routes:          routes.TableOf(reg),
		root:            root,
		traverser:       traverser,
		table:           views.TableOf(reg),
		newRequest:      registry.Notifier[*web.NewRequest](reg),
		beforeTraversal: registry.Notifier[*web.BeforeTraversal](reg),
		resourceFound:   registry.Notifier[*web.ResourceFound](reg),
	}
}

// handle takes one request from its path to its view's answer. A path that leads
// to no view is a web.NotFound error.
func (rt *router) handle(r *web.Request) (*web.Response, error) {
	if err := rt.find(r); err != nil {
		return nil, err
	}
	return rt.table.Call(r)
}

// find does all that comes before the view, in Pyramid's order: NewRequest, route,
// BeforeTraversal, root factory, traversal, ResourceFound. A path that cannot be
// read, a web.PathError, is refused before anything is done for it. What was
// found is published, for the log of a request that misses its deadline.
func (rt *router) find(r *web.Request) error {
	if rt.newRequest != nil {
		if err := rt.newRequest(&web.NewRequest{Request: r}); err != nil {
			return err
		}
	}
	route, err := rt.routes.Match(r)
	if err != nil {
		return err
	}
	if route != nil && route.BodyLimit != 0 {
		web.LimitBody(r, route.BodyLimit)
	}
	web.Publish(r)
	if rt.beforeTraversal != nil {
		if err := rt.beforeTraversal(&web.BeforeTraversal{Request: r}); err != nil {
			return err
		}
	}
	if err := rt.traverse(r, route); err != nil {
		return err
	}
	web.Publish(r)
	if rt.resourceFound != nil {
		return rt.resourceFound(&web.ResourceFound{Request: r})
	}
	return nil
}

// traverse asks the root factory for the tree, and walks the path of the
// request, or the one that its route makes.
func (rt *router) traverse(r *web.Request, route *routes.Route) error {
	factory, path := rt.root, traversal.Path{VirtualRoot: web.VirtualRootNames(r)}
	if route == nil {
		path.Escaped = r.EscapedPath()
	} else {
		if route.Root != nil {
			factory = route.Root
		}
		path.Names, path.Subpath = route.Walk(r.Match())
	}
	var root traversal.Resource
	if factory != nil {
		var err error
		if root, err = factory(r); err != nil {
			return err
		}
	}
	if root == nil {
		root = DefaultRoot{}
	}
	err := rt.traverser.Walk(r.Context(), root, path, r.Result())
	if err != nil {
		// Of a walk that fails the request shows nothing: an error view sees a
		// resource only if there is one.
		*r.Result() = traversal.Result{}
	}
	return err
}
