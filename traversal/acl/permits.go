package acl

import (
	"context"
	"slices"

	"github.com/mastaba-go/mastaba/traversal"
)

// Permits decides whether someone with the given principals has a permission at a node. It looks at
// the lists of the resource, then of its parent, and so on up to the root. The first entry that
// names one of the principals and the permission decides; without one, the answer is no. Principals
// include the local roles that resources of the lineage grant ([RoleProvider]).
//
// t is the Traverser of the application, or nil: it has the rules of [For] and [RolesFor], and
// knows the place of resources that state it. The lineage is that of t.Canonical, so that no alias
// leads around a list. It takes a Node, since an access right inherits along a lineage; for a bare
// resource use t.NodeOf. The principals are the caller's business, [Everyone] included: list what
// the user is, in any order. Neither "" among them nor the permission "" ever matches.
//
// The error is a broken lineage, or an [*Error] of a resource; the Decision is zero then. Nothing
// is kept between calls. Without local roles, and with up to 32 principals, a decision allocates
// nothing. It costs the calls of ACL up to the deciding list, and about a nanosecond for each
// entry.
//
// In a view, r.Permits asks the security policy of the application instead.
func Permits(ctx context.Context, t *traversal.Traverser, node traversal.Node, permission string, principals []string) (Decision, error) {
	node, err := t.Canonical(ctx, node)
	if err != nil {
		return Decision{}, err
	}
	q := newQuestion(t, permission, principals)
	d := Decision{Permission: permission, Node: node, Index: -1}
	for n, ok := node, true; ok; n, ok = n.Parent() {
		list, err := q.listAt(ctx, n)
		if err != nil {
			return Decision{}, err
		}
		for i := range list {
			e := &list[i]
			if !e.covers(permission, q.what) {
				continue
			}
			held, err := q.holds(ctx, node, e)
			if err != nil {
				return Decision{}, err
			}
			if held {
				d.Allowed, d.At, d.Index, d.Entry = e.allow, n, i, *e
				return d, nil
			}
		}
	}
	return d, nil
}

// question is who wants to do what.
type question struct {
	rules
	permission string
	principals []string
	what, who  uint64              // bits of the permission, and of the principals and local roles
	compared   int                 // how often all principals were compared with that of an entry
	set        map[string]struct{} // the principals, once it is worth it; nil before
	local      []string            // local roles along the lineage, once loaded
	loaded     bool
	granted    func(n traversal.Node, roles []string) // for explanations; nil otherwise
}

func newQuestion(t *traversal.Traverser, permission string, principals []string) question {
	return question{
		rules: rulesOf(t), permission: permission, principals: principals, what: bit(permission), who: bits(principals),
	}
}

// bits returns a word with the bits of all names.
func bits(names []string) (word uint64) {
	for _, name := range names {
		word |= bit(name)
	}
	return word
}

func (q *question) listAt(ctx context.Context, n traversal.Node) (List, error) {
	list, err := q.list(ctx, n.Resource())
	if err != nil {
		return nil, &Error{At: n, Kind: "acl", Err: err}
	}
	return list, nil
}

// holds reports whether the principal of e is held at a node. Local roles are loaded for the first
// entry that may need them, and then for the whole lineage of the node.
func (q *question) holds(ctx context.Context, node traversal.Node, e *Entry) (bool, error) {
	if q.who&e.who != 0 && q.has(e.principal) {
		return true, nil
	}
	if !q.loaded && e.who != 0 {
		if err := q.loadRoles(ctx, node); err != nil {
			return false, err
		}
	}
	return q.who&e.who != 0 && slices.Contains(q.local, e.principal), nil
}

// has reports whether a principal is among those that were passed. Someone with hundreds of groups
// gets a set of them, if many entries need to be compared.
func (q *question) has(principal string) bool {
	if q.set != nil {
		_, ok := q.set[principal]
		return ok
	}
	if q.compared++; q.compared > mostCompared && len(q.principals) > fewPrincipals {
		q.set = make(map[string]struct{}, len(q.principals))
		for _, p := range q.principals {
			q.set[p] = struct{}{}
		}
	}
	return slices.Contains(q.principals, principal)
}

// A list of up to fewPrincipals is searched as fast as a set. Making a set costs as much as
// searching the list mostCompared times.
const (
	fewPrincipals = 32
	mostCompared  = 16
)

// loadRoles loads the local roles that the lineage of a node grants.
func (q *question) loadRoles(ctx context.Context, node traversal.Node) error {
	for n, ok := node, true; ok; n, ok = n.Parent() {
		roles, err := q.rolesAt(ctx, n)
		if err != nil {
			return err
		}
		if q.local == nil {
			q.local = roles // not copied: it is only read
		} else {
			q.local = append(slices.Clip(q.local), roles...)
		}
		q.who |= bits(roles)
		if q.granted != nil {
			q.granted(n, roles)
		}
	}
	q.loaded = true
	return nil
}

func (q *question) rolesAt(ctx context.Context, n traversal.Node) ([]string, error) {
	roles, err := q.localRoles(ctx, n.Resource(), q.principals)
	if err != nil {
		return nil, &Error{At: n, Kind: "local roles", Err: err}
	}
	return roles, nil
}
