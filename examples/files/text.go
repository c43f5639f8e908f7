package main

import (
	"html"
	"html/template"
	"strconv"
	"strings"

	"github.com/mastaba-go/mastaba/examples/markdown"
	"github.com/mastaba-go/mastaba/framework"
)

// textPage is the data of text.html.
type textPage struct {
	filePage
	Lines    template.HTML
	Count    int
	Cut      bool // the file has more lines
	Rendered string
}

// showText is the page of a text, and the view "source" of Markdown.
func showText(r *framework.Request, t *Text) (*textPage, error) {
	text, cut, err := t.read()
	if err != nil {
		return nil, err
	}
	file, err := t.page(r)
	if err != nil {
		return nil, err
	}
	page := &textPage{filePage: file, Cut: cut}
	page.Lines, page.Count = numbered(text)
	if _, ok := r.Resource().(*Markdown); ok {
		page.Rendered = file.URL
	}
	return page, nil
}

// read returns as much of the text as is shown; cut reports that there is more. Invalid UTF-8
// becomes the replacement character.
func (t *Text) read() (text string, cut bool, err error) {
	limit := t.site.bounds.text
	b, err := t.head(limit + 1)
	if err != nil {
		return "", false, err
	}
	if len(b) > limit {
		b, cut = b[:limit], true
	}
	text = strings.TrimPrefix(strings.ToValidUTF8(string(b), "\uFFFD"), "\uFEFF")
	text = strings.ReplaceAll(text, "\r\n", "\n")
	rest := text
	for range t.site.bounds.lines {
		_, after, more := strings.Cut(rest, "\n")
		if !more {
			return text, cut, nil
		}
		rest = after
	}
	if rest == "" {
		return text, cut, nil
	}
	return text[:len(text)-len(rest)], true, nil
}

// numbered makes each line an element that a URL can point to: #L12. The style sheet adds the
// number, so it is not copied with the text.
func numbered(text string) (template.HTML, int) {
	if text == "" {
		return "", 0
	}
	var b strings.Builder
	count := 0
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		count++
		number := strconv.Itoa(count)
		b.WriteString(`<span id="L` + number + `"><a href="#L` + number + `" aria-label="line ` + number + `"></a>`)
		b.WriteString(html.EscapeString(line))
		b.WriteString("\n</span>")
	}
	return template.HTML(b.String()), count // every line is escaped
}

// plain returns a text as HTML without line numbers, for a README that is not Markdown.
func (t *Text) plain() (template.HTML, error) {
	text, _, err := t.read()
	if err != nil {
		return "", err
	}
	return markdown.Focusable(template.HTML("<pre>" + html.EscapeString(text) + "</pre>")), nil
}
