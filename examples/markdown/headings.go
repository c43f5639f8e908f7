package markdown

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// headingIDs gives headings the ids that code hosting sites give them, because tables of contents
// are written for those: the text in lower case, without punctuation other than - and _, and with a
// hyphen for each space. Of equal ids, the second gets the suffix "-1", the third "-2".
type headingIDs struct{}

var _ parser.ASTTransformer = headingIDs{}

func (headingIDs) Transform(document *ast.Document, reader text.Reader, _ parser.Context) {
	taken := map[string]int{}
	_ = ast.Walk(document, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		heading, ok := n.(*ast.Heading)
		if !ok || !entering {
			return ast.WalkContinue, nil
		}
		var plain bytes.Buffer
		writeText(&plain, heading, reader.Source())
		if id := anchor(plain.String()); id != "" {
			heading.SetAttributeString("id", []byte(unused(id, taken)))
		}
		return ast.WalkSkipChildren, nil
	})
}

// anchor returns the id for the text of a heading; "" if nothing of it can be part of an id.
func anchor(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '\n':
			return '-'
		case r == '-' || unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.Pc):
			return r
		}
		return -1
	}, strings.ToLower(strings.TrimSpace(text)))
}

// unused returns id, or if it is taken, the first of id-1, id-2, … that is not.
func unused(id string, taken map[string]int) string {
	free := id
	for {
		if _, ok := taken[free]; !ok {
			taken[free] = 0
			return free
		}
		taken[id]++
		free = fmt.Sprintf("%s-%d", id, taken[id])
	}
}

// writeText writes the text of an element as a reader sees it.
func writeText(w *bytes.Buffer, n ast.Node, source []byte) {
	for child := n.FirstChild(); child != nil; child = child.NextSibling() {
		switch child := child.(type) {
		case *ast.Text:
			value := child.Value(source)
			if n.Kind() != ast.KindCodeSpan {
				value = util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations(value)))
			}
			_, _ = w.Write(value)
			if child.SoftLineBreak() || child.HardLineBreak() {
				_ = w.WriteByte('\n')
			}
		case *ast.String:
			_, _ = w.Write(child.Value)
		case *ast.AutoLink:
			_, _ = w.Write(child.Label(source))
		case *ast.Image, *ast.RawHTML:
		default:
			writeText(w, child, source)
		}
	}
}
