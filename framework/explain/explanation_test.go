package explain_test

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/explain"
)

// sample returns an explanation with something in every field.
func sample() *explain.Explanation {
	return &explain.Explanation{
		Method: "GET", Target: "/<script>", User: "ann",
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
		},
		Errors:   []explain.View{{View: "view 4", Source: "app.go:7", Failed: "param", Error: "no form"}},
		Derivers: []explain.Deriver{{Name: "measured", Source: "app.go:8"}},
	}
}

func TestWriteText(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	require.NoError(t, sample().WriteText(&b))
	assert.Equal(t, sample().String(), b.String())
	for _, line := range []string{
		"GET /<script>\n    403 Forbidden: default response of the framework, no view runs\n    views: denied\n    error view failed: too late\n",
		`    user: "ann"`,
		"    log (app.go:1): outside EXCVIEW, so no error view handles its errors\n    EXCVIEW\n",
		`    year /{year} (app.go:2): matched with year="<i>"`,
		"    virtual root: /v\n    \"a\" of wiki.Root, by child in 1.23ms: *wiki.Page\n    \"b\" of *wiki.Page: not a container, it has no children\n",
		`    ended at /a (*wiki.Page), view name "edit", subpath ["c"]`,
		`    view 1: method="POST" does not hold`,
		`        permission "edit": denied at /: not ann`,
		"    view 3: matches, but an earlier view was chosen",
		`        requires permission "read"`,
		"    view 4: param: no form",
		"    measured (app.go:8)\n",
	} {
		assert.Contains(t, b.String(), line)
	}
}

func TestWriteHTMLShowsWhatTheTextShows(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	require.NoError(t, sample().WriteHTML(&b))
	page := b.String()
	for _, unsafe := range []string{"<script", "<b>", "<i>", "http:", "https:"} {
		assert.NotContains(t, page, unsafe)
	}
	for _, text := range []string{
		"403 Forbidden", "denied", "too late", "user: <code>ann", "&lt;b&gt;note", "outside EXCVIEW", "matched with year=&#34;&lt;i&gt;&#34;",
		"an earlier route matched first", "not a container", "does not hold", "not ann", "app.go:8", `class="outcome poor"`, `<li class="wrong"><code>view 2`,
	} {
		assert.Contains(t, page, text)
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

func TestSummary(t *testing.T) {
	t.Parallel()
	for want, o := range map[string]explain.Outcome{
		"connection closed without a response":                                             {By: explain.ByNobody, Certain: true},
		"200 OK, unless the view sets another status: default view":                        {Status: 200, By: explain.ByView, View: "default view"},
		"404 Not Found, unless the view sets another status: my error":                     {Status: 404, By: explain.ByErrorView, View: "my error"},
		"307 Temporary Redirect to /a/: my error":                                          {Status: 307, By: explain.ByErrorView, View: "my error", Location: "/a/", Certain: true},
		"500 Internal Server Error: no view handles the error, it is logged":               {Status: 500, By: explain.ByNobody},
		"403 Forbidden: no view handles the error":                                         {Status: 403, By: explain.ByNobody},
		"204 No Content (Allow: OPTIONS): default response of the framework, no view runs": {Status: 204, By: explain.ByFramework, Allow: "OPTIONS"},
	} {
		assert.Equal(t, want, o.Summary())
	}
}

func TestLongRouteListsAreCut(t *testing.T) {
	t.Parallel()
	e := new(explain.Explanation)
	for range 40 {
		e.Routes = append(e.Routes, explain.Route{Name: "far", Failed: "no"})
	}
	e.Routes = append(e.Routes, explain.Route{Name: "near", Matched: true})
	text := e.String()
	assert.Equal(t, 30, strings.Count(text, "far"))
	assert.Contains(t, text, "near")
	assert.Contains(t, text, "and 10 more whose patterns do not match the path")
	var b bytes.Buffer
	require.NoError(t, e.WriteHTML(&b))
	assert.Contains(t, b.String(), "and 10 more")
}

func TestDryRun(t *testing.T) {
	t.Parallel()
	assert.False(t, explain.DryRun(context.Background()))
	assert.True(t, explain.DryRun(explain.WithDryRun(context.Background())))
}
