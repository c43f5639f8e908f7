package conformance_test

import (
	"cmp"
	"fmt"
	"os"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/internal/conformance"
)

// suites are those that are played, in the order of the house: what stands
// below first.
var suites = []string{"traversal", "views", "routes", "urlgen", "tweens", "config", "errors", "events", "acl", "csrf_session", "static"}

// count is what came of the cases of a suite.
type count struct{ passed, deviated, failed, skipped int }

func TestConformance(t *testing.T) {
	dir := os.Getenv("CONFORMANCE_DIR")
	public := dir == ""
	files, err := conformance.Load(cmp.Or(dir, "testdata"))
	require.NoError(t, err)

	var mu sync.Mutex // guards spoken
	spoken := map[string]int{}
	t.Run("suites", func(t *testing.T) {
		for _, name := range suites {
			file := files[name]
			if file == nil && !public {
				continue
			}
			require.NotNil(t, file, "no cases of the suite %s", name)
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				var n count
				for i := range file.Cases {
					c := &file.Cases[i]
					t.Run(c.ID, func(t *testing.T) {
						n.play(t, c, public, func(rule string) {
							mu.Lock()
							defer mu.Unlock()
							spoken[rule]++
						})
					})
				}
				fmt.Printf("suite %s: %d passed, %d deviated, %d failed, %d skipped\n", name, n.passed, n.deviated, n.failed, n.skipped)
			})
		}
	})
	for _, rule := range conformance.Rules() {
		fmt.Printf("rule %q: %d requests\n", rule, spoken[rule])
		if public && spoken[rule] == 0 {
			t.Errorf("rule %q applies to no request: it is no deviation that the cases know", rule)
		}
	}
}

// play plays one case, counts it, and notes the rules that spoke.
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
			t.Errorf("rule %q speaks where we answer as Pyramid does", rule)
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
