package acl

import (
	"context"
	"maps"
	"slices"

	"github.com/mastaba-go/mastaba/traversal"
)

// PrincipalsAllowed returns the principals that have a permission at a node, sorted: "who may see
// this?". t and node are as for [Permits], and so are the errors.
//
// It follows Pyramid's principals_allowed_by_permission. From the root down to the node, each list
// changes a set: an entry that allows adds its principal, unless the same list denied it before; one
// that denies removes it from what the lists above allowed; one that denies [Everyone] removes all
// of that and ends the list. This answers for each principal alone. Someone with several may still
// be denied by an entry for another of theirs, which Permits alone decides. A local role stands in
// the answer as such ("role:owner"), not as those who have it.
func PrincipalsAllowed(ctx context.Context, t *traversal.Traverser, node traversal.Node, permission string) ([]string, error) {
	node, err := t.Canonical(ctx, node)
	if err != nil {
		return nil, err
	}
	q := newQuestion(t, permission, nil)
	var lists []List // from the node up
	for n, ok := node, true; ok; n, ok = n.Parent() {
		list, err := q.listAt(ctx, n)
		if err != nil {
			return nil, err
		}
		lists = append(lists, list)
	}
	allowed := map[string]bool{}
	for _, list := range slices.Backward(lists) {
		here, denied := map[string]bool{}, map[string]bool{}
		for i := range list {
			e := &list[i]
			switch {
			case e.who == 0 || !e.covers(permission, q.what):
				continue
			case e.allow && !denied[e.principal]:
				here[e.principal] = true
			case !e.allow:
				denied[e.principal] = true
				delete(allowed, e.principal)
			}
			if !e.allow && e.principal == Everyone {
				clear(allowed)
				break
			}
		}
		maps.Copy(allowed, here)
	}
	return slices.Sorted(maps.Keys(allowed)), nil
}
