// Package markdown renders Markdown of strangers as harmless HTML, for the examples that show some.
package markdown

import (
	"bytes"
	"errors"
	"html/template"
	"regexp"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
)

// ErrCostly means that a document would take too much time or memory, or is nested too deep. It can
// still be shown as plain text.
var ErrCostly = errors.New("the document is too costly to render")

// Links say where the relative links of a document lead.
type Links struct {
	Base  string // path that relative links start from, with a slash at its end
	Top   string // path that links with a slash at their beginning start from
	Image string // what is added to the paths of images, such as "/raw"
}

// Render renders a document: no scripts, no styles, no forms, no frames, no images of other sites.
// The error is ErrCostly, or a failure of the renderer. The time depends on the length, which the
// caller limits. It is safe for concurrent use.
func Render(source []byte, links Links) (template.HTML, error) {
	matter, text := cutFrontMatter(bytes.TrimPrefix(source, byteOrderMark))
	if isCostly(text) {
		return "", ErrCostly
	}
	var rendered bytes.Buffer
	rendered.WriteString(asCode(matter))
	if err := converter.Convert(text, &rendered); err != nil {
		return "", err
	}
	body, err := relink(harmless.SanitizeBytes(rendered.Bytes()), links)
	return Focusable(body), err
}

var byteOrderMark = []byte("\xEF\xBB\xBF")

// converter lets HTML through, since READMEs are full of it. None of it is trusted: the whole
// result is sanitized.
var converter = goldmark.New(
	goldmark.WithExtensions(
		extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)), // the sanitizer removes styles
		extension.Linkify, extension.Strikethrough, extension.TaskList, extension.Footnote,
	),
	goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(headingIDs{}, 0))),
	goldmark.WithRendererOptions(html.WithUnsafe()),
)

// harmless is the sanitizer: no scripts, no styles, no forms, no frames.
var harmless = func() *bluemonday.Policy {
	p := bluemonday.UGCPolicy()
	p.AllowAttrs("align").Matching(regexp.MustCompile(`^(left|center|right)$`)).OnElements("p", "div", "h1", "h2", "h3", "h4", "h5", "h6")
	p.AllowAttrs("name").Matching(regexp.MustCompile(`^[\p{L}\p{N}._:-]+$`)).OnElements("a") // targets of old tables of contents
	p.AllowAttrs("id").Matching(regexp.MustCompile(`^[\p{L}\p{M}\p{N}\p{Pc}.:-]+$`)).Globally()
	p.AllowAttrs("alt").OnElements("img")                                               // any text
	p.AllowAttrs("type").Matching(regexp.MustCompile(`^checkbox$`)).OnElements("input") // of task lists
	p.AllowAttrs("checked", "disabled").Matching(regexp.MustCompile(`^$`)).OnElements("input")
	return p
}()

// Focusable makes what may be wider than the page scroll, and lets the keyboard reach it.
func Focusable(body template.HTML) template.HTML {
	return template.HTML(scrolling.Replace(string(body))) // the tags of a sanitized document, whose text has no "<"
}

const (
	scrollCode  = `<div class="scroll" tabindex="0" role="group" aria-label="Code">`
	scrollTable = `<div class="scroll" tabindex="0" role="group" aria-label="Table">`
)

var scrolling = strings.NewReplacer(
	"<pre>", scrollCode+"<pre>", "<pre ", scrollCode+"<pre ", "</pre>", "</pre></div>",
	"<table>", scrollTable+"<table>", "<table ", scrollTable+"<table ", "</table>", "</table></div>",
)
