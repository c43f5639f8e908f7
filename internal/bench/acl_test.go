package bench

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/acl"
)

// level is a resource with a list and one child.
type level struct {
	list  acl.List
	child *level
}

func (l *level) ACL(context.Context) (acl.List, error) { return l.list, nil }

func (l *level) Child(context.Context, string) (traversal.Resource, error) { return l.child, nil }

// rights are the same access rights, for each contender.
type rights struct {
	lists []acl.List // from the root down
	users map[string][]string
}

// casbinModel says the same as acl.Permits: policies are sorted from the deepest resource up, the
// first that matches decides, and there is a policy for each entry. The order inside the matcher is
// the fastest one.
const casbinModel = `
[request_definition]
r = sub, obj, act
[policy_definition]
p = sub, obj, act, eft
[role_definition]
g = _, _
[policy_effect]
e = priority(p.eft) || deny
[matchers]
m = r.act == p.act && g(r.sub, p.sub) && keyMatch(r.obj, p.obj)
`

// chain returns the path of a resource of the chain, as casbin compares them.
func chain(depth int) string { return "/" + strings.Repeat("x/", depth) }

func (r rights) node(t testing.TB) traversal.Node {
	var below *level
	for _, list := range slices.Backward(r.lists) {
		below = &level{list, below}
	}
	var result traversal.Result
	path := strings.Repeat("/x", len(r.lists)-1)
	require.NoError(t, new(traversal.Traverser).Walk(t.Context(), below, traversal.Path{Escaped: path}, &result))
	return result.Node()
}

// policies hands the rights to an enforcer.
func (r rights) policies(t testing.TB, add func(...any) (bool, error), group func(...any) (bool, error)) {
	for depth, list := range slices.Backward(r.lists) {
		for _, e := range list {
			effect := "deny"
			if e.Allows() {
				effect = "allow"
			}
			for _, permission := range e.Permissions() {
				_, err := add(e.Principal(), chain(depth)+"*", permission, effect)
				require.NoError(t, err)
			}
		}
	}
	for user, principals := range r.users {
		for _, principal := range principals {
			if principal != user {
				_, err := group(user, principal)
				require.NoError(t, err)
			}
		}
	}
}

func (r rights) enforcer(t testing.TB) *casbin.Enforcer {
	m, err := model.NewModelFromString(casbinModel)
	require.NoError(t, err)
	e, err := casbin.NewEnforcer(m)
	require.NoError(t, err)
	r.policies(t, e.AddPolicy, e.AddGroupingPolicy)
	return e
}

// cached returns an enforcer that keeps the answer to each question, until it is told to forget.
func (r rights) cached(t testing.TB) *casbin.CachedEnforcer {
	m, err := model.NewModelFromString(casbinModel)
	require.NoError(t, err)
	e, err := casbin.NewCachedEnforcer(m)
	require.NoError(t, err)
	r.policies(t, e.AddPolicy, e.AddGroupingPolicy)
	return e
}

// principals are those of a user with two groups.
func principals(user string) []string {
	return []string{acl.Everyone, acl.Authenticated, user, "group:staff", "group:" + user}
}

// worst returns rights of which only the last entry of the root is about the user: everything is
// looked at.
func worst(depth, entries int) rights {
	r := rights{users: map[string][]string{"alice": principals("alice")}}
	for d := range depth {
		var list acl.List
		for i := range entries {
			if list = append(list, acl.Allow(fmt.Sprintf("group:%d-%d", d, i), "view")); i%2 == 1 {
				list[i] = acl.Deny(fmt.Sprintf("user-%d-%d", d, i), "view")
			}
		}
		r.lists = append(r.lists, list)
	}
	r.lists[0][entries-1] = acl.Allow("group:staff", "view")
	return r
}

// TestSameDecisions checks that the contenders answer alike, for random lists.
func TestSameDecisions(t *testing.T) {
	answers := map[bool]int{}
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 1))
		users := []string{"alice", "bob"}
		r := rights{users: map[string][]string{}}
		for _, user := range users {
			r.users[user] = principals(user)
		}
		names := []string{acl.Everyone, "alice", "group:alice", "group:staff", "carol"}
		permissions := []string{"view", "edit", "delete"}
		for range 1 + rng.IntN(4) {
			var list acl.List
			for range rng.IntN(4) {
				e := acl.Allow(names[rng.IntN(len(names))], permissions[rng.IntN(3)])
				if rng.IntN(2) == 0 {
					e = acl.Deny(names[rng.IntN(len(names))], permissions[rng.IntN(3)])
				}
				// casbin keeps one policy of several equal ones, wherever it stands.
				if !slices.ContainsFunc(list, func(o acl.Entry) bool { return o.String() == e.String() }) {
					list = append(list, e)
				}
			}
			r.lists = append(r.lists, list)
		}
		plain, cached := r.enforcer(t), r.cached(t)
		for n, ok := r.node(t), true; ok; n, ok = n.Parent() {
			for _, user := range users {
				for _, permission := range permissions {
					d, err := acl.Permits(t.Context(), nil, n, permission, r.users[user])
					require.NoError(t, err)
					answers[d.Allowed]++
					question := []any{user, chain(n.Depth()), permission}
					for range 2 { // the second time from the cache
						allowed, err := cached.Enforce(question...)
						require.NoError(t, err)
						require.Equal(t, allowed, d.Allowed, "seed %d: %v: %v", seed, question, d.Reason())
					}
					allowed, err := plain.Enforce(question...)
					require.NoError(t, err)
					require.Equal(t, allowed, d.Allowed, "seed %d: %v: %v", seed, question, d.Reason())
				}
			}
		}
	}
	require.Greater(t, min(answers[true], answers[false]), 100)
}

