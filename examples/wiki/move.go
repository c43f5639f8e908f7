package main

import (
	"errors"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/transaction"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/forms"
	"github.com/mastaba-go/mastaba/views/web"
)

// node is what a Folder, a Page and a File have in common.
type node interface {
	sqltree.Resource
	ID() uuid.UUID
	Version() int64
}

// moveInput is the form that renames and moves. Folder is the path of the folder, such as /docs.
type moveInput struct {
	Name   string `form:"name"`
	Folder string `form:"folder"`
}

// Validate checks the name.
func (in moveInput) Validate() error { return checkName(in.Name) }

func moveForm[R node](r *framework.Request, _ R) (editPage, error) {
	folder, parent := folderOf(r.Node())
	if parent == nil {
		return editPage{}, web.NotFound("the root stays where it is")
	}
	return editPage{Form: forms.Show(r, moveInput{Name: r.Node().Name(), Folder: folder.Path()})}, nil
}

// move renames and moves a resource. Its old address leads to the new one.
func move[R node](w *wiki) func(*framework.Request, R, moveInput) (*framework.Response, error) {
	return func(r *framework.Request, res R, in moveInput) (*framework.Response, error) {
		_, parent := folderOf(r.Node())
		if parent == nil {
			return nil, web.NotFound("the root stays where it is")
		}
		to, folder, err := target(r, in.Folder)
		if err != nil {
			return nil, err
		}
		if folder.ID() == parent.ID() && in.Name == r.Node().Name() {
			return done(r, r.Node(), "Nothing was changed.")
		}
		author, err := r.UserID()
		if err != nil {
			return nil, err
		}
		name := r.Node().Name() // the old one
		ctx := sqltree.WithActor(r.Context(), userPrefix+author)
		err = w.tree.Move(ctx, res, folder, in.Name)
		var cycle *sqltree.CycleError
		switch {
		case errors.Is(err, sqltree.ErrExists):
			return nil, problem("name", "the folder already has something of this name")
		case errors.As(err, &cycle):
			return nil, problem("folder", "a folder cannot move into itself")
		case errors.Is(err, sqltree.ErrConflict):
			return nil, transaction.MarkRetryable(err)
		case err != nil:
			return nil, err
		}
		if err := w.remember(ctx, parent.ID(), name, res.ID()); err != nil {
			return nil, err
		}
		return done(r, to.At(in.Name, res), "It is at its new place, and the old address leads here.")
	}
}

// target finds the folder that somebody names, in which they must be allowed to edit.
func target(r *framework.Request, path string) (traversal.Node, *Folder, error) {
	missing := problem("folder", "there is no such folder, or you may not change it")
	if !strings.HasPrefix(path, "/") {
		return traversal.Node{}, nil, missing
	}
	node, err := r.Traverser().Find(r.Context(), r.Node().Root(), path)
	if errors.Is(err, traversal.ErrNotFound) {
		return traversal.Node{}, nil, missing
	} else if err != nil {
		return traversal.Node{}, nil, err
	}
	folder, isFolder := node.Resource().(*Folder)
	may, err := mayChange(r, node)
	if err == nil && (!isFolder || !may) {
		err = missing
	}
	return node, folder, err
}

// mayChange reports whether the user may see all folders down to a node, and edit it.
func mayChange(r *framework.Request, node traversal.Node) (bool, error) {
	if may, err := visible(r, node); !may || err != nil {
		return false, err
	}
	return r.Can(mayEdit, node)
}

// visible reports whether the user may see a node and all folders above it.
func visible(r *framework.Request, node traversal.Node) (bool, error) {
	for n, ok := node, true; ok; n, ok = n.Parent() {
		if may, err := r.Can(mayView, n); !may || err != nil {
			return false, err
		}
	}
	return true, nil
}

// notFound leads from the old address of what was moved to the new one, if the client may see it.
func (w *wiki) notFound(r *framework.Request) (*framework.Response, error) {
	folder, ok := r.Resource().(*Folder)
	if !ok || r.ViewName() == "" {
		return nil, views.ErrMismatch
	}
	if may, err := visible(r, r.Node()); !may || err != nil {
		return nil, errors.Join(err, views.ErrMismatch)
	}
	id, err := w.moved(r.Context(), folder.ID(), r.ViewName())
	if err != nil {
		return nil, err
	}
	if id == uuid.Nil {
		return nil, views.ErrMismatch
	}
	node, err := w.tree.Get(r.Context(), id)
	if errors.Is(err, traversal.ErrNotFound) {
		return nil, views.ErrMismatch
	} else if err != nil {
		return nil, err
	}
	if may, err := visible(r, node); err != nil {
		return nil, err
	} else if !may {
		return nil, views.ErrMismatch
	}
	path, err := r.ResourcePath(node)
	if err != nil {
		return nil, err
	}
	if rest := r.Subpath(); len(rest) > 0 {
		path += traversal.Join(rest)[1:]
	}
	return r.Redirect(http.StatusFound, path), nil // the address may get another page one day
}
