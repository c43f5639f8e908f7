package sqltree

import (
	"context"
	"fmt"

	"github.com/mastaba-go/mastaba/traversal"
)

// Reorder puts the children of these names first, in this order; all others follow, by the bytes of
// their names. Without names it removes the order. A name that no child has is an error that wraps
// traversal.ErrNotFound; one that occurs twice is an error as well. The versions of the children do
// not change. Undo cannot undo it: call Reorder again.
func (t *Tree) Reorder(ctx context.Context, parent Resource, names ...string) error {
	p, err := t.stored(parent)
	if err != nil {
		return err
	}
	seen := make(map[string]bool, len(names))
	for _, name := range names {
		if seen[name] {
			return fmt.Errorf("reorder the children of %q: %q occurs twice", p.row.name, name)
		}
		seen[name] = true
	}
	return t.write(ctx, func(w *writing) error {
		id := t.db.dialect.ID(p.row.id)
		if _, err := w.tx.ExecContext(ctx, t.sql.unorder, id); err != nil {
			return err
		}
		for i, name := range names {
			result, err := w.tx.ExecContext(ctx, t.sql.setOrder, id, name, i-len(names))
			if err != nil {
				return err
			}
			n, err := result.RowsAffected()
			if err != nil {
				return err
			}
			if n == 0 {
				return fmt.Errorf("reorder the children of %q: %q: %w", p.row.name, name, traversal.ErrNotFound)
			}
		}
		w.record(change{op: Reordered, after: p.row, lost: true})
		return nil
	}, func() {})
}
