package explain_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/explain"
)

// sample returns an explanation with something in every field.
func sample() *explain.Explanation {
	return &explain.Explanation{
		Method: "GET", Target: "/<script>", User: "ann", Principals: []string{"system.Everyone", "<group>"},
		Outcome: explain.Outcome{Status: 403, Certain: true, By: explain.ByFramework, At: explain.AtViews, Cause: "denied", Failure: "too late"},
		Notes:   []string{"<b>note</b>"},
		Tweens:  []explain.Tween{{Name: "log", Source: "app.go:1", Outside: true}, {Name: "EXCVIEW"}},
		Routes: []explain.Route{
			{Name: "year", Pattern: "/{year}", Source: "app.go:2", Matched: true, Params: []explain.Param{{Name: "year", Value: "<i>"}}},
			{Name: "all", Pattern: "/*rest", Source: "app.go:3", Shadowed: true},
		},
		Walk: &explain.Walk{
			Factory: "application", Root: "wiki.Root", Path: "/a/b", VirtualRoot: "/v", ViewName: "edit", Subpath: []string{"c"},
			Steps: []explain.Step{
				{Name: "a", Parent: "wiki.Root", Capability: "child", Child: "*wiki.Page", Elapsed: 1234567 * time.Nanosecond},
				{Name: "b", Parent: "*wiki.Page", Capability: "none", Missing: true},
			},
			Resource: "*wiki.Page", At: "/a",
		},
		Views: []explain.View{
			{View: "view 1", Source: "app.go:4", Failed: `method="POST"`},
			{View: "view 2", Source: "app.go:5", Chosen: true, Permission: "edit", Decision: &explain.Decision{Reason: "not ann", At: "/"}},
			{View: "view 3", Source: "app.go:6", Behind: true, Permission: "read"},
			{View: "view 5", Source: "app.go:9", Failed: `permitted="own"`, IfPermitted: "own", IfDecision: &explain.Decision{
				Reason: "denied by entry 2 of /a: deny <group> *", At: "/a (*wiki.Page)", Entry: "deny <group> *", Position: 2}},
		},
		Errors:   []explain.View{{View: "view 4", Source: "app.go:7", Failed: "param", Error: "no form"}},
		Derivers: []explain.Deriver{{Name: "measured", Source: "app.go:8"}},
	}
}

func TestJSONReadsBack(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	require.NoError(t, sample().WriteJSON(&b))
	assert.Contains(t, b.String(), `"target": "/<script>"`)
	var back explain.Explanation
	require.NoError(t, json.Unmarshal(b.Bytes(), &back))
	assert.Equal(t, sample(), &back)
}
