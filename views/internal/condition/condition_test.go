package condition_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/views/internal/condition"
	"github.com/mastaba-go/mastaba/views/web"
)

// predicate returns one with this data.
func predicate(kind, text string, data any) web.Predicate {
	return web.NewPredicate(kind, text, func(*web.Request) (bool, error) { return true, nil }).WithData(data)
}

func headers(specs ...string) condition.Headers {
	h, _, _ := condition.ParseHeaders(specs)
	return h
}

func pairs(specs ...string) condition.Pairs {
	p, _, _ := condition.ParsePairs(specs)
	return p
}

func TestImpliesAndExcludes(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		p, q              any
		implies, excludes bool
	}{
		"fewer methods":            {condition.Methods{"GET"}, condition.Methods{"GET", "POST"}, true, false},
		"more methods":             {condition.Methods{"GET", "POST"}, condition.Methods{"GET"}, false, false},
		"other methods":            {condition.Methods{"GET"}, condition.Methods{"POST"}, false, true},
		"the same flag":            {condition.Flag(true), condition.Flag(true), true, false},
		"the other flag":           {condition.Flag(true), condition.Flag(false), false, true},
		"a value, and any":         {headers("X:a"), headers("X"), true, false},
		"any value, and one":       {headers("X"), headers("X:a"), false, false},
		"more headers":             {headers("X", "Y"), headers("X"), true, false},
		"two expressions":          {headers("X:a"), headers("X:b"), false, false}, // one value may match both
		"a parameter with a value": {pairs("a=1"), pairs("a"), true, false},
		"another value":            {pairs("a=1"), pairs("a=2"), false, true},
		"another parameter":        {pairs("a=1"), pairs("b=2"), false, false},
	} {
		p, q := predicate("kind", "p", tc.p), predicate("kind", "q", tc.q)
		assert.Equal(t, tc.implies, condition.Implies(p, q), name)
		one, other, found := condition.Contradiction([]web.Predicate{p, q})
		assert.Equal(t, tc.excludes, found, name)
		if found {
			assert.Equal(t, []string{p.String(), q.String()}, []string{one.String(), other.String()}, name)
		}
		if tc.implies {
			assert.True(t, condition.Covers([]web.Predicate{q}, []web.Predicate{p}), name)
		}
	}
	get := predicate("method", "GET", condition.Methods{"GET"})
	_, _, found := condition.Contradiction([]web.Predicate{get, web.Not(get)})
	assert.True(t, found, "a predicate and its opposite")
	assert.True(t, condition.Covers(nil, []web.Predicate{get}), "no predicate covers everything")
	assert.False(t, condition.Covers([]web.Predicate{get}, nil))
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		data condition.Warner
		want string // "" for none
	}{
		"a header":                    {headers("X:a"), ""},
		"one that net/http removes":   {headers("Trailer"), "net/http removes the header Trailer"},
		"a value that begins blank":   {headers("X: a"), `write "X:a"`},
		"two parameters":              {pairs("a=1", "b=2"), ""},
		"two values of one parameter": {pairs("a=1", "a=2"), `no request has both "a=1" and "a=2"`},
		"a path":                      {condition.Path("/a"), ""},
		"any path":                    {condition.Path(".*a"), ""},
		"a path without a slash":      {condition.Path("a/b"), `write "/a/b"`},
		"OPTIONS *":                   {condition.Path(`\*`), ""},
	} {
		if got := tc.data.Warning(); tc.want == "" {
			assert.Empty(t, got, name)
		} else {
			assert.Contains(t, got, tc.want, name)
		}
	}
}
