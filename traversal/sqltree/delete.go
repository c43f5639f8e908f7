package sqltree

import (
	"context"
	"database/sql"
	"errors"
)

// DeleteOptions say what Delete does. The zero value deletes whatever is there.
type DeleteOptions struct {
	// Empty refuses to delete a node that has children: *NotEmptyError.
	Empty bool

	// Unchanged refuses to delete a node that has changed since it was loaded: *ConflictError.
	Unchanged bool
}

// Delete deletes a node and everything below it. A node that is already gone is a *ConflictError. The root
// cannot be deleted.
func (t *Tree) Delete(ctx context.Context, res Resource, o DeleteOptions) error {
	n, err := t.stored(res)
	if err != nil {
		return err
	}
	old := n.row
	if !old.parent.Valid {
		return errors.New("the root cannot be deleted")
	}
	return t.write(ctx, func(tx *sql.Tx) error {
		if err := t.lockMoves(ctx, tx); err != nil {
			return err
		}
		id := t.db.dialect.ID(old.id)
		var current int64
		err := tx.QueryRowContext(ctx, t.sql.current, id).Scan(&current)
		if errors.Is(err, sql.ErrNoRows) || err == nil && o.Unchanged && current != old.version {
			return &ConflictError{ID: old.id, Name: old.name, Loaded: old.version, Current: current}
		}
		if err != nil {
			return err
		}
		if o.Empty {
			var children int
			if err := tx.QueryRowContext(ctx, t.sql.count, id).Scan(&children); err != nil {
				return err
			}
			if children > 0 {
				return &NotEmptyError{ID: old.id, Name: old.name}
			}
		}
		_, err = tx.ExecContext(ctx, t.sql.del, id)
		return err
	}, func() {})
}
