package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// What the renderer refuses is shown as it is written.
func TestCostlyMarkdown(t *testing.T) {
	t.Parallel()
	app := newApp(t, newSite(t, tree{"README.md": strings.Repeat("_a*", 80_000), "deep.md": strings.Repeat(">", 600), "stray.md": strings.Repeat("<div></span>\n\n", 2000), "names.md": strings.Repeat("<a name=\"x\"></a>b\n\n<a name=\"y\">\n\n", 400), "list.md": strings.Repeat("<p>a", 600), "long.md": strings.Repeat("a\n\n", usualBounds.markdown)}.write(t), false))
	assert.Contains(t, app.Get("/").Status(200).Body, "<pre>_a*_a*", "it is shown as it is written")
	assert.Contains(t, app.Get("/deep.md").Status(200).Body, "<pre>&gt;&gt;&gt;")
	assert.Contains(t, app.Get("/stray.md").Status(200).Body, "<pre>&lt;div&gt;&lt;/span&gt;")
	assert.Contains(t, app.Get("/names.md").Status(200).Body, `<a name="x"></a>b`)
	assert.Contains(t, app.Get("/list.md").Status(200).Body, "<p>a<p>a<p>a")
	assert.Contains(t, app.Get("/long.md").Status(200).Body, "<pre>a\n\na\n")
}
