package notebook

import (
	"fmt"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// UserHeader is the name of the user. The application has no login; a proxy in front of it sets the
// header.
const UserHeader = "X-User"

// policy trusts the header. The nearest grant of the user, from the resource upward, decides.
type policy struct{}

// Identity returns the name of the user, or nil for none.
func (policy) Identity(r *web.Request) (any, error) {
	if user := r.Header.Get(UserHeader); user != "" {
		return user, nil
	}
	return nil, nil
}

// Permits walks up the lineage.
func (policy) Permits(r *web.Request, at traversal.Node, permission string) (web.Decision, error) {
	role, ok := needed[permission]
	if !ok {
		return web.Decision{}, fmt.Errorf("unknown permission %q", permission)
	}
	user, err := r.UserID()
	if err != nil {
		return web.Decision{}, err
	}
	if at.IsZero() {
		return web.Deny("there is no resource"), nil
	}
	for node, err := range r.Application().Traverser.Lineage(r.Context(), at) {
		if err != nil {
			return web.Decision{}, err
		}
		granter, ok := node.Resource().(interface {
			roleOf(user string) (Role, bool)
		})
		if !ok {
			continue
		}
		if has, ok := granter.roleOf(user); ok {
			decision := web.Deny(fmt.Sprintf("%q has only role %d here", user, has))
			if has >= role {
				decision = web.Allow(fmt.Sprintf("%q has role %d here", user, has))
			}
			decision.At = node
			return decision, nil
		}
	}
	return web.Deny("no grants from here up to the root"), nil
}
