package framework

import (
	"context"

	"github.com/mastaba-go/mastaba/framework/explain"
	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// router is the innermost handler, which the tweens wrap: it finds the route, the resource, then
// the view, and calls it. Everything it needs is resolved when the application is built.
type router struct {
	routes          *routes.Table
	root            web.RootFactory
	traverser       *traversal.Traverser
	table           *views.Table
	newRequest      func(*web.NewRequest) error
	beforeTraversal func(*web.BeforeTraversal) error
	resourceFound   func(*web.ResourceFound) error
	routeMatched    func(*web.Request) error // of a policy whose identities depend on the route; else nil
	bare            bool                     // only routes and views have a say: see handler
}

func newRouter(reg *registry.Registry, traverser *traversal.Traverser) *router {
	root, _ := registry.Lookup[web.RootFactory](reg)
	var routeMatched func(*web.Request) error
	if policy, _ := registry.Lookup[web.SecurityPolicy](reg); len(routesOf(policy)) > 0 {
		if checks, ok := policy.(interface{ RouteMatched(*web.Request) error }); ok {
			routeMatched = checks.RouteMatched
		}
	}
	rt := &router{
		routes:          routes.TableOf(reg),
		root:            root,
		traverser:       guarded(reg, traverser),
		table:           views.TableOf(reg),
		newRequest:      registry.Notifier[*web.NewRequest](reg),
		beforeTraversal: registry.Notifier[*web.BeforeTraversal](reg),
		resourceFound:   registry.Notifier[*web.ResourceFound](reg),
		routeMatched:    routeMatched,
	}
	trusted, _ := registry.Lookup[web.TrustedProxies](reg)
	rt.bare = rt.root == nil && rt.newRequest == nil && rt.beforeTraversal == nil && rt.resourceFound == nil &&
		rt.routeMatched == nil && len(trusted) == 0
	return rt
}

// observer follows one request through the router. It learns of every stage from the code that
// serves requests; without an observer the router pays a nil check for each.
type observer interface {
	// begin reports that a stage begins: the stages before it succeeded.
	begin(explain.Stage)
	// matched reports the route of the request, nil if none matched.
	matched(*routes.Route)
	// rooted reports the root of the tree, where the traversal starts.
	rooted(traversal.Resource)
	// stepped reports a step of the traversal, in place of the hooks of AddStepHook.
	stepped(context.Context, traversal.Step)
}

// handler returns the handler that takes one request from its path to the response of its view. A
// path that leads to no view is a web.NotFound error.
//
// Where nothing but routes and views has a say, a simple route leads to the default root, and what
// locate does is left out.
func (rt *router) handler() web.Handler {
	return func(r *web.Request) (*web.Response, error) {
		var route *routes.Route
		var err error
		if rt.bare { // what match does, in a call less
			route, err = rt.routes.Match(r)
		} else {
			route, err = rt.match(r, nil)
		}
		if err != nil {
			return nil, err
		}
		if !rt.bare || route == nil || !route.Simple() || !web.Drive(r).Settle(defaultRoot) {
			if err := rt.locate(r, route, nil); err != nil {
				return nil, err
			}
		}
		resp, err := rt.table.Call(r)
		if err != nil {
			return nil, web.Drive(r).OrBodyError(err)
		}
		return resp, nil
	}
}

// find does everything that comes before the view, in Pyramid's order: NewRequest, route,
// BeforeTraversal, root factory, traversal, ResourceFound. A path that cannot be read is refused
// with a web.PathError, after NewRequest and before anything else. o observes it.
func (rt *router) find(r *web.Request, o observer) error {
	route, err := rt.match(r, o)
	if err != nil {
		return err
	}
	o.matched(route)
	o.begin(explain.AtBeforeTraversal)
	return rt.locate(r, route, o)
}

// match finds the route, nil if there is none. o may be nil.
func (rt *router) match(r *web.Request, o observer) (*routes.Route, error) {
	if rt.newRequest != nil {
		if err := rt.newRequest(&web.NewRequest{Request: r}); err != nil {
			return nil, err
		}
	}
	if o != nil {
		o.begin(explain.AtRoutes)
	}
	return rt.routes.Match(r)
}

// locate does what comes between the route and the view. It publishes what it found, for the log of
// a request that misses its deadline. o may be nil.
func (rt *router) locate(r *web.Request, route *routes.Route, o observer) error {
	if route != nil {
		if route.BodyLimit != 0 {
			web.Drive(r).LimitBody(route.BodyLimit)
		}
		if o == nil {
			web.Drive(r).ShowMatch(r.Request)
		}
	}
	web.Drive(r).Publish()
	if rt.routeMatched != nil {
		if err := rt.routeMatched(r); err != nil {
			return err
		}
	}
	if rt.beforeTraversal != nil {
		if err := rt.beforeTraversal(&web.BeforeTraversal{Request: r}); err != nil {
			return err
		}
	}
	if err := rt.traverse(r, route, o); err != nil {
		return err
	}
	web.Drive(r).Publish()
	if o != nil {
		o.begin(explain.AtResourceFound)
	}
	if rt.resourceFound != nil {
		return rt.resourceFound(&web.ResourceFound{Request: r})
	}
	return nil
}

// traverse walks the path of the request, or the one that its route makes, from the root.
func (rt *router) traverse(r *web.Request, route *routes.Route, o observer) error {
	factory := rt.root
	if route != nil && route.Root != nil {
		factory = route.Root
	}
	if o != nil {
		o.begin(explain.AtRootFactory)
	}
	root, err := rootOf(r, factory)
	if err != nil {
		return err
	}
	if o != nil {
		o.rooted(root)
		o.begin(explain.AtTraversal)
	}
	virtual := web.Drive(r).VirtualRootNames()
	if len(virtual) == 0 && (route != nil && route.Stays() || route == nil && r.URL.Path == "/" && r.URL.RawPath == "") {
		if web.Drive(r).Stand(root, factory == nil) { // most routes lead to the root
			return nil
		}
	}
	path := traversal.Path{VirtualRoot: virtual}
	if route == nil {
		path.Escaped = r.EscapedPath()
	} else {
		path.Names, path.Subpath = route.Walk(r)
	}
	traverser := rt.traverser
	if o != nil {
		traverser = traverser.Observed(o.stepped)
	}
	return web.Drive(r).Walk(traverser, root, path)
}

// rootOf returns the root for a request. The factory may be nil, and may return nil.
func rootOf(r *web.Request, factory web.RootFactory) (root traversal.Resource, err error) {
	if factory != nil {
		if root, err = factory(r); err != nil {
			return nil, err
		}
	}
	if root == nil {
		root = defaultRoot
	}
	return root, nil
}

var defaultRoot traversal.Resource = DefaultRoot{}
