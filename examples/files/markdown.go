package main

import (
	"errors"
	"html/template"

	"github.com/mastaba-go/mastaba/examples/markdown"
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

// render renders the file. Relative links start at folder, which contains it. A file that is too
// long, too costly or nested too deep is shown as plain text.
func (m *Markdown) render(r *framework.Request, folder traversal.Node) (template.HTML, error) {
	limit := m.site.bounds.markdown
	source, err := m.head(limit + 1)
	if err != nil {
		return "", err
	}
	if len(source) > limit {
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
	body, err := markdown.Render(source, markdown.Links{Base: base, Top: top, Image: "/raw"})
	if errors.Is(err, markdown.ErrCostly) {
		return m.plain()
	}
	return body, err
}
