package views_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestConnectAndTraceAreOptIn(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.Add(c, say("any"))
		views.Add(c, say("not post"), views.Name("not"), views.Not(views.Method("POST")))
		views.Add(c, say("json"), views.Name("typed"), views.Accept("application/json"))
		views.Add(c, say("all"), views.Name("own"), views.Param("a"))
		views.Add(c, say("trace"), views.Name("own"), views.Method("TRACE"))
		views.Add(c, say("html trace"), views.Name("html"), views.Accept("text/html"), views.Method("TRACE"))
		views.AddError(c, caught("error view"))
	})
	table := views.TableOf(reg)
	const standard = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"
	tests := map[string]struct {
		ask   req
		want  string
		allow string
	}{
		"connect":              {req{line: "CONNECT /"}, "[405]", standard},
		"trace":                {req{line: "TRACE /"}, "[405]", standard},
		"negated":              {req{line: "TRACE /", name: "not"}, "[405]", "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"},
		"by Accept":            {req{line: "TRACE /", name: "typed"}, "[405]", standard},
		"named":                {req{line: "TRACE /?a", name: "own"}, "trace", ""},
		"named and accepted":   {req{line: "TRACE /", name: "html"}, "html trace", ""},
		"another one is named": {req{line: "CONNECT /?a", name: "own"}, "[405]", "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, TRACE"},
		"others stay":          {req{line: "BREW /"}, "any", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.ask.res = &page{}
			assert.Equal(t, tt.want, tt.ask.result(t, reg))
			got := table.Predict(tt.ask.of(reg))
			if tt.allow == "" {
				require.NotNil(t, got.View)
				return
			}
			assert.Nil(t, got.View)
			var refusal *web.HTTPError
			require.ErrorAs(t, got.Err, &refusal)
			assert.Equal(t, tt.allow, refusal.Header("Allow"))
			assert.ErrorContains(t, got.Err, "method")
			resp, handled, err := table.CallError(tt.ask.of(reg), got.Err)
			require.NoError(t, err)
			require.True(t, handled, "error views handle every method")
			assert.Equal(t, 405, resp.Status())
		})
	}
	trace := req{line: "TRACE /", res: &page{}}.of(reg)
	_, err := views.RenderView(trace, traversal.NewNode(&page{}), "")
	assert.ErrorContains(t, err, "method=any but CONNECT and TRACE does not hold")
	_, err = views.Permitted(trace, traversal.NewNode(&page{}), "")
	assert.Error(t, err)
}
