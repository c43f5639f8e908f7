package main

import (
	"errors"
	"html/template"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/mastaba-go/mastaba/examples/wiki/merge"
	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/transaction"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/forms"
)

// pageInput is the form of a page. Version is that of the page when the form was shown.
type pageInput struct {
	Title   string `form:"title"`
	Text    string `form:"text"`
	Version int64  `form:"version"`
	Preview bool   `form:"preview"`
}

const (
	mostTitle = 200       // bytes
	mostText  = 512 << 10 // bytes, which are rendered in any case or shown as they are written
)

// Validate checks the title and the lengths, and that no conflict is left in the text.
func (in pageInput) Validate() error {
	switch {
	case strings.TrimSpace(in.Title) == "" || len(in.Title) > mostTitle:
		return problem("title", "a title of at most 200 bytes is required")
	case len(in.Text) > mostText:
		return problem("text", "the text has more than 512 KiB")
	case merge.Marked(in.Text):
		return problem("text", "choose between the two versions, and remove the lines that begin with <<<<<<<, ======= and >>>>>>>")
	}
	return nil
}

// editPage is what edit.html shows: the form, perhaps a preview, and after a conflict what others
// have done meanwhile.
type editPage struct {
	Form      *forms.Form
	Preview   template.HTML
	Conflicts int          // of the merged text
	Theirs    []merge.Line // what others have changed since the form was shown
	Mine      []merge.Line // what saving the merged text would change
	Author    string       // of the newest change
}

func editForm(r *framework.Request, p *Page) (editPage, error) {
	return editPage{Form: forms.Show(r, pageInput{Title: p.Title, Text: p.Text, Version: p.Version()})}, nil
}

// save stores an edit, shows its preview, or merges it with what others have saved meanwhile.
func (w *wiki) save(r *framework.Request, p *Page, in pageInput) (*framework.Response, error) {
	in.Text = merge.Normal(in.Text)
	if in.Preview {
		folder, _ := folderOf(r.Node())
		return preview(r, folder, in)
	}
	if in.Version != p.Version() {
		base, err := w.revisionAt(r.Context(), p, in.Version)
		if err != nil {
			return nil, err
		}
		if base.Text != p.Text || base.Title != p.Title { // not only renamed or moved
			return w.showMerge(r, p, base, in)
		}
	}
	if in.Title == p.Title && in.Text == p.Text {
		return done(r, r.Node(), "Nothing was changed.")
	}
	p.Title, p.Text = in.Title, in.Text
	return w.store(r, p, "The page is saved.")
}

// store writes a page and its revision. If another request was faster, this one begins again and
// meets its change.
func (w *wiki) store(r *framework.Request, p *Page, message string) (*framework.Response, error) {
	author, err := r.UserID()
	if err != nil {
		return nil, err
	}
	ctx := sqltree.WithActor(r.Context(), userPrefix+author)
	if err := w.tree.Update(ctx, p); errors.Is(err, sqltree.ErrConflict) {
		return nil, transaction.MarkRetryable(err)
	} else if err != nil {
		return nil, err
	}
	if err := w.keep(ctx, p, author); err != nil {
		return nil, err
	}
	return done(r, r.Node(), message)
}

func preview(r *framework.Request, folder traversal.Node, in pageInput) (*framework.Response, error) {
	body, err := render(r, folder, in.Text)
	if err != nil {
		return nil, err
	}
	in.Preview = false
	return views.RenderResponse(r, "edit.html", editPage{Form: forms.Show(r, in), Preview: body})
}

// showMerge offers the merged text: ready to save if it is clean, otherwise with both sides in it.
func (w *wiki) showMerge(r *framework.Request, p *Page, base Revision, in pageInput) (*framework.Response, error) {
	newest, err := w.revisionAt(r.Context(), p, p.Version())
	if err != nil {
		return nil, err
	}
	result := merge.Three(base.Text, in.Text, p.Text)
	merged := pageInput{Title: in.Title, Text: result.Text("yours", "theirs"), Version: p.Version()}
	if in.Title == base.Title {
		merged.Title = p.Title
	}
	response, err := views.RenderResponse(r, "merge.html", editPage{
		Form: forms.Show(r, merged), Conflicts: result.Conflicts, Author: newest.Author,
		Theirs: merge.Diff(base.Text, p.Text, 2), Mine: merge.Diff(p.Text, merged.Text, 2),
	})
	if err != nil {
		return nil, err
	}
	response.SetStatus(http.StatusConflict)
	return response, nil
}

// newInput is the form of a new page or folder. Name is what addresses have.
type newInput struct {
	Name string `form:"name"`
	pageInput
}

var names = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]{0,99}$`)

func checkName(name string) error {
	if !names.MatchString(name) {
		return problem("name", "use letters, digits, dots and hyphens, beginning with a letter or digit")
	}
	return nil
}

// Validate checks the name besides.
func (in newInput) Validate() error { return errors.Join(checkName(in.Name), in.pageInput.Validate()) }

func newForm(r *framework.Request, _ *Folder) (editPage, error) {
	return editPage{Form: forms.Show(r, newInput{})}, nil
}

func (w *wiki) addPage(r *framework.Request, f *Folder, in newInput) (*framework.Response, error) {
	if in.Preview {
		body, err := render(r, r.Node(), merge.Normal(in.Text))
		if err != nil {
			return nil, err
		}
		in.Preview = false
		return views.RenderResponse(r, "edit.html", editPage{Form: forms.Show(r, in), Preview: body})
	}
	page := &Page{Title: in.Title, Text: merge.Normal(in.Text)}
	return w.add(r, f, in.Name, page, func(author string) error { return w.keep(r.Context(), page, author) })
}

func (w *wiki) addFolder(r *framework.Request, f *Folder, in newInput) (*framework.Response, error) {
	return w.add(r, f, in.Name, &Folder{Title: in.Title}, func(string) error { return nil })
}

// add puts a resource into a folder, and does what belongs to it.
func (w *wiki) add(r *framework.Request, f *Folder, name string, res sqltree.Resource, then func(author string) error) (*framework.Response, error) {
	author, err := r.UserID()
	if err != nil {
		return nil, err
	}
	if err := w.tree.Create(sqltree.WithActor(r.Context(), userPrefix+author), f, name, res); errors.Is(err, sqltree.ErrExists) {
		return nil, problem("name", "the folder already has something of this name")
	} else if err != nil {
		return nil, err
	}
	if err := then(author); err != nil {
		return nil, err
	}
	return done(r, r.Node().At(name, res), "It is ready.")
}

// problem is an error that shows the form again.
func problem(field, text string) error {
	return &views.InputError{Fields: []views.FieldError{{Name: field, Text: text}}}
}

// done sends the client on to a resource, whose page shows the message, and what was changed.
func done(r *framework.Request, to traversal.Node, message string) (*framework.Response, error) {
	session, err := r.Session()
	if err != nil {
		return nil, err
	}
	if err := session.Flash("", message, false); err != nil {
		return nil, err
	}
	return redirect(r, to)
}

// redirect sends the client on to a resource, after something was changed.
func redirect(r *framework.Request, to traversal.Node) (*framework.Response, error) {
	if err := changedAt.Set(r, time.Now().Unix()); err != nil {
		return nil, err
	}
	path, err := r.ResourcePath(to)
	return r.Redirect(http.StatusSeeOther, path), err
}
