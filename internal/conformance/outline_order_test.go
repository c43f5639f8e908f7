package conformance

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestRankingAsRecorded replays the random registrations that Pyramid 2.0 sorted, those that hold
// the framework's own sorter to it.
func TestRankingAsRecorded(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../registry/order/testdata/pyramid.json")
	require.NoError(t, err)
	var cases []struct {
		Adds        [][3]json.RawMessage // name, under, over
		Names       []string
		Sorted      []string
		Unsatisfied []string // the side, then the names
		Left        []string // in cycles, or inside them
	}
	require.NoError(t, json.Unmarshal(data, &cases))
	require.NotEmpty(t, cases)
	for i, c := range cases {
		r := &ranking{outermost: "INGRESS", innermost: "MAIN"}
		for _, a := range c.Adds {
			var name string
			var under, over []string
			require.NoError(t, json.Unmarshal(a[0], &name))
			require.NoError(t, json.Unmarshal(a[1], &under))
			require.NoError(t, json.Unmarshal(a[2], &over))
			r.add(name, under, over)
		}
		assert.Equal(t, c.Names, r.names()[2:], "case %d: %s", i, c.Adds)
		under, over := r.unsatisfied()
		switch {
		case c.Unsatisfied != nil && c.Unsatisfied[0] == "under":
			assert.ElementsMatch(t, c.Unsatisfied[1:], under, "case %d: %s", i, c.Adds)
		case c.Unsatisfied != nil:
			assert.ElementsMatch(t, c.Unsatisfied[1:], over, "case %d: %s", i, c.Adds)
		default:
			assert.Empty(t, slices.Concat(under, over), "case %d: %s", i, c.Adds)
			sorted := r.sorted()
			if c.Left == nil {
				assert.Equal(t, c.Sorted, sorted, "case %d: %s", i, c.Adds)
				continue
			}
			for _, name := range c.Left {
				assert.NotContains(t, sorted, name, "case %d: %s", i, c.Adds)
			}
		}
	}
}

// unsatisfied returns the names that gave a hint and have no edge on that side, whoever gave it:
// Pyramid refuses the configuration.
func (r *ranking) unsatisfied() (under, over []string) {
	inner, incoming := r.edges()
	for _, h := range r.hints {
		if h.under != nil && incoming[h.name] == 0 {
			under = append(under, h.name)
		}
		if h.over != nil && len(inner[h.name]) == 0 {
			over = append(over, h.name)
		}
	}
	return under, over
}
