package main

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

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
)

// markdownPage is the data of markdown.html.
type markdownPage struct {
	filePage
	Body template.HTML
}

// showMarkdown is the page of a Markdown file.
func showMarkdown(r *framework.Request, m *Markdown) (*markdownPage, error) {
	page, err := m.page(r)
	if err != nil {
		return nil, err
	}
	page.Source = page.URL + "/source"
	folder, _ := r.Node().Parent()
	body, err := m.render(r, folder)
	if err != nil {
		return nil, err
	}
	return &markdownPage{filePage: page, Body: body}, nil
}

// markdown lets HTML through, since READMEs are full of it. None of it is trusted: the whole result
// is sanitized.
var markdown = goldmark.New(
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

// render renders the file. Relative links start at folder, which contains it. A file that is too
// long, too costly or nested too deep is shown as plain text.
func (m *Markdown) render(r *framework.Request, folder traversal.Node) (template.HTML, error) {
	limit := m.site.bounds.markdown
	source, err := m.head(limit + 1)
	if err != nil {
		return "", err
	}
	if _, text := cutFrontMatter(bytes.TrimPrefix(source, byteOrderMark)); len(source) > limit || isCostly(text) {
		return m.plain()
	}
	base, err := r.ResourcePath(folder)
	if err != nil {
		return "", err
	}
	top, err := r.ResourcePath(r.VirtualRoot())
	if err != nil {
		return "", err
	}
	body, err := renderMarkdown(source, base, top)
	if errors.Is(err, errTooDeep) {
		return m.plain()
	}
	return focusable(body), err
}

var byteOrderMark = []byte("\xEF\xBB\xBF")

// focusable makes what may be wider than the page scroll, and lets the keyboard reach it.
func focusable(body template.HTML) template.HTML {
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

// renderMarkdown renders untrusted Markdown to harmless HTML. For base and top see relink.
func renderMarkdown(source []byte, base, top string) (template.HTML, error) {
	matter, text := cutFrontMatter(bytes.TrimPrefix(source, byteOrderMark))
	var rendered bytes.Buffer
	rendered.WriteString(asCode(matter))
	if err := markdown.Convert(text, &rendered); err != nil {
		return "", err
	}
	return relink(harmless.SanitizeBytes(rendered.Bytes()), base, top)
}
