package markdown

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// Text returns the words of a document, without markup and without the targets of links: for a
// full-text search. One that costs too much to parse is returned as it is written.
func Text(source []byte) string {
	matter, rest := cutFrontMatter(bytes.TrimPrefix(source, byteOrderMark))
	if isCostly(rest) {
		return string(source)
	}
	var out bytes.Buffer
	out.Write(matter)
	writeBlocks(&out, converter.Parser().Parse(text.NewReader(rest)), rest)
	return out.String()
}

// writeBlocks writes the text of the blocks in a block, each on lines of its own.
func writeBlocks(w *bytes.Buffer, n ast.Node, source []byte) {
	switch n := n.(type) {
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		for i := range n.Lines().Len() {
			line := n.Lines().At(i)
			w.Write(line.Value(source))
		}
		return
	case *ast.HTMLBlock:
		return
	}
	if child := n.FirstChild(); child != nil && child.Type() == ast.TypeInline {
		writeText(w, n, source)
		w.WriteByte('\n')
		return
	}
	for child := n.FirstChild(); child != nil; child = child.NextSibling() {
		writeBlocks(w, child, source)
	}
}
