package markdown

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// MapDestinations returns a document in which change was asked about the destination of each link
// and image, and what it returned is in its place. Everything else stays as it is, byte for byte.
// line is the line of the destination, counted from 1. Examples of code, and bare addresses in the
// text, are not links of the author and do not change; nor do documents that are too costly to read
// (ErrCostly of Render).
func MapDestinations(source []byte, change func(destination string, line int) string) []byte {
	if _, text := cutFrontMatter(source); isCostly(text) {
		return source
	}
	var out bytes.Buffer
	code := codeOf(source)
	line, counted, copied := 1, 0, 0
	for _, found := range written(source) {
		start, end := found[0], found[1]
		if start < copied || inside(code, start) {
			continue
		}
		line += bytes.Count(source[counted:start], []byte("\n"))
		counted = start
		destination := string(util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations(source[start:end]))))
		if changed := change(destination, line); changed != destination {
			out.Write(source[copied:start])
			out.WriteString(plain.Replace(changed))
			copied = end
		}
	}
	if copied == 0 {
		return source
	}
	out.Write(source[copied:])
	return out.Bytes()
}

// plain escapes what would end a destination, in Markdown as in HTML.
var plain = strings.NewReplacer(" ", "%20", "(", "%28", ")", "%29", "<", "%3C", ">", "%3E", `"`, "%22", "'", "%27", "&", "&amp;", `\`, "%5C")

// The places where destinations are written. The first group is the destination.
var destinations = []*regexp.Regexp{
	regexp.MustCompile(`\]\([ \t]*\n?[ \t]*<([^<>\n]+)>`),                                 // [text](<a destination>)
	regexp.MustCompile(`\]\([ \t]*\n?[ \t]*([^\s<()](?:[^\s()\\]|\\.|\([^\s()]*\))*)`),    // [text](destination "title")
	regexp.MustCompile(`(?m)^ {0,3}\[(?:[^\[\]\n\\]|\\.)+\]:[ \t]*\n?[ \t]*<([^<>\n]+)>`), // [label]: <a destination>
	regexp.MustCompile(`(?m)^ {0,3}\[(?:[^\[\]\n\\]|\\.)+\]:[ \t]*\n?[ \t]*([^\s<]\S*)`),  // [label]: destination
	regexp.MustCompile(`(?i)<(?:a|img)\b[^<>]*?\b(?:href|src)="([^"<>\n]+)"`),             // <a href="destination">
	regexp.MustCompile(`(?i)<(?:a|img)\b[^<>]*?\b(?:href|src)='([^'<>\n]+)'`),
}

// written returns where destinations seem to be written, in order.
func written(source []byte) (places [][2]int) {
	for _, pattern := range destinations {
		for _, found := range pattern.FindAllSubmatchIndex(source, -1) {
			places = append(places, [2]int{found[2], found[3]})
		}
	}
	slices.SortFunc(places, func(a, b [2]int) int { return a[0] - b[0] })
	return slices.CompactFunc(places, func(a, b [2]int) bool { return a[0] == b[0] })
}

// codeOf returns where a document has code, in order: blocks, spans and the front matter.
func codeOf(source []byte) (code [][2]int) {
	_, rest := cutFrontMatter(source)
	skipped := len(source) - len(rest)
	if skipped > 0 {
		code = append(code, [2]int{0, skipped})
	}
	add := func(s text.Segment) { code = append(code, [2]int{skipped + s.Start, skipped + s.Stop}) }
	document := converter.Parser().Parse(text.NewReader(rest))
	_ = ast.Walk(document, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.CodeBlock, *ast.FencedCodeBlock:
			for _, s := range n.Lines().Sliced(0, n.Lines().Len()) {
				add(s)
			}
		case *ast.CodeSpan:
			for child := n.FirstChild(); child != nil; child = child.NextSibling() {
				if t, ok := child.(*ast.Text); ok {
					add(t.Segment)
				}
			}
		}
		return ast.WalkContinue, nil
	})
	slices.SortFunc(code, func(a, b [2]int) int { return a[0] - b[0] })
	return code
}

// inside reports whether a position is in one of the ranges, which are in order and apart.
func inside(ranges [][2]int, at int) bool {
	_, found := slices.BinarySearchFunc(ranges, at, func(r [2]int, at int) int {
		switch {
		case r[1] <= at:
			return -1
		case r[0] > at:
			return 1
		}
		return 0
	})
	return found
}
