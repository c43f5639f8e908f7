package views_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// holding is a predicate of a kind that always holds.
func holding(kind string) web.Predicate {
	return views.Where(kind, func(*web.Request) (bool, error) { return true, nil })
}

// orderOf registers one view for each set of predicates, and returns their texts in the order in
// which they are tried.
func orderOf(t testing.TB, declare func(c *registry.Config), sets ...[]web.Predicate) []string {
	t.Helper()
	reg := build(t, func(c *registry.Config) {
		declare(c)
		for _, set := range sets {
			opts := make([]views.Option, len(set))
			for i, p := range set {
				opts[i] = p
			}
			views.Add(c, say("x"), opts...)
		}
	})
	var order []string
	for _, c := range views.TableOf(reg).Predict(req{res: &page{}}.of(reg)).Candidates {
		var texts []string
		for _, p := range c.Info.Predicates {
			texts = append(texts, p.String())
		}
		order = append(order, strings.Join(texts, " "))
	}
	return order
}

func nothing(*registry.Config) {}

type set = []web.Predicate

func TestBuiltinKindsByWeight(t *testing.T) {
	t.Parallel()
	got := orderOf(t, nothing,
		set{}, set{views.XHR(false)}, set{views.Method("GET")}, set{views.PathInfo("/")}, set{views.Not(views.Param("a"))},
		set{views.Not(views.Header("X-A"))}, set{views.Containment[any]()}, set{views.Not(views.MatchParam("a=1"))},
		set{views.PhysicalPath("/")}, set{views.Authenticated(false)}, set{views.Principals(web.Everyone)},
		set{views.Not(views.ContentType("a/b"))}, set{holding("mine")},
	)
	want := []string{
		"mine", `!content_type="a/b"`, `principals="system.Everyone"`, "authenticated=false", `physical_path="/"`,
		`!match_param="a=1"`, `containment="interface {}"`, `!header="X-A"`, `!param="a"`, `path_info="/"`,
		`method="GET","HEAD"`, "xhr=false", "",
	}
	assert.Equal(t, want, got)
}

func TestOrderInAGroup(t *testing.T) {
	t.Parallel()
	a, b, m, x := views.Not(views.Param("a")), views.Not(views.Header("X-B")), views.Method("GET"), views.XHR(false)
	tests := map[string]struct {
		sets []set
		want []string
	}{
		"more come before fewer": {
			[]set{{}, {b}, {m, x}},
			[]string{`method="GET","HEAD" xhr=false`, `!header="X-B"`, ""},
		},
		"then the heavier kind": {
			[]set{{m, a}, {x, b}, {m, b}},
			[]string{`method="GET","HEAD" !header="X-B"`, `xhr=false !header="X-B"`, `method="GET","HEAD" !param="a"`},
		},
		"then registration": {
			[]set{{views.Not(views.Param("z"))}, {a}, {views.Not(views.Param("b"))}},
			[]string{`!param="z"`, `!param="a"`, `!param="b"`},
		},
		// Scores 2+8+16 and 4+8+16, both 2^28-7 after floor division by 4.
		"floor division makes some equal": {
			[]set{{x, views.PathInfo("/"), a}, {m, views.PathInfo("/"), a}},
			[]string{`xhr=false path_info="/" !param="a"`, `method="GET","HEAD" path_info="/" !param="a"`},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.want, orderOf(t, nothing, tt.sets...))
		})
	}
}

// With very many kinds the numbers go below zero and beyond any machine integer. There fewer
// predicates can come before more, exactly as the formula says: -2^94 divided by 2 is less than
// divided by 3.
func TestWeightsBeyondIntegers(t *testing.T) {
	t.Parallel()
	kind := func(i int) web.Predicate { return holding(fmt.Sprintf("k%02d", i)) }
	declare := func(c *registry.Config) {
		for i := range 90 {
			views.AddPredicate(c, fmt.Sprintf("k%02d", i))
		}
	}
	got := orderOf(t, declare, set{kind(80), kind(0)}, set{kind(80)}, set{kind(89)}, set{}, set{kind(3)}, set{kind(17), kind(3)}, set{kind(17)})
	assert.Equal(t, []string{"k89", "k80", "k80 k00", "k17", "k17 k03", "k03", ""}, got)
}

// Below zero, too, it is floor division: with one kind of weight 2^44, the numbers of 2+8 and 4+8
// are equal, so that registration decides. Division that truncates would put the second first.
func TestFloorDivisionBelowZero(t *testing.T) {
	t.Parallel()
	declare := func(c *registry.Config) {
		for i := range 31 {
			views.AddPredicate(c, fmt.Sprintf("k%02d", i))
		}
	}
	heavy, path := holding("k30"), views.PathInfo("/")
	got := orderOf(t, declare, set{heavy, views.XHR(false), path}, set{heavy, views.Method("GET"), path})
	assert.Equal(t, []string{`k30 xhr=false path_info="/"`, `k30 method="GET","HEAD" path_info="/"`}, got)
}

func TestUndeclaredKindsComeLast(t *testing.T) {
	t.Parallel()
	got := orderOf(t, func(c *registry.Config) { views.AddPredicate(c, "declared") },
		set{holding("b")}, set{holding("a")}, set{holding("declared")}, set{views.XHR(false)})
	assert.Equal(t, []string{"a", "b", "declared", "xhr=false"}, got)
}

func TestAddPredicate(t *testing.T) {
	t.Parallel()
	got := orderOf(t, func(c *registry.Config) {
		views.AddPredicate(c, "light", views.Under("method"))
		views.AddPredicate(c, "middle", views.Over("nothing", "method"), views.Under("header"))
	}, set{views.XHR(false)}, set{views.Method("GET")}, set{holding("light")}, set{holding("middle")}, set{views.Not(views.Header("X-A"))})
	assert.Equal(t, []string{`!header="X-A"`, "middle", `method="GET","HEAD"`, "light", "xhr=false"}, got)

	tests := map[string]struct {
		declare func(c *registry.Config)
		want    string
	}{
		"built in": {func(c *registry.Config) { views.AddPredicate(c, "xhr") }, `predicate kind "xhr" is built in or empty`},
		"empty":    {func(c *registry.Config) { views.AddPredicate(c, "") }, `predicate kind "" is built in or empty`},
		"twice":    {func(c *registry.Config) { views.AddPredicate(c, "a"); views.AddPredicate(c, "a") }, `predicate "a" registered twice:`},
		"over":     {func(c *registry.Config) { views.AddPredicate(c, "a", views.Over("b", "c")) }, `predicate "a" wants to be over "b" or "c", none of which is registered (have: xhr, method`},
		"under":    {func(c *registry.Config) { views.AddPredicate(c, "a", views.Under("b")) }, `predicate "a" wants to be under "b", which is not registered (have: xhr`},
		"in circles": {func(c *registry.Config) {
			views.AddPredicate(c, "a", views.Over("b"))
			views.AddPredicate(c, "b", views.Over("a"))
		}, `predicates: cycle: "b" over "a", "a" over "b"`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := refused(t, tt.declare)
			assert.Contains(t, text, tt.want)
			assert.NotContains(t, text, "reserved")
			assert.Contains(t, text, "weight_test.go:")
		})
	}
}
