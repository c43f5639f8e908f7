package acl_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/acl"
)

// The model keeps everything as plain data and does it the long way.
type modelEntry struct {
	allow       bool
	principal   string
	permissions []string
}

type modelNode struct {
	resource traversal.Resource
	parent   *modelNode
	list     []modelEntry
	roles    map[string][]string
}

func (m *modelNode) lineage() (nodes []*modelNode) {
	for ; m != nil; m = m.parent {
		nodes = append(nodes, m)
	}
	return nodes
}

func (e modelEntry) covers(permission string) bool {
	return permission != "" && (slices.Contains(e.permissions, permission) || slices.Contains(e.permissions, acl.AllPermissions))
}

// permits returns the answer, and which entry of which node decides.
func (m *modelNode) permits(permission string, principals []string) (allowed bool, at *modelNode, index int) {
	held := map[string]bool{}
	for _, p := range principals {
		held[p] = true
		for _, n := range m.lineage() {
			for _, role := range n.roles[p] {
				held[role] = true
			}
		}
	}
	delete(held, "")
	for _, n := range m.lineage() {
		for i, e := range n.list {
			if held[e.principal] && e.covers(permission) {
				return e.allow, n, i
			}
		}
	}
	return false, nil, -1
}

// grants reports whether PrincipalsAllowed has p: as for p alone, but denials of everyone count.
func (m *modelNode) grants(permission, p string) bool {
	for _, n := range m.lineage() {
		for _, e := range n.list {
			if e.covers(permission) && (e.principal == p || !e.allow && e.principal == acl.Everyone) {
				return e.allow
			}
		}
	}
	return false
}

// "grace" and "aline", "write" and "delete" share a bit.
var (
	principalsOfModel  = []string{"", "grace", "aline", "group:a", "group:b", "role:owner", "role:member", acl.Everyone}
	permissionsOfModel = []string{"view", "write", "delete", "", acl.AllPermissions}
)

// randomTree returns the nodes of a tree, the root first. Some of its resources are of types with
// rules of tr, some state their places.
func randomTree(rng *rand.Rand) (nodes []*modelNode, tr *traversal.Traverser) {
	some := func(words []string) (list []string) {
		for range 1 + rng.IntN(2) {
			list = append(list, words[rng.IntN(len(words))])
		}
		return list
	}
	models := map[traversal.Resource]*modelNode{}
	listOf := func(m *modelNode) (list acl.List) {
		for _, e := range m.list {
			if e.allow {
				list = append(list, acl.Allow(e.principal, e.permissions...))
			} else {
				list = append(list, acl.Deny(e.principal, e.permissions...))
			}
		}
		return list
	}
	tr, err := traversal.New([]traversal.Rule{
		acl.For(func(_ context.Context, k *ruled) (acl.List, error) { return listOf(models[k]), nil }),
		acl.RolesFor(func(_ context.Context, k *ruled, principals []string) (roles []string, err error) {
			for _, p := range principals {
				roles = append(roles, models[k].roles[p]...)
			}
			return roles, nil
		}),
	}, nil)
	if err != nil {
		panic(err)
	}
	for i := range 2 + rng.IntN(12) {
		m := &modelNode{}
		if i > 0 {
			m.parent = nodes[rng.IntN(i)]
		}
		if rng.IntN(3) > 0 {
			for range rng.IntN(4) {
				m.list = append(m.list, modelEntry{rng.IntN(2) == 0, principalsOfModel[rng.IntN(len(principalsOfModel))], some(permissionsOfModel)})
			}
			if rng.IntN(4) == 0 {
				m.roles = map[string][]string{some(principalsOfModel)[0]: some([]string{"role:owner", "role:member", "aline", ""})}
			}
		}
		switch {
		case m.list == nil && m.roles == nil && rng.IntN(2) == 0:
			m.resource = &leaf{strconv.Itoa(i)}
		case rng.IntN(3) == 0:
			m.resource = &ruled{strconv.Itoa(i)}
		case m.roles == nil && rng.IntN(2) == 0 && (m.parent == nil || isLocated(m.parent.resource)):
			l := &located{list: listOf(m)}
			if m.parent != nil {
				l.name, l.parent = strconv.Itoa(i), m.parent.resource
			}
			m.resource = l
		default:
			m.resource = &folder{list: listOf(m), roles: m.roles}
		}
		models[m.resource] = m
		nodes = append(nodes, m)
	}
	return nodes, tr
}

// ruled has its list and its local roles by rules.
type ruled struct{ name string }

func isLocated(res traversal.Resource) bool {
	_, ok := res.(traversal.Located)
	return ok
}

// node returns the node of m.
func (m *modelNode) node(names map[*modelNode]string) traversal.Node {
	if m.parent == nil {
		return traversal.NewNode(m.resource)
	}
	return m.parent.node(names).At(names[m], m.resource)
}

// Permits, Explain, Filter and PrincipalsAllowed answer like the model, for random trees.
func TestModel(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3000) {
		checkAgainstModel(t, seed)
	}
}

// FuzzModel is TestModel for other trees.
func FuzzModel(f *testing.F) {
	f.Add(uint64(3000))
	f.Fuzz(checkAgainstModel)
}

func checkAgainstModel(t *testing.T, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 12))
	nodes, tr := randomTree(rng)
	names := map[*modelNode]string{}
	for i, m := range nodes {
		names[m] = strconv.Itoa(i)
	}
	var principals []string
	for _, p := range principalsOfModel {
		if rng.IntN(3) == 0 {
			principals = append(principals, p)
		}
	}
	permission := permissionsOfModel[rng.IntN(len(permissionsOfModel))]
	visible := map[*modelNode][]string{}
	for _, m := range nodes {
		node := m.node(names)
		where := fmt.Sprintf("seed %d: %q at %v for %q", seed, permission, node, principals)
		allowed, at, index := m.permits(permission, principals)
		d, err := acl.Permits(t.Context(), tr, node, permission, principals)
		require.NoError(t, err, where)
		require.Equal(t, allowed, d.Allowed, where)
		require.Equal(t, index, d.Index, where)
		require.Equal(t, at == nil, d.At.IsZero(), where)
		if at != nil {
			require.Same(t, at.resource, d.At.Resource(), where)
		}
		x, err := acl.Explain(t.Context(), tr, node, permission, principals)
		require.NoError(t, err, where)
		require.Equal(t, d, x.Decision, where)
		if allowed && m.parent != nil {
			visible[m.parent] = append(visible[m.parent], names[m])
		}
		got, err := acl.PrincipalsAllowed(t.Context(), tr, node, permission)
		require.NoError(t, err, where)
		var want []string
		for _, p := range slices.Sorted(slices.Values(principalsOfModel)) {
			if p != "" && m.grants(permission, p) {
				want = append(want, p)
			}
		}
		require.Equal(t, want, got, where)
	}
	for _, m := range nodes {
		children := func(yield func(traversal.Entry, error) bool) {
			for _, c := range nodes {
				if c.parent == m && !yield(traversal.Entry{Name: names[c], Resource: c.resource}, nil) {
					return
				}
			}
		}
		var got []string
		for child, err := range acl.Filter(t.Context(), tr, m.node(names), permission, principals, children) {
			require.NoError(t, err)
			got = append(got, child.Name)
		}
		require.Equal(t, visible[m], got, "seed %d: children of %v with %q for %q", seed, m.node(names), permission, principals)
	}
}
