package security

import (
	"fmt"

	"github.com/mastaba-go/mastaba/views/web"
)

// Identity returns the user of the request as a T: the type that Options.Load returns, or *User
// without Load. It returns false for an anonymous client. An identity of another type is an error.
// The user is identified at most once per request.
//
//	member, ok, err := security.Identity[*Member](r)
func Identity[T any](r *web.Request) (user T, ok bool, err error) {
	identity, err := identityOf(r)
	if err != nil || identity == nil {
		return user, false, err
	}
	if user, ok = identity.(T); !ok {
		return user, false, fmt.Errorf("the identity is a %T, not a %T: ask for the type that Options.Load of the security policy returns", identity, user)
	}
	return user, true, nil
}

// identityOf is r.Identity, without another copy of what a Policy keeps for the request.
func identityOf(r *web.Request) (any, error) {
	if policy, ok := r.Application().Security.(*Policy); ok {
		return policy.Identity(r)
	}
	return r.Identity()
}
