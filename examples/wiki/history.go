package main

import (
	"html/template"

	"github.com/mastaba-go/mastaba/examples/wiki/merge"
	"github.com/mastaba-go/mastaba/framework"
)

// historyPage is what history.html shows.
type historyPage struct {
	Title     string
	Revisions []Revision
	Older     int64 // versions before this one are on the next page; 0 if there are none
}

const historyLength = 50

func (w *wiki) history(r *framework.Request, p *Page, in struct{ Before int64 }) (historyPage, error) {
	before := in.Before
	if before <= 0 {
		before = p.Version() + 1
	}
	list, err := w.revisions(r.Context(), historyLength+1, `page = $1 AND version < $2 ORDER BY version DESC`, p.ID().String(), before)
	h := historyPage{Title: p.Title, Revisions: list}
	if len(list) > historyLength {
		h.Revisions, h.Older = list[:historyLength], list[historyLength-1].Version
	}
	return h, err
}

// revisionPage is what revision.html shows: a revision, and what it has changed.
type revisionPage struct {
	Revision
	Body    template.HTML
	Diff    []merge.Line
	Current bool
}

func (w *wiki) showRevision(r *framework.Request, p *Page, in struct{ Version int64 }) (revisionPage, error) {
	revision, err := w.revisionAt(r.Context(), p, in.Version)
	if err != nil {
		return revisionPage{}, err
	}
	earlier, err := w.revisions(r.Context(), 1, `page = $1 AND version < $2 ORDER BY version DESC`, p.ID().String(), revision.Version)
	if err != nil {
		return revisionPage{}, err
	}
	before := ""
	if len(earlier) > 0 {
		before = earlier[0].Text
	}
	folder, _ := folderOf(r.Node())
	body, err := render(r, folder, revision.Text)
	return revisionPage{
		Revision: revision, Body: body, Diff: merge.Diff(before, revision.Text, 3),
		Current: revision.Text == p.Text && revision.Title == p.Title,
	}, err
}

// restore makes a page what it was at a version. This is an edit, and in the history as well.
func (w *wiki) restore(r *framework.Request, p *Page, in struct{ Version int64 }) (*framework.Response, error) {
	revision, err := w.revisionAt(r.Context(), p, in.Version)
	if err != nil {
		return nil, err
	}
	p.Title, p.Text = revision.Title, revision.Text
	return w.store(r, p, "The page is as it was.")
}
