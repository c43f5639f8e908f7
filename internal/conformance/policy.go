package conformance

import (
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// policy is the security policy of the cases: X-User says who is asking,
// X-Groups to which groups they belong, and access lists along the lineage what
// they may do.
type policy struct{}

var (
	_ web.SecurityPolicy = policy{}
	_ web.Principaler    = policy{}
)

// Identity is the name of the user, nil for nobody.
func (policy) Identity(r *web.Request) (any, error) {
	if user := r.Header.Get("X-User"); user != "" {
		return user, nil
	}
	return nil, nil
}

// Principals are everyone, and with a user also the user and their groups.
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

// Permits looks from the resource upwards for the first entry that speaks of
// the permission and one of the principals. Without one it is denied.
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
	return web.Deny("no entry speaks of it"), nil
}
