package views_test

import (
	"math/rand/v2"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/internal/condition"
	"github.com/mastaba-go/mastaba/views/web"
)

// TestWarningsAreTrue holds what the warnings claim against random requests: a predicate that
// implies another never holds alone, those that exclude each other never hold together, and one
// with a warning never holds.
func TestWarningsAreTrue(t *testing.T) {
	t.Parallel()
	all := []web.Predicate{
		views.Method("GET"), views.Method("POST"), views.Method("GET", "POST"), views.Method("PUT", "POST"), views.Method("HEAD"),
		views.XHR(true), views.XHR(false), views.Authenticated(true), views.Authenticated(false),
		views.Header("X-A"), views.Header("X-A:1"), views.Header("X-A:1", "X-B"), views.Header("X-B"), views.Header("X-A:[12]"), views.Header("X-A: 1"), views.Header("X-A:"),
		views.Param("k"), views.Param("k=1"), views.Param("k=2"), views.Param("k=1", "l"), views.Param("k=1", "k=2"), views.Param("l"),
		views.MatchParam("m=1"), views.MatchParam("m=1", "n=2"), views.MatchParam("m=2"),
		views.PathInfo("/a"), views.PathInfo("a"), views.Accept("text/html"), views.Accept("text/plain"), views.ContentType("text/*"), views.ContentType("text/html"),
	}
	for _, p := range all {
		require.NoError(t, p.Err(), p)
		all = append(all, views.Not(p))
	}
	reg := build(t, func(*registry.Config) {})
	random := rand.New(rand.NewPCG(7, 7))
	maybe := func(of ...string) string { return append(of, "", "")[random.IntN(len(of)+2)] }
	requests := make([]*web.Request, 400)
	for i := range requests {
		query := url.Values{}
		for _, k := range []string{"k", "l"} {
			if v := maybe("1", "2", "-"); v != "" {
				query.Set(k, v)
			}
		}
		hr := httptest.NewRequest([]string{"GET", "POST", "PUT", "HEAD", "DELETE"}[random.IntN(5)], "/"+maybe("a", "b")+"?"+query.Encode(), nil)
		for name, v := range map[string]string{
			"X-A": maybe("1", "2", "12"), "X-B": maybe("b"), "X-Requested-With": maybe("XMLHttpRequest"),
			"Accept": maybe("text/html", "text/plain;q=0.5", "*/*"), "Content-Type": maybe("text/html", "image/png"),
		} {
			if v != "" {
				hr.Header.Set(name, v)
			}
		}
		var security web.SecurityPolicy
		if random.IntN(2) == 0 {
			security = policy{}
		}
		requests[i] = web.Begin(&web.Application{Registry: reg, Security: security}, hr)
		if m := maybe("1", "2"); m != "" {
			web.Drive(requests[i]).SetMatch(web.NewMatch(web.Routed{Route: "r"}, web.Param{Name: "m", Value: m}, web.Param{Name: "n", Value: maybe("2")}))
		}
	}
	holds := func(p web.Predicate, r *web.Request) bool {
		ok, err := p.Holds(r)
		require.NoError(t, err)
		return ok
	}
	implied, excluded := 0, 0
	for _, p := range all {
		own, _ := p.Data().(condition.Warner)
		suspicious := own != nil && own.Warning() != ""
		for _, q := range all {
			implies := condition.Implies(p, q)
			_, _, excludes := condition.Contradiction([]web.Predicate{p, q})
			if !implies && !excludes && !suspicious {
				continue
			}
			for _, r := range requests {
				if implies {
					implied++
					assert.False(t, holds(p, r) && !holds(q, r), "%s implies %s", p, q)
				}
				if excludes {
					excluded++
					assert.False(t, holds(p, r) && holds(q, r), "%s excludes %s", p, q)
				}
				if suspicious {
					assert.Equal(t, p.Negated(), holds(p, r), "%s never holds", p)
				}
			}
		}
	}
	assert.Greater(t, implied, 100*len(requests))
	assert.Greater(t, excluded, 100*len(requests))
}
