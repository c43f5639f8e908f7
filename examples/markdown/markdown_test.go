package markdown

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

func TestMarkdown(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, source, holds string }{
		{"a relative link", "[a](b.md)", `<a href="/pub/docs/b.md"`},
		{"one to a folder above", "[a](../b%20c/?x=1#y)", `<a href="/pub/b%20c/?x=1#y"`},
		{"one from the top", "[a](/b)", `<a href="/pub/b"`},
		{"one to the same page", "[a](#b)", `<a href="#b"`},
		{"one to elsewhere", "[a](https://example.com/x)", `<a href="https://example.com/x"`},
		{"an address", "<a@example.com>", `<a href="mailto:a@example.com"`},
		{"an image", "![a](b.png)", `<img src="/pub/docs/b.png/raw" alt="a"`},
		{"an image with a query", "![a](b.svg?raw=true)", `<img src="/pub/docs/b.svg/raw" alt="a"`},
		{"an image in HTML", `<p align="center"><img src="b.png" width="9"></p>`, `<p align="center"><img src="/pub/docs/b.png/raw" width="9"`},
		{"an image from elsewhere", "![a & b](https://example.com/x.png)", "a &amp; b"},
		{"a heading has an anchor", "## A b", `<h2 id="a-b">A b</h2>`},
		{"an anchor with an underscore", "## my_function", `<h2 id="my_function">`},
		{"an anchor with an umlaut", "## Über uns", `<h2 id="über-uns">Über uns</h2>`},
		{"an anchor in Japanese", "## 日本語", `<h2 id="日本語">日本語</h2>`},
		{"an anchor with a mark", "## हिन्दी", `<h2 id="हिन्दी">`},
		{"an anchor without punctuation", "## What's new in 1.2? (a & b)", `<h2 id="whats-new-in-12-a--b">`},
		{"an anchor of a link", "## See [the docs](b.md) `x_y` *z* &amp; \\*", `<h2 id="see-the-docs-x_y-z--">`},
		{"an anchor of an image", "## ![logo](a.png) Name", `<h2 id="name">`},
		{"an anchor of two lines", "A\nb\n---", `<h2 id="a-b">`},
		{"the same anchor again", "# a\n# a\n# a-1\n# a", `<h1 id="a">a</h1>` + "\n" + `<h1 id="a-1">a</h1>` + "\n" + `<h1 id="a-1-1">a-1</h1>` + "\n" + `<h1 id="a-2">a</h1>`},
		{"no anchor", "# 🎉", "<h1>🎉</h1>"},
		{"links to anchors", "[a](#my_function) [b](#über-uns) [c](#日本語)", `href="#my_function"`},
		{"front matter", "---\ntitle: My <page>\ntags: [a, b]\n---\n# Text", "<pre><code>title: My &lt;page&gt;\ntags: [a, b]\n</code></pre></div>\n<h1 id=\"text\">Text</h1>"},
		{"front matter with a mark, dots and returns", "\xEF\xBB\xBF---\r\ntitle: x\r\n...\r\ntext", "<pre><code>title: x\n</code></pre></div>\n<p>text</p>"},
		{"front matter in TOML", "+++\n# about\n\ntitle = \"x\"\n+++\ntext", "title = &#34;x&#34;\n</code></pre></div>\n<p>text</p>"},
		{"front matter that is not closed", "---\ntitle: x\n", "<hr>\n<p>title: x</p>"},
		{"front matter that is not at the beginning", "\n---\ntitle: x\n---\n", "<hr>\n<h2"},
		{"a rule at the beginning", "---\n\n# Text\n\nmore\n\n---\n", "<hr>\n<h1 id=\"text\">Text</h1>"},
		{"a rule before a title", "---\nText\n---\n", "<hr>\n<h2 id=\"text\">Text</h2>"},
		{"tables", "|a|\n|-:|\n|b|", `<td align="right">b</td>`},
		{"tasks", "- [x] a", `<input checked="" disabled="" type="checkbox" aria-label="Task"`},
		{"code", "```go\na < b\n```", "<pre><code>a &lt; b\n</code></pre>"},
		{"a named place", `<a name="b-1._:ü"></a>[a](#b-1)`, `<a name="b-1._:ü"></a><a href="#b-1"`},
		{"a named place with an odd name", `<a name="a b">c</a>`, "<p>c</p>"},
		{"details", "<details><summary>a</summary>b</details>", "<details><summary>a</summary>b</details>"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := Render([]byte(test.source), Links{"/pub/docs/", "/pub/", "/raw"})
			require.NoError(t, err)
			assert.Contains(t, string(got), test.holds)
			requireHarmless(t, string(got))
		})
	}
}

var hostile = []string{
	"<script>alert(1)</script>", "[a](javascript:alert(1))", "[a](JaVaScRiPt:alert(1))", "[a](java&#10;script:alert(1))", "![a](javascript:alert(1))", "[a](data:text/html,x)",
	"<img src=x onerror=alert(1)>", "<svg onload=alert(1)>", "<iframe src=//x></iframe>", "<style>*{}</style>", "<p style='position:fixed'>", "<form action=//x><input name=a><button>",
	"<a href='//example.com'>", `<a href="/\example.com">`, "[a](//example.com)", "![a](//example.com/x)", `![a](/\example.com/x)`, "[a](\\\\example.com)", "![a](.//\\example.com)",
	"<base href=//x>", "<meta http-equiv=refresh content=0>", "<link rel=stylesheet href=//x>", "<math><mtext></table><img src onerror=alert(1)>", "<input type=password>",
	"<a href=\"&#1;javascript:x\">", "[a](/..//example.com)", "![a](..//..//example.com)", "<img alt='<script>' src=//x>", "<img src='https://x' alt='\"><script>'>", "<a href=' javascript:x'>", `<a name='"><script>'>`, "<a name='a&#10;b'>", "<img name=x>", "<input name=x type=checkbox>",
}

