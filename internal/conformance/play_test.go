package conformance_test

import (
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/internal/conformance"
)

// A runner that never fails is worthless: every recorded field, when falsified, must cause a
// problem.
func TestEveryFieldCounts(t *testing.T) {
	t.Parallel()
	files, err := conformance.Load("testdata")
	require.NoError(t, err)
	falsified := 0
	for _, name := range suites {
		for i := range files[name].Cases {
			c := &files[name].Cases[i]
			if c.Waits() != "" || i%3 != 0 {
				continue
			}
			falsified += falsify(t, c, c.Expect, func(e conformance.Expect) { c.Expect = e })
			if len(c.Checks) > 0 {
				check := &c.Checks[len(c.Checks)-1]
				falsified += falsify(t, c, check.Expect, func(e conformance.Expect) { check.Expect = e })
			}
			if len(c.Requests) == 0 || c.Play().Rules != nil {
				continue // a rule replaces what was recorded
			}
			q := &c.Requests[len(c.Requests)-1]
			falsified += falsify(t, c, q.Expect, func(e conformance.Expect) { q.Expect = e })
		}
	}
	assert.Greater(t, falsified, 300)
}

// falsify plays the case with each field of an expectation falsified in turn.
func falsify(t *testing.T, c *conformance.Case, recorded conformance.Expect, set func(conformance.Expect)) (fields int) {
	for field := range recorded {
		wrong := maps.Clone(recorded)
		wrong[field] = "falsified"
		set(wrong)
		assert.NotEmpty(t, c.Play().Problems, "%s: a wrong %s was not noticed", c.ID, field)
		fields++
	}
	set(recorded)
	return fields
}

func TestUnknownWordsAreNoticed(t *testing.T) {
	t.Parallel()
	cases := map[string]string{
		"field of a directive": `{"app": {"directives": [{"do": "add_view", "view": "v", "colour": "red"}]}, "expect": {"config": "ok"}}`,
		"directive":            `{"app": {"directives": [{"do": "add_colour"}]}, "expect": {"config": "ok"}}`,
		"context":              `{"app": {"directives": [{"do": "add_view", "view": "v", "context": "Wiki"}]}, "expect": {"config": "ok"}}`,
		"error":                `{"app": {"directives": [{"do": "add_view", "view": "v", "behavior": {"raise": "Oops"}}]}, "expect": {"config": "ok"}}`,
		"HTTP error":           `{"app": {"directives": [{"do": "add_view", "view": "v", "behavior": {"raise_http": "HTTPTeapot"}}]}, "expect": {"config": "ok"}}`,
		"event":                `{"app": {"directives": [{"do": "add_subscriber", "event": "Rain", "mark": "m"}]}, "expect": {"config": "ok"}}`,
		"tree":                 `{"app": {"directives": [{"do": "set_root_factory", "tree": "other"}]}, "expect": {"config": "ok"}}`,
		"call":                 `{"app": {}, "checks": [{"call": "moon_url", "request": {"path": "/"}, "expect": {"url": "/"}}], "expect": {"config": "ok"}}`,
		"tree of a route":      `{"app": {"directives": [{"do": "add_route", "name": "r", "factory": "other"}]}, "expect": {"config": "ok"}}`,
		"redirect":             `{"app": {"directives": [{"do": "add_notfound_view", "append_slash": "HTTPTeapot"}]}, "expect": {"config": "ok"}}`,
		"expectation":          `{"app": {}, "expect": {"config": "ok", "weather": "fair"}}`,
	}
	for name, text := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			file := `{"format": 1, "suite": "views", "recorded_with": "Pyramid 2.0", "cases": [` + text + `]}`
			require.NoError(t, os.WriteFile(filepath.Join(dir, "views.json"), []byte(file), 0o600))
			files, err := conformance.Load(dir)
			if err != nil {
				return
			}
			assert.NotEmpty(t, files["views"].Cases[0].Play().Problems)
		})
	}
}
