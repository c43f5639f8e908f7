package web

import (
	"fmt"

	"github.com/mastaba-go/mastaba/traversal"
)

// SecurityPolicy says who is asking, and what they may do. It is asked by
// several requests at once.
type SecurityPolicy interface {
	// Identity returns who is asking; nil for nobody. Request.Identity asks it
	// once a request.
	Identity(r *Request) (any, error)
	// Permits decides whether the asker has permission at a resource. An error is
	// not a refusal: it becomes the request's error.
	Permits(r *Request, at traversal.Node, permission string) (Decision, error)
}

// UserIDer is implemented by policies that know a user by a text of their own;
// for others the identity itself tells (see Request.UserID).
type UserIDer interface {
	UserID(r *Request) (string, error)
}

// Principaler is implemented by policies that know the principals of a request:
// the user, their groups, and whatever else permissions are given to.
type Principaler interface {
	Principals(r *Request) ([]string, error)
}

// CSRFPolicy decides whether a request that changes something was meant by the
// user. As a component of the registry (registry.Provide[web.CSRFPolicy]) it is
// asked before views that demand it.
type CSRFPolicy interface {
	Check(r *Request) error
}

// Decision is the answer of a policy. The zero value denies.
type Decision struct {
	Allowed bool
	// Reason tells people why; it never reaches a client.
	Reason string
	// At is the resource whose rule decided; zero if none did.
	At traversal.Node
}

var _ fmt.Stringer = Decision{}

// Allow returns a decision that allows, for a reason.
func Allow(reason string) Decision { return Decision{Allowed: true, Reason: reason} }

// Deny returns a decision that denies, for a reason.
func Deny(reason string) Decision { return Decision{Reason: reason} }

// String returns "allowed" or "denied", with the reason.
func (d Decision) String() string {
	s := "denied"
	if d.Allowed {
		s = "allowed"
	}
	if d.Reason != "" {
		s += ": " + d.Reason
	}
	return s
}

// Principals that every policy means the same by.
const (
	// Everyone belongs to every request.
	Everyone = "system.Everyone"
	// Authenticated belongs to every request with a user.
	Authenticated = "system.Authenticated"
)

var (
	identityKey = NewKey("identity", func(r *Request) (any, error) { return r.app.Security.Identity(r) })
	userKey     = NewKey("user id", loadUserID)
)

// Identity returns who is asking, as the security policy has it; nil for nobody
// or without a policy. The policy is asked once a request.
func (r *Request) Identity() (any, error) {
	if r.app.Security == nil {
		return nil, nil
	}
	return identityKey.Get(r)
}

// UserID returns the id of who is asking; "" for nobody. It is what the policy's
// own UserID says; else the identity if that is a text, or what its method
// UserID() string returns.
func (r *Request) UserID() (string, error) {
	if r.app.Security == nil {
		return "", nil
	}
	return userKey.Get(r)
}

func loadUserID(r *Request) (string, error) {
	if policy, ok := r.app.Security.(UserIDer); ok {
		return policy.UserID(r)
	}
	identity, err := r.Identity()
	if err != nil {
		return "", err
	}
	switch who := identity.(type) {
	case string:
		return who, nil
	case interface{ UserID() string }:
		return who.UserID(), nil
	}
	return "", nil
}

// IsAuthenticated reports whether somebody known is asking.
func (r *Request) IsAuthenticated() (bool, error) {
	if r.app.Security == nil {
		return false, nil
	}
	if _, ok := r.app.Security.(UserIDer); ok {
		id, err := r.UserID()
		return err == nil && id != "", err
	}
	identity, err := r.Identity()
	return err == nil && identity != nil, err
}

// Principals returns the principals of the request: what the policy says, and
// only Everyone from a policy that knows none.
func (r *Request) Principals() ([]string, error) {
	if policy, ok := r.app.Security.(Principaler); ok {
		return policy.Principals(r)
	}
	return []string{Everyone}, nil
}

// Permits asks the policy whether the asker has permission at a node; at the
// resource of the request if none is given. Without a policy everything is allowed.
func (r *Request) Permits(permission string, at ...traversal.Node) (Decision, error) {
	if r.app.Security == nil {
		return Allow("no security policy"), nil
	}
	if len(at) > 0 {
		return r.app.Security.Permits(r, at[0], permission)
	}
	return r.app.Security.Permits(r, r.Node(), permission)
}