func TestHostileMarkdown(t *testing.T) {
	t.Parallel()
	for _, source := range hostile {
		got, err := Render([]byte(source), Links{"/", "/", "/raw"})
		require.NoError(t, err, source)
		requireHarmless(t, string(got))
	}
}

func FuzzMarkdown(f *testing.F) {
	for _, source := range hostile {
		f.Add(source)
	}
	f.Fuzz(func(t *testing.T, source string) {
		if len(source) > 1<<18 {
			t.Skip()
		}
		got, err := Render([]byte(source), Links{"/pub/docs/", "/pub/", "/raw"})
		if errors.Is(err, ErrCostly) {
			t.Skip()
		}
		require.NoError(t, err)
		requireHarmless(t, string(got))
	})
}

// requireHarmless parses a document as a browser does: nothing runs, nothing is loaded from other
// sites, and links have harmless schemes.
func requireHarmless(t *testing.T, document string) {
	t.Helper()
	nodes, err := html.ParseFragment(strings.NewReader(document), &html.Node{Type: html.ElementNode, Data: "article", DataAtom: atom.Article})
	require.NoError(t, err)
	for _, root := range nodes {
		requireHarmlessNode(t, root)
		for n := range root.Descendants() {
			requireHarmlessNode(t, n)
		}
	}
}

func requireHarmlessNode(t *testing.T, n *html.Node) {
	t.Helper()
	if n.Type != html.ElementNode {
		return
	}
	switch n.Data {
	case "script", "style", "iframe", "object", "embed", "form", "button", "base", "meta", "link", "svg", "math", "video", "audio":
		require.Fail(t, "there is a <"+n.Data+">")
	}
	for _, a := range n.Attr {
		require.False(t, strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "srcset", "%s of <%s>", a.Key, n.Data)
		switch {
		case a.Key == "name":
			require.Regexp(t, `^[\p{L}\p{N}._:-]+$`, a.Val)
		case a.Key == "src":
			require.True(t, isLocal(a.Val), "an image from %q", a.Val)
		case a.Key == "href":
			u, err := url.Parse(a.Val)
			require.NoError(t, err)
			require.Contains(t, []string{"", "http", "https", "mailto"}, u.Scheme, "a link to %q", a.Val)
		case n.Data == "input" && a.Key == "type":
			require.Equal(t, "checkbox", a.Val)
		}
	}
}

// Documents that take the renderer minutes or gigabytes, and similar ones that are cheap.
func TestCostlyMarkdown(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		source string
		costly bool
	}{
		"emphasis":      {strings.Repeat("_a*", 80_000), true},
		"open links":    {strings.Repeat("[a](", 60_000), true},
		"link targets":  {strings.Repeat("![](//0000J", 20_000), true},
		"quotations":    {strings.Repeat(">", 250_000), true},
		"wide table":    {strings.Repeat("a|", 200) + "\n" + strings.Repeat("-|", 200) + "\n" + strings.Repeat("a\n", 100_000), true},
		"references":    {"[a]: http://" + strings.Repeat("x", 100_000) + "\n\n" + strings.Repeat("[a]", 40_000), true},
		"long title":    {"[a]: b \"c\n" + strings.Repeat("d\n", 50_000) + "\"\n\n" + strings.Repeat("[a]\n\n", 10_000), true},
		"lists":         {strings.Repeat("+ ", 20_000), true},
		"numbered":      {strings.Repeat("1. ", 20_000), true},
		"empty lines":   {strings.Repeat("+ ", 2000) + strings.Repeat("\n", 1000), true}, // half a gigabyte
		"in a footnote": {"[^a]: " + strings.Repeat("+ ", 2000) + "a\n" + strings.Repeat("\n", 2000), true},
		"footnotes":     {strings.Repeat("[^a]: ", 1000) + "a\n" + strings.Repeat("\n", 20_000), true},
		"notes":         {strings.Repeat("Some[^a] text.\n\n[^a]: A note.\n\n", 5000), false},
		"deep lists":    {deepLists(), true},
		"rulers":        {strings.Repeat("- - - - - - -\n\n", 5000), false},
		"deep code":     {"- a\n\n```\n" + strings.Repeat(" ", 200) + "x\n```\n" + strings.Repeat("\n\na", 20_000), false},
		"steps":         {strings.Repeat("1. a\n   - b\n\n     c\n\n", 8000), false},
		"paragraphs":    {strings.Repeat("Some *words* and [links](x), `code`.\n\n", 6000), false},
		"long list":     {strings.Repeat("- a [link](x)\n", 3000), false},
		"big table":     {"|a|b|c|\n|-|-|-|\n" + strings.Repeat("|*a*|[b](c)|d|\n", 1000), false},
		"a code block":  {"```\n" + strings.Repeat("a[i] = *p | q;\n", 2000) + "```\n", false},
		"a change log":  {strings.Repeat("[1.0]: https://example.com/1.0\n", 300) + "\n" + strings.Repeat("## [1.0]\n\n", 300), false},
		"nothing":       {"", false},
		"no line break": {strings.Repeat("a ", 100_000), false},
	}
	for name, test := range tests {
		assert.Equal(t, test.costly, isCostly([]byte(test.source)), name)
	}
}

func deepLists() string {
	var b strings.Builder
	for depth := range 300 {
		b.WriteString(strings.Repeat("  ", depth) + "- a\n")
	}
	return b.String() + strings.Repeat("\n", 5000)
}
