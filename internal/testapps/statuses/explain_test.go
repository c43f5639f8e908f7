package statuses_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// An explanation predicts the status, and the Allow of a response without an error view. It does
// not call views, so it cannot know that one passes.
func TestExplanationsComeTrue(t *testing.T) {
	t.Parallel()
	for n := range 300 {
		g := newRandom(defaultSeed, uint64(n))
		tab := g.table()
		for i := range tab.views {
			tab.views[i].passes = false
		}
		app, err := build(tab)
		if err != nil {
			continue
		}
		for range 10 {
			r := g.request()
			got, _ := send(app, r)
			want := app.Explain(r.real()).Outcome
			require.Equal(t, want.Status, got.status, "%s\n%s", r, tab)
			if got.by == "" {
				require.Equal(t, want.Allow, got.allow, "%s\n%s", r, tab)
			}
		}
	}
}
