package main

import (
	"context"
	"errors"
	"strings"

	"github.com/google/uuid"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// addManagement declares the pages on which administrators look after the tree, whatever access
// lists say: they are routes, so the permission is that at the root.
func (w *wiki) addManagement(config *framework.Configurator) {
	administer, get, post := views.Permission(mayAdminister), views.Method("GET"), views.Method("POST")
	config.AddRoute("manage", "/-/manage")
	config.AddView(views.OnInput(w.manage), views.Route("manage"), get, administer, views.Renderer("manage.html"))
	config.AddRoute("bulk", "/-/manage/bulk")
	config.AddView(views.OnInput(w.bulk), views.Route("bulk"), post, administer)
	config.AddRoute("changes", "/-/changes")
	config.AddView(views.OnInput(w.changes), views.Route("changes"), get, administer, views.Renderer("changes.html"))
	config.AddView(views.OnInput(w.undo), views.Route("changes"), post, administer)
}

// resource is what Folder, Page and File have in common.
type resource interface {
	node
	Name() string
	Kind() string
	HasACL() bool
}

// managePage is what manage.html shows: a folder, and what is in it.
type managePage struct {
	Node   traversal.Node
	Title  string
	Rows   []manageRow
	Up     string // the path of the folder above; "" for the root
	Next   string // the cursor of the next page
	Branch []branchList
}

// manageRow is a child of the folder.
type manageRow struct {
	traversal.Node
	Size     int64 // bytes of the text or file
	Children int
	Own      bool // it has an access list
}

const managedOnPage = 50

func (w *wiki) manage(r *framework.Request, _ *Folder, in struct{ At, After string }) (page managePage, err error) {
	ctx := r.Context()
	page.Node, err = r.Traverser().Find(ctx, r.Node().Root(), absolute(in.At))
	if errors.Is(err, traversal.ErrNotFound) {
		return page, web.NotFound("There is no such folder.")
	} else if err != nil {
		return page, err
	}
	folder, ok := page.Node.Resource().(*Folder)
	if !ok {
		return page, web.NotFound("This is not a folder.")
	}
	page.Title = folder.Title
	if up, ok := page.Node.Parent(); ok {
		page.Up = up.Path()
	}
	children, err := w.tree.Page(ctx, page.Node, sqltree.PageOptions{After: in.After, Limit: managedOnPage})
	if err != nil {
		return page, err
	}
	page.Next = children.Next
	for _, n := range children.Nodes {
		row, err := w.rowOf(ctx, n)
		if err != nil {
			return page, err
		}
		page.Rows = append(page.Rows, row)
	}
	page.Branch, err = branch(ctx, page.Node)
	return page, err
}

// absolute returns a path that begins at the root.
func absolute(path string) string { return "/" + strings.TrimLeft(strings.TrimSpace(path), "/") }

func (w *wiki) rowOf(ctx context.Context, n traversal.Node) (row manageRow, err error) {
	row.Node = n
	if res, ok := n.Resource().(resource); ok {
		row.Own = res.HasACL()
	}
	switch res := n.Resource().(type) {
	case *Folder:
		row.Children, err = w.tree.Count(ctx, res)
	case *Page:
		row.Size = int64(len(res.Text))
	case *File:
		row.Size = res.Size
	}
	return row, err
}

// nodesOf returns the nodes of ids. Those that were deleted meanwhile are left out.
func (w *wiki) nodesOf(ctx context.Context, ids []uuid.UUID) (nodes []traversal.Node, err error) {
	for _, id := range ids {
		n, err := w.tree.Get(ctx, id)
		if errors.Is(err, traversal.ErrNotFound) {
			continue
		} else if err != nil {
			return nil, err
		}
		nodes = append(nodes, n)
	}
	return nodes, nil
}
