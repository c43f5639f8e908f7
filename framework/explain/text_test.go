package explain_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/explain"
)

func TestWriteText(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	require.NoError(t, sample().WriteText(&b))
	assert.Equal(t, sample().String(), b.String())
	for _, line := range []string{
		"GET /<script>\n    403 Forbidden: default response of the framework, no view runs\n    stopped at views: denied\n    error view failed: too late\n",
		"    user: \"ann\"\n    principals: system.Everyone, <group>\n",
		"    log (app.go:1)\n    EXCVIEW: error views handle the errors of what is below, not of the tweens above\n",
		`    year /{year} (app.go:2): matched with year="<i>"`,
		"    virtual root: /v\n    \"a\" of wiki.Root, by child in 1.23ms: *wiki.Page\n    \"b\" of *wiki.Page: not a container, it has no children\n",
		`    ended at /a (*wiki.Page), view name "edit", subpath ["c"]`,
		`    view 1: method="POST" does not hold`,
		`        permission "edit": denied at /: not ann`,
		"    view 3: matches, but an earlier view was chosen",
		`        requires permission "read"`,
		`        predicate: permission "own": denied by entry 2 of /a: deny <group> *`,
		"    view 4: param: no form",
		"    measured (app.go:8)\n",
	} {
		assert.Contains(t, b.String(), line)
	}
}

func TestDeniedOnTheWay(t *testing.T) {
	t.Parallel()
	e := &explain.Explanation{Walk: &explain.Walk{
		Path: "/a/b", Root: "wiki.Root", Error: "stopped before b", Permission: "traverse",
		Decision: &explain.Decision{Reason: "closed", At: "/a (*wiki.Page)"},
	}}
	assert.Contains(t, e.String(), `    stopped: permission "traverse": denied at /a (*wiki.Page): closed`)
	assert.NotContains(t, e.String(), "stopped before")
}

func TestSummary(t *testing.T) {
	t.Parallel()
	for want, o := range map[string]explain.Outcome{
		"connection closed without a response":                                             {By: explain.ByApp, Certain: true},
		"200 OK, unless the view sets another status: default view":                        {Status: 200, By: explain.ByView, View: "default view"},
		"404 Not Found, unless the view sets another status: my error":                     {Status: 404, By: explain.ByErrorView, View: "my error"},
		"307 Temporary Redirect to /a/: my error":                                          {Status: 307, By: explain.ByErrorView, View: "my error", Location: "/a/", Certain: true},
		"500 Internal Server Error: no view handles the error, it is logged":               {Status: 500, By: explain.ByApp},
		"403 Forbidden: no view handles the error":                                         {Status: 403, By: explain.ByApp},
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
