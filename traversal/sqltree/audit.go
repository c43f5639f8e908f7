package sqltree

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/mastaba-go/mastaba/traversal"
)

// Entry is one change in the audit log.
type Entry struct {
	Seq       int64 // rises with each entry, with gaps
	Time      time.Time
	Actor     string // of WithActor
	Op        Op
	ID        uuid.UUID
	Kind      string
	Name      string    // of the node, after the change
	Version   int64     // of the node, after the change
	Parent    uuid.UUID // after the change; zero for the root
	WasName   string    // before the change; "" for a node that was created
	WasParent uuid.UUID // before the change; zero for a node that was created
	Undoable  bool      // false for deletes of more than 1,000 nodes or 16 MiB, and for reorders
	Undone    bool
}

// AuditOptions say which entries Audit returns. The zero value returns the newest 50.
type AuditOptions struct {
	Node   uuid.UUID // of this node alone, if it is not zero
	Before int64     // with a smaller Seq, if it is not zero: the next page
	Limit  int       // the default is 50, the maximum 500
}

// Audit returns changes, newest first. The log keeps as many as Options.Audit says, and is written
// in the transaction of the change: it has what was committed, and nothing else.
func (t *Tree) Audit(ctx context.Context, o AuditOptions) (entries []Entry, err error) {
	defer t.explain(&err)
	if o.Before == 0 {
		o.Before = math.MaxInt64
	}
	if o.Limit <= 0 {
		o.Limit = 50
	}
	o.Limit = min(o.Limit, 500)
	q, _ := t.reader(ctx)
	statement, args := t.sql.audit, []any{o.Before, o.Limit}
	if o.Node != uuid.Nil {
		statement, args = t.sql.one, []any{t.db.dialect.ID(o.Node), o.Before, o.Limit}
	}
	rows, err := q.QueryContext(ctx, statement, args...)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var e Entry
		var at int64
		if err := rows.Scan(&e.Seq, &at, &e.Actor, &e.Op, &e.ID, &e.Kind, &e.Name, &e.Version, &e.Undoable, &e.Undone,
			&e.Parent, &e.WasParent, &e.WasName); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		e.Time = time.UnixMicro(at).UTC()
		entries = append(entries, e)
	}
	return entries, errors.Join(rows.Err(), rows.Close())
}

// Kept reports whether a node is in the tree, or Undo could bring it back. Once it is neither, it
// never will be again: that is when the application removes what it keeps beside the tree for the
// node. For a node that is not in the tree it reads the audit log, so it is for jobs rather than
// for requests.
func (t *Tree) Kept(ctx context.Context, id uuid.UUID) (kept bool, err error) {
	defer t.explain(&err)
	q, _ := t.reader(ctx)
	var version int64
	err = q.QueryRowContext(ctx, t.sql.current, t.db.dialect.ID(id)).Scan(&version)
	if !errors.Is(err, sql.ErrNoRows) {
		return err == nil, err
	}
	err = q.QueryRowContext(ctx, t.sql.kept, `%"id":"`+id.String()+`"%`).Scan(&kept)
	return kept, err
}

// UndoError means that a change cannot be undone.
type UndoError struct {
	Seq    int64
	Reason string
}

// Error says why.
func (e *UndoError) Error() string { return fmt.Sprintf("undo change %d: %s", e.Seq, e.Reason) }

// Status returns 409.
func (e *UndoError) Status() int { return http.StatusConflict }

// Undo makes a change of the audit log undone: by a change of its own, which is logged and can be
// undone as well. It is refused if the node has changed since then (*ConflictError), if its old
// name was given to another node (*ExistsError), if a created node has children by now
// (*NotEmptyError), and in other cases by an *UndoError.
func (t *Tree) Undo(ctx context.Context, seq int64) error {
	return t.write(ctx, func(w *writing) error {
		if err := t.lockMoves(ctx, w.tx); err != nil {
			return err
		}
		e, before, err := w.entry(ctx, seq)
		if err != nil {
			return err
		}
		if err := w.reverse(ctx, e, before); err != nil {
			return err
		}
		_, err = w.tx.ExecContext(ctx, t.sql.undone, seq)
		return err
	}, func() {})
}

// entry loads what is needed to undo a change.
func (w *writing) entry(ctx context.Context, seq int64) (Entry, []row, error) {
	e := Entry{Seq: seq}
	var text string
	err := w.tx.QueryRowContext(ctx, w.tree.sql.before, seq).Scan(&e.Op, &e.ID, &e.Name, &e.Version, &e.Undoable, &e.Undone, &text)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return e, nil, fmt.Errorf("undo change %d: %w in the audit log", seq, traversal.ErrNotFound)
	case err != nil:
		return e, nil, err
	case e.Undone:
		return e, nil, &UndoError{seq, "it was undone already"}
	case !e.Undoable:
		return e, nil, &UndoError{seq, "the audit log did not keep what was there before"}
	}
	var kept []keptRow
	if err := json.Unmarshal([]byte(text), &kept); err != nil {
		return e, nil, fmt.Errorf("undo change %d: %w", seq, err)
	}
	before := make([]row, len(kept))
	for i, k := range kept {
		before[i] = k.row()
	}
	return e, before, nil
}

func (w *writing) reverse(ctx context.Context, e Entry, before []row) error {
	t := w.tree
	if e.Op == Deleted {
		return w.restore(ctx, before)
	}
	now, err := scan(w.tx.QueryRowContext(ctx, t.sql.load, t.db.dialect.ID(e.ID)))
	if errors.Is(err, sql.ErrNoRows) || err == nil && now.version != e.Version {
		return &ConflictError{ID: e.ID, Name: e.Name, Loaded: e.Version, Current: now.version}
	}
	if err != nil {
		return err
	}
	after := now
	switch e.Op {
	case Created:
		return w.remove(ctx, now, DeleteOptions{Empty: true})
	case Copied, Restored:
		return w.remove(ctx, now, DeleteOptions{})
	case Updated:
		after.data = before[0].data
		if err := w.replace(ctx, Updated, now, &after); err != nil {
			return err
		}
		res, err := t.resource(after)
		if err != nil {
			return err
		}
		return t.reindex(ctx, w.tx, res, after.id)
	case Restricted:
		after.acl = before[0].acl
		if err := w.replace(ctx, Restricted, now, &after); err != nil {
			return err
		}
		return t.inherit(ctx, w.tx, after.id)
	case Renamed, Moved:
		after.parent, after.name, after.order = before[0].parent, before[0].name, before[0].order
		return w.move(ctx, now, &after, row{id: after.parent.UUID, name: "the former parent"})
	}
	return &UndoError{e.Seq, fmt.Sprintf("changes of the kind %q cannot be undone", e.Op)}
}

// restore puts a deleted subtree back where it was.
func (w *writing) restore(ctx context.Context, rows []row) error {
	t, top := w.tree, rows[0]
	above, err := t.lineage(ctx, w.tx, top.parent.UUID)
	if err != nil {
		return err
	}
	if len(above) == 0 {
		return &ConflictError{ID: top.parent.UUID, Name: "the former parent"}
	}
	lineages := map[uuid.UUID][]row{top.parent.UUID: above}
	for _, r := range rows {
		r.version++
		r.modified = w.now
		if err := t.checkDepth(len(lineages[r.parent.UUID])); err != nil {
			return err
		}
		if err := w.add(ctx, r, lineages); err != nil {
			return err
		}
	}
	top.version++
	w.record(change{op: Restored, after: top})
	return nil
}
