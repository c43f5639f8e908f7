package sqltree

import (
	"context"
	"errors"

	"github.com/google/uuid"
)

// DeleteOptions say what Delete does. The zero value deletes whatever is there.
type DeleteOptions struct {
	// Empty refuses to delete a node that has children: *NotEmptyError.
	Empty bool

	// Unchanged refuses to delete a node that has changed since it was loaded: *ConflictError.
	Unchanged bool
}

// Delete deletes a node and everything below it. A node that is already gone is a *ConflictError.
// The root cannot be deleted.
func (t *Tree) Delete(ctx context.Context, res Resource, o DeleteOptions) error {
	n, err := t.stored(res)
	if err != nil {
		return err
	}
	old := n.row
	if !old.parent.Valid {
		return errors.New("the root cannot be deleted")
	}
	return t.write(ctx, func(w *writing) error { return w.remove(ctx, old, o) }, func() {})
}

func (w *writing) remove(ctx context.Context, old row, o DeleteOptions) error {
	t := w.tree
	if err := t.lockMoves(ctx, w.tx); err != nil {
		return err
	}
	rows, err := w.below(ctx, old.id, maxKept+1)
	if err != nil {
		return err
	}
	if len(rows) == 0 || o.Unchanged && rows[0].version != old.version {
		conflict := &ConflictError{ID: old.id, Name: old.name, Loaded: old.version}
		if len(rows) > 0 {
			conflict.Current = rows[0].version
		}
		return conflict
	}
	if o.Empty && len(rows) > 1 {
		return &NotEmptyError{ID: old.id, Name: old.name}
	}
	if _, err := w.tx.ExecContext(ctx, t.sql.del, t.db.dialect.ID(old.id)); err != nil {
		return err
	}
	w.record(change{op: Deleted, before: rows, after: rows[0], lost: !canKeep(rows)})
	return nil
}

// below returns a node and what is below it, parents first, at most limit of them.
func (w *writing) below(ctx context.Context, id uuid.UUID, limit int) ([]row, error) {
	found, err := w.tx.QueryContext(ctx, w.tree.sql.subtree, w.tree.db.dialect.ID(id), limit)
	if err != nil {
		return nil, err
	}
	rows, err := collect(found)
	return rows, errors.Join(err, found.Close())
}

// canKeep reports whether the audit log keeps the rows of a subtree.
func canKeep(rows []row) bool {
	size := 0
	for _, r := range rows {
		size += len(r.data) + len(r.acl)
	}
	return len(rows) <= maxKept && size <= maxKeptBytes
}
