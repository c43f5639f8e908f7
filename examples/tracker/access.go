package main

import (
	"context"
	"slices"

	"github.com/mastaba-go/mastaba/traversal/acl"
)

// The permissions. Whoever wants to see a resource needs mayView there and at all resources above.
const (
	mayView   = "view"
	mayWrite  = "write"  // report, edit and close issues
	mayManage = "manage" // add projects
)

// The roles in an organisation, and what precedes the id of a user in access lists, so that nobody
// can call themselves an owner.
const (
	owner, member = "role:owner", "role:member"
	userPrefix    = "user:"
)

// ACL is the access list of the root, which everything below inherits.
func (*Tracker) ACL(context.Context) (acl.List, error) { return rootList, nil }

var (
	rootList    = acl.List{acl.Allow(owner, acl.AllPermissions), acl.Allow(member, mayView, mayWrite), acl.Allow(acl.Everyone, mayView)}
	privateList = acl.List{acl.Allow(owner, acl.AllPermissions), acl.Allow(member, mayView, mayWrite), acl.DenyAll}
)

// privacy is part of what may be private: visible only for the people of the organisation.
type privacy struct{ Private bool }

// ACL ends the inheritance if the resource is private.
func (p privacy) ACL(context.Context) (acl.List, error) {
	if p.Private {
		return privateList, nil
	}
	return nil, nil
}

// LocalRoles returns the roles that a user has in the organisation and in all that is in it.
func (o *Organisation) LocalRoles(_ context.Context, principals []string) (roles []string, err error) {
	for role, users := range map[string][]string{owner: o.Owners, member: o.Members} {
		for _, user := range users {
			if slices.Contains(principals, userPrefix+user) {
				roles = append(roles, role)
			}
		}
	}
	return roles, nil
}
