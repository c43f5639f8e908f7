package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/transaction"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
	"github.com/mastaba-go/mastaba/views/web"
)

// changesPage is what changes.html shows: the audit log, newest first.
type changesPage struct {
	Rows   []changeRow
	Before int64     // the next page begins before this change; 0 if there is none
	Node   uuid.UUID // the changes of this node alone, if it is not zero
}

// changeRow is a change. From and To are paths; From is "" unless the change was of the place.
type changeRow struct {
	sqltree.Entry
	From, To string
	Now      traversal.Node // the resource, if it still exists
}

// What says what was done, in words.
func (c changeRow) What() string {
	if c.Op == sqltree.Moved && c.Parent == c.WasParent {
		return "renamed the " + c.Kind
	}
	switch c.Op {
	case sqltree.Restricted:
		return "changed the sharing of the " + c.Kind
	case sqltree.Updated:
		return fmt.Sprintf("changed the %s to version %d", c.Kind, c.Version)
	case sqltree.Reordered:
		return "changed the order in the " + c.Kind
	}
	return fmt.Sprintf("%s the %s", c.Op, c.Kind)
}

// Who returns who has made the change.
func (c changeRow) Who() string { return author(strings.TrimPrefix(c.Actor, userPrefix)) }

const changesOnPage = 50

func (w *wiki) changes(r *framework.Request, _ *Folder, in struct {
	Before int64
	Node   uuid.UUID
}) (changesPage, error) {
	ctx := r.Context()
	entries, err := w.tree.Audit(ctx, sqltree.AuditOptions{Before: max(in.Before, 0), Node: in.Node, Limit: changesOnPage + 1})
	if err != nil {
		return changesPage{}, err
	}
	page := changesPage{Node: in.Node}
	if len(entries) > changesOnPage {
		entries = entries[:changesOnPage]
		page.Before = entries[changesOnPage-1].Seq
	}
	seen := nodeCache{wiki: w, nodes: map[uuid.UUID]traversal.Node{}}
	for _, e := range entries {
		row := changeRow{Entry: e}
		if row.Now, err = seen.node(ctx, e.ID); err != nil {
			return page, err
		}
		if row.To, err = seen.path(ctx, e.Parent, e.Name); err != nil {
			return page, err
		}
		if e.WasParent != e.Parent || e.WasName != e.Name {
			if row.From, err = seen.path(ctx, e.WasParent, e.WasName); err != nil {
				return page, err
			}
		}
		page.Rows = append(page.Rows, row)
	}
	return page, nil
}

// nodeCache has nodes that the changes of one page name.
type nodeCache struct {
	wiki  *wiki
	nodes map[uuid.UUID]traversal.Node
}

// node returns a node; a zero one if it does not exist any more.
func (p nodeCache) node(ctx context.Context, id uuid.UUID) (n traversal.Node, err error) {
	n, ok := p.nodes[id]
	if ok || id == uuid.Nil {
		return n, nil
	}
	n, err = p.wiki.tree.Get(ctx, id)
	if err != nil && !errors.Is(err, traversal.ErrNotFound) {
		return n, err
	}
	p.nodes[id] = n
	return n, nil
}

// path returns where a name in a folder is: below the folder as it is called now. A folder that
// does not exist any more is "…".
func (p nodeCache) path(ctx context.Context, folder uuid.UUID, name string) (string, error) {
	if name == "" {
		return "", nil
	}
	n, err := p.node(ctx, folder)
	if err != nil || n.IsZero() {
		return "…/" + name, err
	}
	return traversal.Join(append(n.Names(), name)), nil
}

// undo makes a change undone. This is a change as well, and can be undone itself.
func (w *wiki) undo(r *framework.Request, _ *Folder, in struct{ Seq int64 }) (*framework.Response, error) {
	by, err := r.UserID()
	if err != nil {
		return nil, err
	}
	ctx := sqltree.WithActor(r.Context(), userPrefix+by)
	entries, err := w.tree.Audit(ctx, sqltree.AuditOptions{Before: in.Seq + 1, Limit: 1})
	if err != nil {
		return nil, err
	}
	if len(entries) == 0 || entries[0].Seq != in.Seq {
		return nil, web.NotFound("The log does not have this change any more.")
	}
	err = transaction.Nested(ctx, func(ctx context.Context) error { return w.undoEntry(ctx, entries[0], by) })
	if why := refusal(err); why != "" {
		return refusedAt(r, "changes", "The change of "+entries[0].Name+" cannot be undone: "+why+".")
	} else if err != nil {
		return nil, err
	}
	return doneAt(r, "changes", "The change of "+entries[0].Name+" is undone.")
}

// undoEntry undoes a change, and keeps what the wiki keeps of such a change: the revision of a page,
// the version of a file, the old address of what is at another place.
func (w *wiki) undoEntry(ctx context.Context, e sqltree.Entry, by string) error {
	var nodes [2]traversal.Node // before and after
	for i := range nodes {
		if i == 1 {
			if err := w.tree.Undo(ctx, e.Seq); err != nil {
				return err
			}
		}
		n, err := w.tree.Get(ctx, e.ID)
		if err != nil && !errors.Is(err, traversal.ErrNotFound) {
			return err
		}
		nodes[i] = n
	}
	if nodes[0].IsZero() || nodes[1].IsZero() {
		return nil // the undo has deleted or restored it
	}
	if nodes[1].Depth() == 0 {
		if err := stillWiki(ctx, nodes[1], e.Seq); err != nil {
			return err
		}
	}
	if e.Op == sqltree.Updated {
		switch res := nodes[1].Resource().(type) {
		case *Page:
			return w.keep(ctx, res, by)
		case *File:
			return w.keepFile(ctx, res, by)
		}
	}
	if _, old := folderOf(nodes[0]); old != nil && nodes[0].Path() != nodes[1].Path() {
		return w.remember(ctx, old.ID(), nodes[0].Name(), e.ID)
	}
	return nil
}

// stillWiki returns an error if an undo has made the root what it was before the wiki began: without
// a title, or without a list that keeps the administrators.
func stillWiki(ctx context.Context, root traversal.Node, seq int64) error {
	list, err := listOf(ctx, root)
	if err != nil {
		return err
	}
	folder, ok := root.Resource().(*Folder)
	if !ok || folder.Title == "" || len(list) == 0 || list[0].String() != keepsAdministrators.String() {
		return &sqltree.UndoError{Seq: seq, Reason: "nobody could administer the wiki then"}
	}
	return nil
}
