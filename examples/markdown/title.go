package markdown

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// Title returns the title of a document: that of its front matter, or its first heading without
// marks. It is "" if there is neither, or if the document is too costly to read (ErrCostly of
// Render).
func Title(source []byte) string {
	matter, rest := cutFrontMatter(bytes.TrimPrefix(source, byteOrderMark))
	if found := matterTitle.FindSubmatch(matter); found != nil {
		title := strings.TrimSpace(string(found[1]))
		for _, quote := range []string{`"`, "'"} {
			if inner, ok := strings.CutPrefix(title, quote); ok && len(inner) > 0 && strings.HasSuffix(inner, quote) {
				title = strings.TrimSpace(inner[:len(inner)-1])
				break
			}
		}
		if title != "" {
			return title
		}
	}
	if isCostly(rest) {
		return ""
	}
	for n := converter.Parser().Parse(text.NewReader(rest)).FirstChild(); n != nil; n = n.NextSibling() {
		if heading, ok := n.(*ast.Heading); ok {
			var plain bytes.Buffer
			writeText(&plain, heading, rest)
			return strings.Join(strings.Fields(plain.String()), " ")
		}
	}
	return ""
}

var matterTitle = regexp.MustCompile(`(?m)^title[ \t]*[:=][ \t]*(.+?)\r?$`)
