package web

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web/internal/nonce"
)

// SecurityPolicy identifies users and decides what they may do. It must be safe for concurrent use.
type SecurityPolicy interface {
	// Identity returns the user of the request, nil for an anonymous one. Request.Identity calls it
	// at most once per request.
	Identity(r *Request) (any, error)
	// Permits decides whether the user has the permission at a resource. An error does not mean
	// "denied": it becomes that of the request.
	Permits(r *Request, at traversal.Node, permission string) (Decision, error)
}

// UserIDer is a SecurityPolicy with user ids of its own. Without it the identity supplies them: see
// [Request.UserID].
type UserIDer interface {
	UserID(r *Request) (string, error)
}

// Principaler is a SecurityPolicy that knows the principals of a request: the user, their groups,
// and whatever else has permissions.
type Principaler interface {
	Principals(r *Request) ([]string, error)
}

// Rememberer is a SecurityPolicy that logs users in and out: see [Request.Remember]. The function
// that a method returns sets what the client needs, such as a cookie, in the response that is sent.
// It is nil if the client needs nothing, as with a session that has a cookie of its own.
type Rememberer interface {
	// Remember makes userID the user of the client's next requests.
	Remember(r *Request, userID string) (func(*Response), error)
	// Forget makes the client's next requests anonymous.
	Forget(r *Request) (func(*Response), error)
}

// Challenger is a SecurityPolicy that can ask a client to authenticate (RFC 9110, section 11.6.1).
// A request without a user to a view that it may not call is then answered with 401 instead of 403.
type Challenger interface {
	// Challenges returns the values of WWW-Authenticate, such as `Basic realm="wiki"`; none if
	// this request is not to be challenged.
	Challenges(r *Request) ([]string, error)
}

// CSRFPolicy protects against cross-site request forgery. It is a component
// (registry.Provide[web.CSRFPolicy]), and checks requests to views that require it.
type CSRFPolicy interface {
	// Check returns an error if the request may be forged.
	Check(r *Request) error
}

// CSRFRotator is a [CSRFPolicy] with tokens. [Request.Remember] and [Request.Forget] call it: a
// token that somebody planted before a login must not work after it.
type CSRFRotator interface {
	// Rotate makes the client's tokens invalid; the next one that is asked for is new.
	Rotate(r *Request) error
}

// CSRFTokener is a [CSRFPolicy] with tokens, which forms and scripts send back.
type CSRFTokener interface {
	// Token returns a token for the page that the request gets; "" if no form needs one.
	Token(r *Request) (string, error)
	// Field returns the name of the form field in which Check looks for a token.
	Field() string
}

// Decision is what a SecurityPolicy decides. The zero value denies. Renderers and templates show
// clients whether it allows, and nothing else.
type Decision struct {
	Allowed bool
	// Reason is for logs and explanations. String and JSON leave it out, so that no client sees it.
	Reason string
	// At is the resource whose rule decided, zero without one.
	At traversal.Node
	// Detail is the policy's own decision, such as an acl.Decision. It gives the reason if Reason
	// is "", so that a sentence is made only if it is read: see Why.
	Detail interface{ Reason() string }
}

var (
	_ fmt.Stringer   = Decision{}
	_ json.Marshaler = Decision{}
)

// Allow returns a decision that allows.
func Allow(reason string) Decision { return Decision{Allowed: true, Reason: reason} }

// Deny returns a decision that denies.
func Deny(reason string) Decision { return Decision{Reason: reason} }

// String returns "allowed" or "denied".
func (d Decision) String() string {
	if d.Allowed {
		return "allowed"
	}
	return "denied"
}

// Why returns Reason, or else that of Detail; "" without one. It is not for clients.
func (d Decision) Why() string {
	if d.Reason == "" && d.Detail != nil {
		return d.Detail.Reason()
	}
	return d.Reason
}

// MarshalJSON returns true or false.
func (d Decision) MarshalJSON() ([]byte, error) { return strconv.AppendBool(nil, d.Allowed), nil }

// Principals with the same meaning in every policy.
const (
	// Everyone is a principal of every request.
	Everyone = "system.Everyone"
	// Authenticated is a principal of every request with a user.
	Authenticated = "system.Authenticated"
)

var (
	identityKey = NewKey("identity", func(r *Request) (any, error) { return r.app.Security.Identity(r) })
	userKey     = NewKey("user id", loadUserID)
	nonceKey    = NewKey("CSP nonce", func(*Request) (string, error) { return nonce.New(), nil })
)

// CSPNonce returns the nonce of the request for a Content-Security-Policy: see tweens.CSPNonce.
func CSPNonce(r *Request) string {
	text, _ := nonceKey.Get(r)
	return text
}

// Identity returns the user of the request, as the security policy identifies them; nil for an
// anonymous one, or without a policy. The policy is called at most once per request.
func (r *Request) Identity() (any, error) {
	if r.app.Security == nil {
		return nil, nil
	}
	return identityKey.Get(r)
}

// UserID returns the id of the user, "" for an anonymous one. It is what the policy returns as a
// [UserIDer], else the identity if it is a string, else what its method UserID() string returns.
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
	switch user := identity.(type) {
	case string:
		return user, nil
	case interface{ UserID() string }:
		return user.UserID(), nil
	}
	return "", nil
}

// IsAuthenticated reports whether the request has a known user.
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

// Principals returns the principals of the request: those of a policy that is a [Principaler], else
// only Everyone.
func (r *Request) Principals() ([]string, error) {
	if policy, ok := r.app.Security.(Principaler); ok {
		return policy.Principals(r)
	}
	return []string{Everyone}, nil
}

// Permits returns whether the user has the permission at a node, by default at the resource of the
// request. Without a policy it returns an error, since nothing can decide.
func (r *Request) Permits(permission string, at ...traversal.Node) (Decision, error) {
	if r.app.Security == nil {
		return Decision{}, fmt.Errorf("permission %q: the application has no security policy to decide it: "+
			"set framework.Options.Security, to framework.NoPolicy{} if everything is permitted on purpose", permission)
	}
	if len(at) > 0 {
		return r.app.Security.Permits(r, at[0], permission)
	}
	return r.app.Security.Permits(r, r.Node(), permission)
}

// Can is Permits for templates and conditions: it reports whether the user has the permission.
func (r *Request) Can(permission string, at ...traversal.Node) (bool, error) {
	decision, err := r.Permits(permission, at...)
	return decision.Allowed && err == nil, err
}
