package acl

import (
	"context"
	"slices"

	"github.com/mastaba-go/mastaba/traversal"
)

// List is the access list of one resource. Its order counts: the first matching entry decides. A
// List that a [Provider] has returned is only read; it may be shared by many resources and
// requests.
type List []Entry

// Permissions returns the permissions that the entries name, sorted, each once, and without
// [AllPermissions].
func (l List) Permissions() []string {
	var all []string
	for i := range l {
		all = append(all, l[i].permissions...)
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(name string) bool { return name == AllPermissions })
}

// Provider is a resource with an access list. A resource without one has the lists of its parents.
type Provider interface {
	// ACL returns the list. It may wait, for a database for example, until ctx ends; a resource
	// that is loaded together with its list answers faster. Several goroutines may call it at once.
	// An error is the error of the decision, which then neither allows nor denies. A nil or empty
	// list decides nothing, so that the lists above do.
	ACL(ctx context.Context) (List, error)
}

// listOf is the ability of the rules of For.
type listOf func(ctx context.Context, res traversal.Resource) (List, error)

// For returns a rule that gives lists to all resources of type T, for types of other packages. fn
// has the contract of [Provider]. T is the exact type of the resources in the tree, and not an
// interface. The rule wins over a method ACL. Register it with config.AddLookup, or pass it to
// [traversal.New].
func For[T any](fn func(ctx context.Context, res T) (List, error)) traversal.Rule {
	if fn == nil {
		return traversal.Extension[T, listOf]("acl", nil)
	}
	return traversal.Extension[T]("acl", listOf(func(ctx context.Context, res traversal.Resource) (List, error) {
		return fn(ctx, res.(T))
	}))
}

// RoleProvider is a resource that grants local roles: principals that the user has here and below,
// and nowhere else, such as the owner of a document or the members of a project. Lists name them
// like other principals, those above and below the resource too. So one list at the root can say
// what owners may do, and each document who its owner is:
//
//	func (d *Document) LocalRoles(_ context.Context, principals []string) ([]string, error) {
//		if slices.Contains(principals, d.Owner) {
//			return []string{"role:owner"}, nil
//		}
//		return nil, nil
//	}
type RoleProvider interface {
	// LocalRoles returns further principals of someone with those principals: the user id, groups,
	// [Everyone] and so on, as the policy of the application found them, without other local roles.
	// It must not change or keep the slice. It may wait and may be called by several goroutines. An
	// error is that of the decision. It is called only if the decision may depend on it.
	LocalRoles(ctx context.Context, principals []string) ([]string, error)
}

// rolesOf is the ability of the rules of RolesFor.
type rolesOf func(ctx context.Context, res traversal.Resource, principals []string) ([]string, error)

// RolesFor returns a rule that grants local roles at all resources of type T, for types of other
// packages. fn has the contract of [RoleProvider]. Otherwise it is like [For].
func RolesFor[T any](fn func(ctx context.Context, res T, principals []string) ([]string, error)) traversal.Rule {
	if fn == nil {
		return traversal.Extension[T, rolesOf]("local roles", nil)
	}
	return traversal.Extension[T]("local roles", rolesOf(
		func(ctx context.Context, res traversal.Resource, principals []string) ([]string, error) {
			return fn(ctx, res.(T), principals)
		}))
}

// rules are the abilities that rules give.
type rules struct {
	lists traversal.Extensions[listOf]
	roles traversal.Extensions[rolesOf]
}

func rulesOf(t *traversal.Traverser) rules {
	return rules{traversal.ExtensionsOf[listOf](t), traversal.ExtensionsOf[rolesOf](t)}
}

// list returns the list of a resource, nil without one.
func (r *rules) list(ctx context.Context, res traversal.Resource) (List, error) {
	if of, ok := r.lists.For(res); ok {
		return of(ctx, res)
	}
	if p, ok := res.(Provider); ok {
		return p.ACL(ctx)
	}
	return nil, nil
}

// localRoles returns the local roles that a resource grants, nil without any.
func (r *rules) localRoles(ctx context.Context, res traversal.Resource, principals []string) ([]string, error) {
	if of, ok := r.roles.For(res); ok {
		return of(ctx, res, principals)
	}
	if p, ok := res.(RoleProvider); ok {
		return p.LocalRoles(ctx, principals)
	}
	return nil, nil
}
