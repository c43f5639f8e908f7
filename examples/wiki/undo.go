package main

import (
	"context"
	"errors"
	"strings"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/transaction"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
	"github.com/mastaba-go/mastaba/views/web"
)

// undoQueue has a flash message for each delete that can be undone: the number of the change in the
// audit log, a space, and the title of what was deleted.
const undoQueue = "undo"

// undoable is such a message as the layout shows it.
type undoable struct{ Change, Title string }

func undoOf(message string) undoable {
	change, title, _ := strings.Cut(message, " ")
	return undoable{change, title}
}

// undelete brings back what the client has deleted.
func (w *wiki) undelete(r *framework.Request, _ *Folder, in struct{ Change int64 }) (*framework.Response, error) {
	author, err := r.UserID()
	if err != nil {
		return nil, err
	}
	actor := userPrefix + author
	entry, err := w.change(r.Context(), in.Change)
	if err != nil {
		return nil, err
	}
	if entry.Op != sqltree.Deleted || entry.Actor != actor {
		return nil, web.Forbidden("Somebody else has made this change.")
	}
	folder, err := w.tree.Get(r.Context(), entry.Parent)
	if errors.Is(err, traversal.ErrNotFound) {
		return done(r, r.VirtualRoot(), "It cannot come back, because its folder was deleted too. Bring back the folder first.")
	} else if err != nil {
		return nil, err
	}
	if may, err := mayChange(r, folder); err != nil {
		return nil, err
	} else if !may {
		return nil, web.Forbidden("You may no longer change the folder.")
	}
	err = transaction.Nested(r.Context(), func(ctx context.Context) error { return w.undoEntry(sqltree.WithActor(ctx, actor), entry, author) })
	if why := refusal(err); why != "" {
		return done(r, folder, "It cannot come back: "+why+".")
	} else if err != nil {
		return nil, retryConflict(err)
	}
	back, err := w.tree.Get(r.Context(), entry.ID)
	if err != nil {
		return nil, err
	}
	return done(r, back, "It is back.")
}

// change returns a change of the audit log.
func (w *wiki) change(ctx context.Context, seq int64) (sqltree.Entry, error) {
	if seq > 0 {
		list, err := w.tree.Audit(ctx, sqltree.AuditOptions{Before: seq + 1, Limit: 1})
		if err != nil {
			return sqltree.Entry{}, err
		}
		if len(list) == 1 && list[0].Seq == seq {
			return list[0], nil
		}
	}
	return sqltree.Entry{}, web.NotFound("The wiki no longer remembers this change.")
}
