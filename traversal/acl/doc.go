// Package acl decides who may do what in a tree of resources, by access lists that inherit down
// the tree.
//
//	func (w *Wiki) ACL(context.Context) (acl.List, error) {
//		return acl.List{
//			acl.Allow(acl.Everyone, "view"),
//			acl.Allow("group:editors", "edit", "create"),
//			acl.Allow("group:admins", acl.AllPermissions),
//		}, nil
//	}
//
//	// A private page cuts off the lists above it.
//	func (p *PrivatePage) ACL(context.Context) (acl.List, error) {
//		return acl.List{acl.Allow(p.Owner, acl.AllPermissions), acl.DenyAll}, nil
//	}
//
// Most programs need four names: a [Provider] is a resource with a [List]; [Allow] and [Deny] make
// its entries. In an application, the security policy asks [Permits], and views name a permission.
//
// # Decisions
//
// A permission is a word that the application chooses ("edit"). A principal is a name for who is
// asking: a user, a group, [Everyone]. A user has several. Make constants of both. In an
// application, security.Options.Permissions lists all permissions, and then a misspelt one is an
// error; nothing warns of a misspelt principal. Permits looks at the list of the resource, then at
// that of its parent, and so on up to the root. The first entry that names the permission and one
// of the principals decides; if there is none, the answer is no.
//
// So the order of entries counts, and lists further down win: allow what a folder allows and deny a
// little in a document, or the other way round. [DenyAll] at the end of a list stops inheritance.
//
// The [Decision] names the deciding entry, its list and its place, and makes a sentence of it only
// if one is needed. An error of a list is the error of the decision: neither yes nor no. [Explain]
// reports each list and entry on the way.
//
// # Who and what
//
//	For, RolesFor       lists and local roles for types of other packages
//	RoleProvider        principals that depend on the resource: its owner, the members of a project
//	Filter, Children    those children that someone may see, without a decision for each
//	PrincipalsAllowed   who has a permission at a resource; Grants: and why
//	Parse, ParseTable   lists from text: "allow group:editors edit,view"
//	Misfits             methods that look like those of a Provider, but are not
//
// # Cost
//
// A decision allocates nothing, and costs some nanoseconds for each resource on the way and about
// one for each entry, if the lists are in memory. Lists are read anew for each decision. Making an
// entry allocates, so a list that is always the same is best kept in a variable. A list that waits
// for a database delays every decision below it, so load it together with its resource.
//
// Everything here is safe for concurrent use, as far as the resources are.
package acl
