package conformance

import (
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/traversal"
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
	names := []string{"system.Everyone"}
	if user == "" {
		return names
	}
	names = append(names, "system.Authenticated", user)
	for group := range strings.SplitSeq(groups, ",") {
		if group = strings.TrimSpace(group); group != "" {
			names = append(names, "group:"+group)
		}
	}
	return names
}

// Permits finds the first entry from the resource upward for the permission and one of the
// principals. Without one, access is denied.
func (p policy) Permits(r *web.Request, at traversal.Node, permission string) (web.Decision, error) {
	who, err := p.Principals(r)
	if err != nil {
		return web.Decision{}, err
	}
	for above, err := range r.Traverser().Lineage(r.Context(), at) {
		if err != nil {
			return web.Decision{}, err
		}
		res, ok := above.Resource().(IResource)
		if !ok || res.spec().ACL == nil {
			continue
		}
		for _, ace := range *res.spec().ACL {
			if slices.Contains(who, ace.Principal) && (ace.All || slices.Contains(ace.Permissions, permission)) {
				return web.Decision{Allowed: ace.Allow, Reason: "access list", At: above}, nil
			}
		}
	}
	return web.Deny("no entry for it"), nil
}
