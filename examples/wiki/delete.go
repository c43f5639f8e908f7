package main

import (
	"fmt"
	"strconv"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/transaction"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/forms"
	"github.com/mastaba-go/mastaba/views/web"
)

// addDeletes declares what deletes folders, pages and files, and brings them back.
func (w *wiki) addDeletes(config *framework.Configurator) {
	name, edit, page := views.Name("delete"), views.Permission(mayEdit), views.Renderer("delete.html")
	forms.Add(config, deleteForm[*Folder](w), remove[*Folder](w), name, edit, page)
	forms.Add(config, deleteForm[*Page](w), remove[*Page](w), name, edit, page)
	forms.Add(config, deleteForm[*File](w), remove[*File](w), name, edit, page)
	config.AddView(views.OnInput(w.undelete), views.Method("POST"), views.Name("undelete"))
}

// deleteInput is the form that deletes. Version is that of the resource when the form was shown.
type deleteInput struct {
	Version int64 `form:"version"`
}

// deletePage is what delete.html shows.
type deletePage struct {
	Form                  *forms.Form
	Folders, Pages, Files int    // below the resource
	Refused               string // why it cannot be deleted; "" if it can
}

// Below returns how many there are below the resource.
func (d deletePage) Below() int { return d.Folders + d.Pages + d.Files }

func deleteForm[R node](w *wiki) func(*framework.Request, R) (deletePage, error) {
	return func(r *framework.Request, res R) (deletePage, error) {
		page, err := w.whatGoes(r, res)
		page.Form = forms.Show(r, deleteInput{res.Version()})
		return page, err
	}
}

// whatGoes counts what would be deleted with a resource. It stops where the delete is refused.
func (w *wiki) whatGoes(r *framework.Request, res node) (page deletePage, err error) {
	if _, parent := folderOf(r.Node()); parent == nil {
		return page, web.NotFound("the root stays where it is")
	}
	if _, isFolder := res.(*Folder); !isFolder {
		return page, nil
	}
	for below, err := range w.tree.Walk(r.Context(), r.Node()) {
		if err != nil {
			return page, err
		}
		if may, err := r.Can(mayEdit, below); err != nil {
			return page, err
		} else if !may {
			page.Refused = "The folder has something that you may not change."
			return page, nil
		}
		switch below.Resource().(type) {
		case *Folder:
			page.Folders++
		case *File:
			page.Files++
		default:
			page.Pages++
		}
		if page.Below() >= mostCounted {
			page.Refused = fmt.Sprintf("The folder has more than %d folders, pages and files. Delete the folders in it first.", mostCounted-1)
			return page, nil
		}
	}
	return page, nil
}

// remove deletes a resource, and everything below it.
func remove[R node](w *wiki) func(*framework.Request, R, deleteInput) (*framework.Response, error) {
	return func(r *framework.Request, res R, in deleteInput) (*framework.Response, error) {
		page, err := w.whatGoes(r, res)
		if err != nil {
			return nil, err
		}
		if page.Refused != "" {
			return nil, problem("", page.Refused)
		}
		if in.Version != res.Version() {
			return nil, problem("", "somebody has changed it meanwhile: look at it again")
		}
		author, err := r.UserID()
		if err != nil {
			return nil, err
		}
		ctx := sqltree.WithActor(r.Context(), userPrefix+author)
		if err := w.tree.Delete(ctx, res, sqltree.DeleteOptions{Unchanged: true}); err != nil {
			return nil, transaction.MarkRetryable(err)
		}
		logged, err := w.tree.Audit(ctx, sqltree.AuditOptions{Node: res.ID(), Limit: 1})
		if err != nil {
			return nil, err
		}
		title := shownTitle(res)
		parent, _ := folderOf(r.Node())
		if len(logged) == 0 || !logged[0].Undoable {
			return done(r, parent, fmt.Sprintf("“%s” was deleted.", title))
		}
		session, err := r.Session()
		if err != nil {
			return nil, err
		}
		if err := session.Flash(undoQueue, strconv.FormatInt(logged[0].Seq, 10)+" "+title, false); err != nil {
			return nil, err
		}
		return redirect(r, parent)
	}
}
