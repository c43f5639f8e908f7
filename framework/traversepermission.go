package framework

import (
	"context"
	"errors"
	"fmt"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// traversePermission is the permission of SetTraversePermission in the registry.
type traversePermission string

// SetTraversePermission sets the permission that a request needs at each resource on its way,
// before a child of that resource is looked up: the root included, also above a virtual root. Where
// it is denied, the response is that of a denied permission, a 403 or a 401, whether or not there
// is anything below. At the last resource only the permission of the view counts, so a path to
// "@@edit" of a resource that nobody may look into can still be shown.
//
// Like a permission of a view, it needs a security policy. It applies to requests and subrequests;
// code that walks a tree itself, as with traversal.Find, decides for itself.
func (c *Configurator) SetTraversePermission(permission string) {
	config := c.Directive()
	if permission == "" {
		config.Report(errors.New(`set traverse permission: the permission is empty: want one such as "traverse"`))
		return
	}
	config.Declare(registry.Declaration{
		Category: "traverse permission", ID: "traverse permission", Title: permission,
		Fields: []registry.Field{{Name: "value", Value: permission}},
		Phase:  registry.Phase1,
		Run: func(c *registry.Config, reg *registry.Registry) error {
			registry.Provide(reg, traversePermission(permission))
			reg.Describe(registry.Introspectable{
				Category: "permissions", Title: permission, Type: "permission", ID: permission, Source: c.Source(),
				Fields: []registry.Field{{Name: "value", Value: permission}},
			})
			at := c.Source()
			reg.OnFreeze(func() error {
				if policy, _ := registry.Lookup[web.SecurityPolicy](reg); policy != nil {
					return nil
				}
				err := fmt.Errorf("traversal requires permission %q, but the application has "+
					"no security policy, so everyone would have it: set framework.Options.Security, to framework.NoPolicy{} "+
					"if everything is permitted on purpose", permission)
				return &registry.Mistake{Source: at, Err: registry.Missing(err, registry.Ref{Category: "security policy"})}
			})
			return nil
		},
	})
}

// guarded returns the traverser for requests.
func guarded(reg *registry.Registry, traverser *traversal.Traverser) *traversal.Traverser {
	permission, ok := registry.Lookup[traversePermission](reg)
	if !ok {
		return traverser
	}
	return traverser.Guarded(func(ctx context.Context, n traversal.Node) error {
		return mayPass(ctx, n, string(permission))
	})
}

// mayPass returns the error of a request that may not look below a resource.
func mayPass(ctx context.Context, n traversal.Node, permission string) error {
	r, ok := web.FromContext(ctx)
	if !ok {
		return errors.New("traverse permission: the context of the walk is not that of a request: pass web.Request.Context")
	}
	decision, err := r.Permits(permission, n)
	switch {
	case err != nil:
		return fmt.Errorf("permission %q to look below %v: the security policy failed: %w", permission, lasting(n), err)
	case decision.Allowed:
		return nil
	}
	// The walk of a failed request is discarded, and its nodes with it.
	n = lasting(n)
	if decision, err = r.Permits(permission, n); err != nil {
		return err
	}
	return views.Refuse(r, &views.DeniedError{View: "traversal through " + n.String(), Permission: permission, Decision: decision})
}

// lasting returns a copy of a node that does not depend on the walk that found it.
func lasting(n traversal.Node) traversal.Node {
	up, ok := n.Parent()
	if !ok {
		return traversal.NewNode(n.Resource())
	}
	return lasting(up).At(n.Name(), n.Resource())
}
