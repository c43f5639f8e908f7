package main

import (
	"cmp"
	"context"
	"errors"
	"html/template"
	"time"

	"github.com/mastaba-go/mastaba/examples/markdown"
	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
	"github.com/mastaba-go/mastaba/views/web"
)

// folderPage is what folder.html shows.
type folderPage struct {
	*Folder
	Children sqltree.Page
}

func (w *wiki) showFolder(r *framework.Request, f *Folder, in struct{ After string }) (folderPage, error) {
	children, err := w.tree.Page(r.Context(), r.Node(), sqltree.PageOptions{
		After: in.After, Limit: 100,
		Permits: func(_ context.Context, n traversal.Node) (bool, error) { return r.Can(mayView, n) },
	})
	return folderPage{f, children}, err
}

// shownTitle returns the title of a resource, its name if it is of a kind that this program does not
// have.
func shownTitle(res traversal.Resource) string {
	switch res := res.(type) {
	case *Folder:
		return res.Title
	case *Page:
		return res.Title
	case *File:
		return res.Title
	case interface{ Name() string }:
		return res.Name()
	}
	return ""
}

// crumb returns the title of a breadcrumb.
func crumb(c web.Breadcrumb) string { return cmp.Or(shownTitle(c.Node.Resource()), c.Title) }

// pagePage is what page.html shows.
type pagePage struct {
	*Page
	Body template.HTML
}

func (w *wiki) showPage(r *framework.Request, p *Page) (pagePage, error) {
	body, err := w.body(r, p)
	return pagePage{p, body}, err
}

// render renders a text, whose relative links start at the folder. One that costs too much is shown
// as it is written.
func render(r *framework.Request, folder traversal.Node, text string) (template.HTML, error) {
	base, top, err := linkBases(r, folder)
	if err != nil {
		return "", err
	}
	body, err := markdown.Render([]byte(text), markdown.Links{Base: base, Top: top, Image: "/@@raw"})
	if errors.Is(err, markdown.ErrCostly) {
		return markdown.Focusable(template.HTML("<pre>" + template.HTMLEscapeString(text) + "</pre>")), nil
	}
	return body, err
}

// linkBases returns where relative links of a text start, and those that begin with a slash.
func linkBases(r *framework.Request, folder traversal.Node) (base, top string, err error) {
	if base, err = r.ResourcePath(folder); err == nil {
		top, err = r.ResourcePath(r.VirtualRoot())
	}
	return base, top, err
}

// pageJSON is a page for programs.
type pageJSON struct {
	Name     string    `json:"name"`
	Version  int64     `json:"version"`
	Modified time.Time `json:"modified"`
	Title    string    `json:"title"`
	Text     string    `json:"text"`
}

func pageAsJSON(_ *framework.Request, p *Page) (pageJSON, error) {
	return pageJSON{p.Name(), p.Version(), p.Modified(), p.Title, p.Text}, nil
}
