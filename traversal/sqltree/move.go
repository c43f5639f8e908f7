package sqltree

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Rename changes the name of a node, which stays where it is, under the condition of Update. The error
// is an *ExistsError if the name is taken. The root has no name.
func (t *Tree) Rename(ctx context.Context, res Resource, name string) error {
	if err := t.checkName(name); err != nil {
		return err
	}
	if _, below := res.item().ParentID(); !below {
		return fmt.Errorf("rename to %q: the root has no name", name)
	}
	return t.change(ctx, res, t.sql.rename, name, func(r *row) { r.name = name }, nil)
}

// Move makes a node the child name of another parent, with everything below it, under the condition of
// Update. It changes one row, whatever is below. The error is a *CycleError if the parent is the node
// itself or below it, and an *ExistsError if the name is taken. Moves and deletes wait for each other,
// so that no two of them together can cut a ring off the tree.
func (t *Tree) Move(ctx context.Context, res, parent Resource, name string) error {
	n, err := t.stored(res)
	if err != nil {
		return err
	}
	if err := t.checkName(name); err != nil {
		return err
	}
	old, p, now := n.row, parent.item().row(), time.Now().UnixMicro()
	if !old.parent.Valid {
		return &CycleError{ID: old.id, Name: old.name}
	}
	return t.write(ctx, func(tx *sql.Tx) error {
		if err := t.lockMoves(ctx, tx); err != nil {
			return err
		}
		above, err := t.lineage(ctx, tx, p.id)
		if err != nil {
			return err
		}
		if err := t.checkTarget(ctx, tx, old, p, above); err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, t.sql.setParent, t.db.dialect.ID(old.id), old.version, t.db.dialect.ID(p.id), name, now)
		if err != nil {
			return t.named(err, p.id, name)
		}
		if err := t.changed(ctx, tx, result, old); err != nil {
			return err
		}
		return t.inherit(ctx, tx, old.id)
	}, func() {
		n.set(func(r *row) {
			r.parent = uuid.NullUUID{UUID: p.id, Valid: true}
			r.name, r.order, r.modified = name, 0, now
			r.version++
		})
	})
}

// checkTarget reports why a node cannot be moved below p, whose lineage is above.
func (t *Tree) checkTarget(ctx context.Context, tx *sql.Tx, moved, p row, above []row) error {
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

// lockMoves makes other moves and deletes wait until the transaction ends. It must be a statement of its
// own, before the check: a lock in the same statement lets a cycle in.
func (t *Tree) lockMoves(ctx context.Context, tx *sql.Tx) error {
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
