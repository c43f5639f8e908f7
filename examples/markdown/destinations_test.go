package markdown_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/examples/markdown"
)

func TestMapDestinations(t *testing.T) {
	const document = "---\nlink: [no](matter.md)\n---\n" +
		"# A [heading](a.md) and ![an image](b.png \"a title\")\n\n" +
		"Also [spaces](<c d.md>), [brackets](e_(f).md), [escaped](g\\_h.md?x=1&amp;y=2#z).\n\n" +
		"    [indented](code.md)\n\n" +
		"```md\n[fenced](code.md)\n```\n\n" +
		"A `[span](code.md)` and [`code`](i.md) and [a [nested] text](j.md).\n\n" +
		"| a | b |\n|---|---|\n| [cell](k.md) | <a href=\"l.md\">html</a> <img alt='x' src='m.png'> |\n\n" +
		"[two\nlines](n.md) and <https://example.org/auto.md>\n\n" +
		"[ref]: o.md 'title'\n[other]: <p q.md>\n"
	var seen []string
	same := markdown.MapDestinations([]byte(document), func(d string, line int) string {
		seen = append(seen, fmt.Sprintf("%d %s", line, d))
		return d
	})
	assert.Equal(t, document, string(same))
	assert.Equal(t, []string{
		"4 a.md", "4 b.png", "6 c d.md", "6 e_(f).md", "6 g_h.md?x=1&y=2#z",
		"14 i.md", "14 j.md", "18 k.md", "18 l.md", "18 m.png", "21 n.md", "23 o.md", "24 p q.md",
	}, seen)

	changed := markdown.MapDestinations([]byte(document), func(d string, _ int) string {
		if d == "c d.md" || d == "g_h.md?x=1&y=2#z" {
			return "new (" + d[:1] + ")&"
		}
		return d
	})
	assert.Contains(t, string(changed), "[spaces](<new%20%28c%29&amp;>), [brackets](e_(f).md), [escaped](new%20%28g%29&amp;).\n")
}

func FuzzMapDestinations(f *testing.F) {
	f.Add([]byte("[a](b) `[c](d)`\n\n[e]: f\n"))
	f.Add([]byte("```\n[a](b)\n"))
	f.Fuzz(func(t *testing.T, source []byte) {
		same := markdown.MapDestinations(source, func(d string, _ int) string { return d })
		assert.Equal(t, source, same)
	})
}
