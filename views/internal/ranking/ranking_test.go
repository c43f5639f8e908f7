package ranking_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/internal/ranking"
)

func line(n int) registry.Source { return registry.Source{File: "app.go", Line: n} }

func TestSorted(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		upwards bool
		want    []string // of "b", which is added over "a", and of "c" under it, in the order of Sorted
	}{
		"weights: the lightest comes first":      {true, []string{"c", "a", "b"}},
		"preferences: the preferred comes first": {false, []string{"b", "a", "c"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := ranking.New("letter", "letters", tt.upwards, []string{"x", "y", "a"})
			k.Add("b", nil, []string{"ghost", "a"}, line(1)) // one known name is enough
			k.Add("c", []string{"a"}, nil, line(2))
			names, err := k.Sorted()
			require.NoError(t, err)
			assert.Len(t, names, 5)
			assert.Less(t, slices.Index(names, "x"), slices.Index(names, "y"), "as they were given")
			assert.Equal(t, tt.want, slices.DeleteFunc(names, func(name string) bool { return name == "x" || name == "y" }))
		})
	}
}

// TestSortedReportsEverything has two hints to nothing and a cycle. Each error says where, in the
// words of the hints.
func TestSortedReportsEverything(t *testing.T) {
	t.Parallel()
	kinds := ranking.New("predicate", "predicates", true, []string{"method"})
	kinds.Add("plan", nil, []string{"ghost"}, line(1))
	kinds.Add("tenant", []string{"spook"}, nil, line(2))
	kinds.Add("a", nil, []string{"b"}, line(3))
	kinds.Add("b", nil, []string{"a"}, line(4))
	names, err := kinds.Sorted()
	assert.Len(t, names, 5, "an order all the same")
	joined, ok := err.(interface{ Unwrap() []error })
	require.True(t, ok)
	var texts []string
	for _, part := range joined.Unwrap() {
		texts = append(texts, part.Error())
	}
	assert.Equal(t, []string{
		`app.go:2: predicate "tenant" wants to be under "spook", which is not registered (have: method, plan, a, b)`,
		`app.go:1: predicate "plan" wants to be over "ghost", which is not registered (have: method, tenant, a, b)`,
		`app.go:3: predicates: cycle: "b" over "a", "a" over "b"`,
	}, texts)
	missing, ok := errors.AsType[*registry.MissingError](joined.Unwrap()[0])
	require.True(t, ok)
	assert.Equal(t, registry.Refs("predicates", "spook"), missing.Of)
}

// TestScale compares weights with numbers worked out by hand: floor((2^30 - score) / (n + 1)).
func TestScale(t *testing.T) {
	t.Parallel()
	scale := ranking.NewScale([]string{"xhr", "method"})
	assert.Equal(t, 1, scale.Place("method"))
	assert.Equal(t, 2, scale.Place("fresh"), "after all others")
	for _, tc := range []struct {
		kinds []string
		want  int64
	}{
		{nil, 1 << 30},
		{[]string{"xhr"}, (1<<30 - 2) / 2},
		{[]string{"method"}, (1<<30 - 4) / 2},
		{[]string{"xhr", "method"}, (1<<30 - 6) / 3},
	} {
		assert.Equal(t, tc.want, scale.Order(tc.kinds).Int64(), tc.kinds)
	}
	for i := range 40 {
		scale.Place(string(rune('A' + i)))
	}
	// The kind "`" is the 35th. With the lightest one, the division rounds down.
	assert.Equal(t, int64(1<<30-1<<35)/2, scale.Order([]string{"`"}).Int64())
	assert.Equal(t, int64(-11095332182), scale.Order([]string{"`", "xhr"}).Int64())
}
