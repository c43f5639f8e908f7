package acl

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/traversal"
)

// Grant is a principal that has a permission, and the entry that allows it.
type Grant struct {
	Principal string
	At        traversal.Node // the resource whose list allows it
	Index     int            // of the entry in that list, from 0
	Entry     Entry
}

var _ fmt.Stringer = Grant{}

// String returns a text such as "group:editors by entry 2 of /wiki". It counts entries from 1.
func (g Grant) String() string {
	return fmt.Sprintf("%s by entry %d of %s", g.Principal, g.Index+1, g.At.Path())
}

// PrincipalsAllowed returns the principals that have a permission at a node, sorted: "who may see
// this?". See [Grants].
func PrincipalsAllowed(ctx context.Context, t *traversal.Traverser, node traversal.Node, permission string) ([]string, error) {
	grants, err := Grants(ctx, t, node, permission)
	var principals []string
	for _, g := range grants {
		principals = append(principals, g.Principal)
	}
	return principals, err
}

// Grants returns the principals that have a permission at a node, each with the entry that allows
// it, sorted by principal: "who may see this, and why?". t and node are as for [Permits], and so
// are the errors.
//
// It follows Pyramid's principals_allowed_by_permission. From the root down to the node, each list
// changes a set: an entry that allows adds its principal, unless the same list denied it before;
// one that denies removes it from what the lists above allowed; one that denies [Everyone] removes
// all of that and ends the list. This answers for each principal alone. Someone with several may
// still be denied by an entry for another of theirs, which only Permits can decide. A local role is
// in the result as itself ("role:owner"), not as the principals that have it.
func Grants(ctx context.Context, t *traversal.Traverser, node traversal.Node, permission string) ([]Grant, error) {
	node, err := t.Canonical(ctx, node)
	if err != nil {
		return nil, err
	}
	q := newQuestion(t, permission, nil)
	var nodes []traversal.Node // from the node up
	var lists []List
	for n, ok := node, true; ok; n, ok = n.Parent() {
		list, err := q.listAt(ctx, n)
		if err != nil {
			return nil, err
		}
		nodes, lists = append(nodes, n), append(lists, list)
	}
	allowed := map[string]Grant{}
	for at, list := range slices.Backward(lists) {
		here, denied := map[string]Grant{}, map[string]bool{}
		for i, e := range list {
			if e.who == 0 || !e.covers(permission, q.what) {
				continue
			}
			_, twice := here[e.principal]
			switch {
			case !e.allow:
				denied[e.principal] = true
				delete(allowed, e.principal)
			case !twice && !denied[e.principal]:
				here[e.principal] = Grant{e.principal, nodes[at], i, e}
			}
			if !e.allow && e.principal == Everyone {
				clear(allowed)
				break
			}
		}
		maps.Copy(allowed, here)
	}
	return slices.SortedFunc(maps.Values(allowed), func(a, b Grant) int { return strings.Compare(a.Principal, b.Principal) }), nil
}