// BenchmarkDecisions plays one round per operation, as BenchmarkFrameworks does, and reports the
// median time per decision, and the ratio of casbin's to ours in the same round.
func BenchmarkDecisions(b *testing.B) {
	for _, depth := range []int{1, 8, 32} {
		for _, entries := range []int{1, 20} {
			b.Run(fmt.Sprintf("depth=%d/entries=%d", depth, entries), func(b *testing.B) {
				r := worst(depth, entries)
				node, who := r.node(b), r.users["alice"]
				enforcer, cached, path := r.enforcer(b), r.cached(b), chain(depth-1)
				ctx := b.Context()
				ours := func() bool {
					d, err := acl.Permits(ctx, nil, node, "view", who)
					return err == nil && d.Allowed
				}
				theirs := func() bool {
					allowed, err := enforcer.Enforce("alice", path, "view")
					return err == nil && allowed
				}
				fromCache := func() bool {
					allowed, err := cached.Enforce("alice", path, "view")
					return err == nil && allowed
				}
				var rounds [3][]float64
				for b.Loop() {
					for i, ask := range []func() bool{ours, theirs, fromCache} {
						rounds[i] = append(rounds[i], each(b, ask))
					}
				}
				b.ReportMetric(0, "ns/op")
				b.ReportMetric(testing.AllocsPerRun(100, func() { ours() }), "mastaba-allocs")
				b.ReportMetric(median(rounds[0]), "mastaba-ns")
				b.ReportMetric(median(rounds[1]), "casbin-ns")
				b.ReportMetric(median(rounds[2]), "casbin-cached-ns")
				var ratios []float64
				for i := range rounds[0] {
					ratios = append(ratios, rounds[1][i]/rounds[0][i])
				}
				b.ReportMetric(median(ratios), "x-casbin")
				b.ReportMetric(slices.Min(ratios), "x-casbin-min")
			})
		}
	}
}

// each asks for about 20 ms, and returns the time per question. Every answer must be yes.
func each(b *testing.B, ask func() bool) float64 {
	count, began := 0, now()
	for now()-began < 20*time.Millisecond {
		for range 50 {
			if !ask() {
				b.Fatal("denied")
			}
		}
		count += 50
	}
	return float64((now() - began).Nanoseconds()) / float64(count)
}

// plain is a resource without a list.
type plain struct{}

// BenchmarkFilter reports the processor time for each of 1,000 children at depth 8, with 20 entries a
// level: children without a list, with a list of their own that does not decide, and with one that
// does; for someone with five principals, and with 300 more.
func BenchmarkFilter(b *testing.B) {
	const children = 1000
	r := worst(8, 20)
	parent, who := r.node(b), r.users["alice"]
	other := acl.List{acl.Allow("group:others", "view", "edit"), acl.Allow(acl.Authenticated, "comment")}
	own := append(slices.Clone(other), acl.Allow("group:staff", "view"), acl.DenyAll)
	var groups []string // of someone with many
	for i := range 300 {
		groups = append(groups, fmt.Sprintf("group:%x", uint64(i)*0x9E3779B97F4A7C15))
	}
	for name, child := range map[string]func() traversal.Resource{
		"plain":     func() traversal.Resource { return new(plain) },
		"undecided": func() traversal.Resource { return &level{list: other} },
		"decides":   func() traversal.Resource { return &level{list: own} },
	} {
		var entries []traversal.Entry
		for i := range children {
			entries = append(entries, traversal.Entry{Name: strconv.Itoa(i), Resource: child()})
		}
		list := iter.Seq2[traversal.Entry, error](func(yield func(traversal.Entry, error) bool) {
			for _, e := range entries {
				if !yield(e, nil) {
					return
				}
			}
		})
		for clients, who := range map[string][]string{"few": who, "300": slices.Concat(groups, who)} {
			b.Run("children="+name+"/principals="+clients, func(b *testing.B) {
				b.ReportAllocs()
				began := now()
				for b.Loop() {
					seen := 0
					for _, err := range acl.Filter(b.Context(), nil, parent, "view", who, list) {
						if err != nil {
							b.Fatal(err)
						}
						seen++
					}
					if seen != children {
						b.Fatal(seen)
					}
				}
				b.ReportMetric(float64((now()-began).Nanoseconds())/float64(b.N)/children, "cpu-ns/child")
			})
		}
	}
}
