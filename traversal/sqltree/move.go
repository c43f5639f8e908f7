package sqltree

import (
	"context"
	"fmt"

	"github.com/google/uuid"
)

// Rename changes the name of a node, which stays where it is, under the condition of Update. The
// error is an *ExistsError if the name is taken. The root has no name.
func (t *Tree) Rename(ctx context.Context, res Resource, name string) error {
	if err := t.checkName(name); err != nil {
		return err
	}
	n, err := t.stored(res)
	if err != nil {
		return err
	}
	after := n.row
	if !after.parent.Valid {
		return fmt.Errorf("rename to %q: the root has no name", name)
	}
	after.name = name
	return t.change(ctx, n, Renamed, after, nil)
}

// Move makes a node the child name of another parent, with everything below it, under the condition
// of Update. It changes one row, whatever is below. The error is a *CycleError if the parent is the
// node itself or below it, and an *ExistsError if the name is taken. Moves and deletes wait for
// each other, so that no two of them together can cut a ring off the tree.
func (t *Tree) Move(ctx context.Context, res, parent Resource, name string) error {
	if err := t.checkName(name); err != nil {
		return err
	}
	n, err := t.stored(res)
	if err != nil {
		return err
	}
	p, err := t.stored(parent)
	if err != nil {
		return err
	}
	before, after := n.row, n.row
	if !before.parent.Valid {
		return &CycleError{ID: before.id, Name: before.name}
	}
	after.parent, after.name, after.order = uuid.NullUUID{UUID: p.row.id, Valid: true}, name, 0
	return t.write(ctx, func(w *writing) error { return w.move(ctx, before, &after, p.row) }, func() { n.set(after) })
}

// move replaces the place of a node by that in after, below p.
func (w *writing) move(ctx context.Context, before row, after *row, p row) error {
	t := w.tree
	if err := t.lockMoves(ctx, w.tx); err != nil {
		return err
	}
	above, err := t.lineage(ctx, w.tx, p.id)
	if err != nil {
		return err
	}
	if err := t.checkTarget(ctx, w.tx, before, p, above); err != nil {
		return err
	}
	if err := w.replace(ctx, Moved, before, after); err != nil {
		return err
	}
	return t.inherit(ctx, w.tx, before.id)
}

// checkTarget reports why a node cannot be moved below p, whose lineage is above.
func (t *Tree) checkTarget(ctx context.Context, tx writer, moved, p row, above []row) error {
	if len(above) == 0 {
		return &ConflictError{ID: p.id, Name: p.name, Loaded: p.version}
	}
	for _, a := range above {
		if a.id == moved.id {
			return &CycleError{ID: moved.id, Name: moved.name}
		}
	}
	var height int
	err := tx.QueryRowContext(ctx, t.sql.height, t.db.dialect.ID(moved.id), t.options.MaxDepth).Scan(&height)
	if err != nil {
		return err
	}
	return t.checkDepth(len(above) + height)
}

// lockMoves makes other moves and deletes wait until the transaction ends. It must be a statement
// of its own, before the check: a lock in the same statement lets a cycle in.
func (t *Tree) lockMoves(ctx context.Context, tx writer) error {
	lock := t.db.dialect.LockMoves()
	if lock == "" {
		return nil
	}
	_, err := tx.ExecContext(ctx, lock)
	return err
}

// lineage returns the rows from a node up to the root; none if the node does not exist.
func (t *Tree) lineage(ctx context.Context, q querier, id uuid.UUID) ([]row, error) {
	rows, err := q.QueryContext(ctx, t.sql.lineage, t.db.dialect.ID(id))
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	return collect(rows)
}
