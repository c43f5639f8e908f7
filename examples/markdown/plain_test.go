package markdown_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/examples/markdown"
)

func TestText(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"# Top *title*\n\nSee [the *plan*](https://example.com/plan), `a_b`.": "Top title\nSee the plan, a_b.\n",
		"- one\n- two\n\n> said &amp; done":                                   "one\ntwo\nsaid & done\n",
		"```go\nfunc main()\n```\n\n<script>x</script>\n":                     "func main()\n",
		"| a | b |\n|---|---|\n| c | d |\n":                                   "a\nb\nc\nd\n",
		"":                                                                    "",
	} {
		assert.Equal(t, want, markdown.Text([]byte(source)), "%q", source)
	}
	costly := strings.Repeat("_a*", 100_000)
	assert.Equal(t, costly, markdown.Text([]byte(costly)))
}
