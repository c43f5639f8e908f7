package conformance_test

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/internal/conformance"
)

// suites are the suites to play, from the lower packages to the upper ones.
var suites = []string{"traversal", "views", "routes", "urlgen", "tweens", "config", "errors", "events", "acl", "csrf_session", "static", "assets", "render", "i18n"}

// count counts the cases of a suite by result.
type count struct{ passed, deviated, failed, skipped int }

func TestConformance(t *testing.T) {
	dir := os.Getenv("CONFORMANCE_DIR")
	public := dir == ""
	files, err := conformance.Load(cmp.Or(dir, "testdata"))
	require.NoError(t, err)

	var mu sync.Mutex // guards applied
	applied := map[string]int{}
	t.Run("suites", func(t *testing.T) {
		for _, name := range suites {
			file := files[name]
			if file == nil && !public {
				continue
			}
			require.NotNil(t, file, "no cases for the suite %s", name)
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				var n count
				for i := range file.Cases {
					c := &file.Cases[i]
					t.Run(c.ID, func(t *testing.T) {
						n.play(t, c, public, func(rule string) {
							mu.Lock()
							defer mu.Unlock()
							applied[rule]++
						})
					})
				}
				fmt.Printf("suite %s: %d passed, %d deviated, %d failed, %d skipped\n", name, n.passed, n.deviated, n.failed, n.skipped)
			})
		}
	})
	for _, name := range slices.Sorted(maps.Keys(conformance.LaterSuites)) {
		fmt.Printf("suite %s: waits for %s\n", name, conformance.LaterSuites[name])
	}
	for _, rule := range conformance.Rules() {
		fmt.Printf("rule %q: %d requests\n", rule, applied[rule])
		if public && applied[rule] == 0 {
			t.Errorf("rule %q applies to no request; remove it", rule)
		}
	}
}

// play plays one case, counts it, and reports the rules that apply.
func (n *count) play(t *testing.T, c *conformance.Case, public bool, note func(rule string)) {
	if reason := c.Waits(); reason != "" {
		n.skipped++
		t.Skip(reason)
	}
	verdict := c.Play()
	for _, rule := range verdict.Rules {
		note(rule)
	}
	for _, problem := range verdict.Problems {
		t.Error(problem)
	}
	if public {
		for _, rule := range verdict.Vain {
			t.Errorf("rule %q applies where our result equals Pyramid's", rule)
		}
	}
	switch {
	case t.Failed():
		t.Logf("%s: %s", c.ID, c.Title)
		n.failed++
	case verdict.Rules != nil:
		n.deviated++
	default:
		n.passed++
	}
}
