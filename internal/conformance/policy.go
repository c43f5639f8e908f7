package conformance

import (
	"strings"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/acl"
	"github.com/mastaba-go/mastaba/views/web"
)

// policy is the security policy of the cases. X-User is the user and X-Groups are the user's
// groups; access lists along the lineage grant permissions.
type policy struct{}

var (
	_ web.SecurityPolicy = policy{}
	_ web.Principaler    = policy{}
)

// Identity returns the name of the user, nil for none.
func (policy) Identity(r *web.Request) (any, error) {
	if user := r.Header.Get("X-User"); user != "" {
		return user, nil
	}
	return nil, nil
}

// Principals returns everyone, and for a user also authenticated, the user and the user's groups.
func (policy) Principals(r *web.Request) ([]string, error) {
	return principals(r.Header.Get("X-User"), r.Header.Get("X-Groups")), nil
}

func principals(user, groups string) []string {
	names := []string{acl.Everyone}
	if user == "" {
		return names
	}
	names = append(names, acl.Authenticated, user)
	for group := range strings.SplitSeq(groups, ",") {
		if group = strings.TrimSpace(group); group != "" {
			names = append(names, "group:"+group)
		}
	}
	return names
}

// Permits decides by the access lists of the tree.
func (p policy) Permits(r *web.Request, at traversal.Node, permission string) (web.Decision, error) {
	who, err := p.Principals(r)
	if err != nil {
		return web.Decision{}, err
	}
	d, err := acl.Permits(r.Context(), r.Traverser(), at, permission, who)
	return web.Decision{Allowed: d.Allowed, At: d.At, Detail: d}, err
}
