package main

import (
	"html"
	"html/template"
	"strconv"
	"strings"

	"github.com/mastaba-go/mastaba/framework"
)

// textPage is what text.html shows: the file, or as much of it as is sensible.
type textPage struct {
	filePage
	Lines    template.HTML
	Count    int
	Cut      bool // there is more
	Rendered string
}

// showText is the page of a text, and the view "source" of what else is text.
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

// read reads as much of the text as is shown; cut says that there is more.
// Bytes that are not UTF-8 are shown as such.
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

// numbered makes each line an element that a URL can point to: #L12. The style
// sheet writes the number, so that it is not copied along with the text.
func numbered(text string) (template.HTML, int) {
	if text == "" {
		return "", 0
	}
	var b strings.Builder
	count := 0
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		count++
		number := strconv.Itoa(count)
		b.WriteString(`<span id="L` + number + `"><a href="#L` + number + `"></a>`)
		b.WriteString(html.EscapeString(line))
		b.WriteString("\n</span>")
	}
	return template.HTML(b.String()), count // every line of it is escaped
}

// plain is a text as HTML without numbers: a README that is no Markdown.
func (t *Text) plain() (template.HTML, error) {
	text, _, err := t.read()
	if err != nil {
		return "", err
	}
	return template.HTML("<pre>" + html.EscapeString(text) + "</pre>"), nil
}
