package security

import (
	"iter"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/acl"
	"github.com/mastaba-go/mastaba/views/web"
)

// ACL is the default [Authorizer]: the access lists of the resource and of those above it decide,
// as acl.Permits says. The Detail of the decision is the acl.Decision.
func ACL(r *web.Request, at traversal.Node, permission string, principals []string) (web.Decision, error) {
	d, err := acl.Permits(r.Context(), r.Application().Traverser, at, permission, principals)
	if err != nil {
		return web.Decision{}, err
	}
	return web.Decision{Allowed: d.Allowed, At: d.At, Detail: d}, nil
}

// AnyUser is an [Authorizer] that gives every permission to every user, and none to anonymous
// clients: for applications in which a login is all that counts.
func AnyUser(_ *web.Request, _ traversal.Node, permission string, principals []string) (web.Decision, error) {
	for _, principal := range principals {
		if principal == web.Authenticated {
			return web.Decision{Allowed: true, Detail: anyUser("every user may do everything")}, nil
		}
	}
	return web.Decision{Detail: anyUser("nobody is logged in")}, nil
}

type anyUser string

func (s anyUser) Reason() string { return string(s) }

// Children lists the children of a node at which the user has a permission, for pages that show
// only what one may open. Where access lists decide, it works as acl.Children; another Authorizer
// of a [Policy] is asked about each child.
func Children(r *web.Request, parent traversal.Node, permission string) iter.Seq2[traversal.Node, error] {
	if policy, ok := r.Application().Security.(*Policy); ok && !policy.lists {
		return policy.children(r, parent, permission)
	}
	return func(yield func(traversal.Node, error) bool) {
		principals, err := r.Principals()
		if err != nil {
			yield(traversal.Node{}, err)
			return
		}
		acl.Children(r.Context(), r.Application().Traverser, parent, permission, principals)(yield)
	}
}

// children asks the Authorizer about each child.
func (p *Policy) children(r *web.Request, parent traversal.Node, permission string) iter.Seq2[traversal.Node, error] {
	return func(yield func(traversal.Node, error) bool) {
		for child, err := range r.Application().Traverser.Children(r.Context(), parent) {
			var decision web.Decision
			if err == nil {
				decision, err = p.Permits(r, child, permission)
			}
			if err != nil {
				yield(traversal.Node{}, err)
				return
			}
			if decision.Allowed && !yield(child, nil) {
				return
			}
		}
	}
}
