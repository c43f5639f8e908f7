package routes_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/registry"
)

func TestInvalidPatterns(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("(", 997) + "xy|z." + strings.Repeat(")", 997)
	for _, tt := range []struct {
		pattern string
		offset  int
		reason  string
	}{
		{"/a/{x}/{x}", 7, `duplicate marker "x"`},
		{"/a/{x}/*x", 7, `duplicate marker "x"`},
		{"/a/{x:[a}", 6, "invalid expression: missing closing ]"},
		{"/a/{x:a)(b}", 6, "invalid expression: unexpected )"},
		{`/a/{x:\Qa}`, 6, "invalid expression"},
		{"/a/{x:(?P<y>a)}", 6, `named group "y"`},
		{"/a/{x:}", 6, "empty expression"},
		{"/a/{x-y}", 5, "letters, digits and underscores"},
		{"/a/{x...}", 5, "*x at the end of the pattern"},
		{"/a/{x", 3, "without a closing brace"},
		{"/a/{x:{a{b}}}", 3, "without a closing brace"},
		{"/a/*", 3, "star without a name"},
		{"/a/*1x", 4, "letters, digits and underscores"},
		{"/a\x00b", 2, "NUL"},
		{"/ab\xff", 3, "UTF-8"},
		{"/a/{x:" + deep + "}", 3, `expression of marker "x" is too complex for this pattern: expression nests too deeply`},
		{"/a/{y}-{x:" + deep + "}.html", 7, `expression of marker "x" is too complex`},
		{`/{y:\d+}/{x:` + deep + "}", 9, `expression of marker "x" is too complex`},
		{`/a/{x:[^\x00-\x{10FFFF}]}`, 3, `expression of marker "x" never matches`},
		{`/a/{x:b$}/c`, 3, `expression of marker "x" never matches`},
		{`/a/{x:\b-}`, 3, `expression of marker "x" never matches`},
	} {
		t.Run(tt.pattern, func(t *testing.T) {
			t.Parallel()
			_, err := routes.Parse(tt.pattern)
			var mistake *routes.PatternError
			require.ErrorAs(t, err, &mistake)
			assert.Equal(t, tt.pattern, mistake.Pattern)
			assert.Equal(t, tt.offset, mistake.Offset, mistake.Reason)
			assert.Contains(t, mistake.Reason, tt.reason)
		})
	}
}

// A printed pattern parses to the same pattern, and no text makes the parser panic.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", "/", "/a/{b}", `/{y:\d{4}}-{m}/*rest`, "/:old/:style", "a{b:c:d}", "/{1}/}", "/*a*b", "{x:(?i)a|b}", "/{x:[^/]*}é", "/{x", "/{x:a{1,2}}{y}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, pattern string) {
		p, err := routes.Parse(pattern)
		if err != nil {
			var mistake *routes.PatternError
			require.ErrorAs(t, err, &mistake)
			require.GreaterOrEqual(t, mistake.Offset, 0)
			require.LessOrEqual(t, mistake.Offset, len(pattern))
			return
		}
		require.Equal(t, pattern, p.String())
		again, err := routes.Parse(p.Canonical())
		require.NoError(t, err, p.Canonical())
		require.Equal(t, p.Tokens(), again.Tokens())
		require.Equal(t, p.Markers(), again.Markers())
		require.Equal(t, p.Canonical(), again.Canonical())
		for i, part := range p.Tokens() {
			require.Equal(t, part.Marker == "", part.Literal != "")
			require.False(t, part.Star && i < len(p.Tokens())-1)
		}
	})
}

func TestTypesAreNoExpressions(t *testing.T) {
	t.Parallel()
	c := registry.New(registry.Options{})
	routes.Add(c, "user", "/users/{id:int}")
	_, err := c.Build()
	assert.ErrorContains(t, err, `offset 11: "int" matches the text "int" only, since markers have expressions, not types: want \d+; (?:int) for the text`)
	assert.Equal(t, "/u/{id:(?:int)}", tableOf(t, func(c *registry.Config) { routes.Add(c, "user", "/u/{id:(?:int)}") }).Routes()[0].Pattern.String())
}
