package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/google/uuid"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/transaction"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// bulkInput is what administrators do with several resources at once: move or delete.
type bulkInput struct {
	ID      []uuid.UUID `form:"id"`
	Action  string      `form:"action"`
	To      string      `form:"to"` // the path of the folder, for move
	At      string      `form:"at"` // the path of the folder that was shown
	Confirm bool        `form:"confirm"`
}

// bulkPage is what bulk.html shows: what will be done, or why it was not.
type bulkPage struct {
	Action, To, At string
	Items          []bulkItem
	Failed         bool
}

// bulkItem is one of the resources.
type bulkItem struct {
	traversal.Node
	ID      uuid.UUID
	Below   int    // how many resources are below it, at most mostCounted
	Problem string // why it cannot be done; "" if it can
}

// More resources than this cannot be brought back after a delete.
const mostCounted = 1000

// Lost reports whether the audit log cannot bring the resources back, as there are too many.
func (i bulkItem) Lost() bool { return i.Below >= mostCounted }

// bulk shows what will be done and, once that is confirmed, does it: all of it, or nothing.
func (w *wiki) bulk(r *framework.Request, _ *Folder, in bulkInput) (*framework.Response, error) {
	ctx := r.Context()
	back := web.Query("at", absolute(in.At))
	if in.Action != "move" && in.Action != "delete" {
		return nil, web.BadRequest("The action is move or delete.")
	}
	if len(in.ID) == 0 || len(in.ID) > managedOnPage {
		return refusedAt(r, "manage", fmt.Sprintf("Choose 1 to %d resources first.", managedOnPage), back)
	}
	var to traversal.Node
	if in.Action == "move" {
		var err error
		to, err = r.Traverser().Find(ctx, r.Node().Root(), absolute(in.To))
		if err != nil && !errors.Is(err, traversal.ErrNotFound) {
			return nil, err
		}
		if _, isFolder := to.Resource().(*Folder); err != nil || !isFolder {
			return refusedAt(r, "manage", "There is no folder "+absolute(in.To)+" to move to.", back)
		}
	}
	nodes, err := w.nodesOf(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if len(nodes) < len(in.ID) {
		return refusedAt(r, "manage", "Some of it was deleted meanwhile. Nothing was done.", back)
	}
	page := bulkPage{Action: in.Action, To: absolute(in.To), At: absolute(in.At)}
	for i, n := range nodes {
		below, err := w.countBelow(ctx, n)
		if err != nil {
			return nil, err
		}
		page.Items = append(page.Items, bulkItem{Node: n, ID: in.ID[i], Below: below})
	}
	if !in.Confirm {
		return views.RenderResponse(r, "bulk.html", page)
	}
	by, err := r.UserID()
	if err != nil {
		return nil, err
	}
	ctx = sqltree.WithActor(ctx, userPrefix+by)
	for i := range page.Items {
		item := &page.Items[i]
		// What fails is undone alone, so that the next one can be tried too.
		err := transaction.Nested(ctx, func(ctx context.Context) error {
			if in.Action == "delete" {
				return w.tree.Delete(ctx, item.Resource().(sqltree.Resource), sqltree.DeleteOptions{Unchanged: true})
			}
			return w.moveInto(ctx, item.Node, to)
		})
		if err == nil {
			continue
		}
		if item.Problem = refusal(err); item.Problem == "" {
			return nil, retryConflict(err)
		}
		page.Failed = true
	}
	if page.Failed {
		response, err := views.RenderResponse(r, "bulk.html", page)
		if err == nil {
			response.SetStatus(http.StatusConflict) // this rolls back what went well
		}
		return response, err
	}
	if in.Action == "delete" {
		return doneAt(r, "manage", fmt.Sprintf("%d deleted. The page of changes can undo it.", len(nodes)), back)
	}
	return doneAt(r, "manage", fmt.Sprintf("%d moved to %s.", len(nodes), to.Path()), back)
}

// countBelow returns how many resources are below a node, at most mostCounted.
func (w *wiki) countBelow(ctx context.Context, n traversal.Node) (count int, err error) {
	for _, err := range w.tree.Walk(ctx, n) {
		if err != nil {
			return 0, err
		}
		if count++; count == mostCounted {
			break
		}
	}
	return count, nil
}

// moveInto moves a resource into a folder, under its name. Its old address leads to the new one.
func (w *wiki) moveInto(ctx context.Context, n, to traversal.Node) error {
	res, folder := n.Resource().(resource), to.Resource().(*Folder)
	_, parent := folderOf(n)
	if parent != nil && parent.ID() == folder.ID() {
		return nil // it is there already
	}
	if err := w.tree.Move(ctx, res, folder, n.Name()); err != nil || parent == nil {
		return err
	}
	return w.remember(ctx, parent.ID(), n.Name(), res.ID())
}

// refusal returns why the tree has refused a change, for people; "" for other errors.
func refusal(err error) string {
	var conflict *sqltree.ConflictError
	var cycle *sqltree.CycleError
	var children *sqltree.NotEmptyError
	var limit *sqltree.LimitError
	var undo *sqltree.UndoError
	switch {
	case errors.As(err, &undo):
		return undo.Reason
	case errors.As(err, &conflict) && conflict.Current == 0:
		return "it was deleted meanwhile, or the folder that it would be in"
	case errors.As(err, &conflict):
		return fmt.Sprintf("it was changed meanwhile and has version %d: the newer changes come first", conflict.Current)
	case errors.Is(err, sqltree.ErrExists):
		return "the folder already has something of this name"
	case errors.As(err, &cycle):
		return "a folder cannot be inside itself"
	case errors.As(err, &children):
		return "there is something in it by now"
	case errors.As(err, &limit):
		return limit.Error()
	}
	return ""
}
