package sqltree

import (
	"context"

	"github.com/google/uuid"
)

// maxCopied is how many nodes Copy copies at once.
const maxCopied = 10_000

// Copy makes a copy of a node and of everything below it, as the child name of parent, and returns
// it. The copies have ids of their own and begin with version 1; access lists are copied too. The
// error is a *CycleError if parent lies inside the node, and a *LimitError if there are more than
// 10,000 nodes. Otherwise the errors are those of Create.
func (t *Tree) Copy(ctx context.Context, res, parent Resource, name string) (Resource, error) {
	if err := t.checkName(name); err != nil {
		return nil, err
	}
	from, err := t.stored(res)
	if err != nil {
		return nil, err
	}
	to, err := t.stored(parent)
	if err != nil {
		return nil, err
	}
	var top row
	err = t.write(ctx, func(w *writing) (err error) {
		top, err = w.copy(ctx, from.row, to.row, name)
		return err
	}, func() {})
	if err != nil {
		return nil, err
	}
	return t.resource(top)
}

func (w *writing) copy(ctx context.Context, from, to row, name string) (row, error) {
	t := w.tree
	if err := t.lockMoves(ctx, w.tx); err != nil {
		return row{}, err
	}
	above, err := t.lineage(ctx, w.tx, to.id)
	if err != nil {
		return row{}, err
	}
	if err := t.checkTarget(ctx, w.tx, from, to, above); err != nil {
		return row{}, err
	}
	rows, err := w.below(ctx, from.id, maxCopied+1)
	switch {
	case err != nil:
		return row{}, err
	case len(rows) == 0:
		return row{}, &ConflictError{ID: from.id, Name: from.name, Loaded: from.version}
	case len(rows) > maxCopied:
		return row{}, &LimitError{What: "the number of nodes to copy", Got: len(rows), Max: maxCopied}
	}
	// Ids are made here: SQLite would make another for each use of one in a statement.
	ids := make(map[uuid.UUID]uuid.UUID, len(rows))
	lineages := map[uuid.UUID][]row{to.id: above}
	for i, r := range rows {
		id, err := uuid.NewV7()
		if err != nil {
			return row{}, err
		}
		ids[r.id] = id
		if i == 0 {
			r.parent, r.name, r.order = uuid.NullUUID{UUID: to.id, Valid: true}, name, 0
		} else {
			r.parent.UUID = ids[r.parent.UUID]
		}
		r.id, r.version, r.created, r.modified = id, 1, w.now, w.now
		if err := w.add(ctx, r, lineages); err != nil {
			return row{}, err
		}
		rows[i] = r
	}
	w.record(change{op: Copied, after: rows[0]})
	return rows[0], nil
}

// add inserts a row of a subtree with its text. lineages has that of its parent, and gets that of
// the row.
func (w *writing) add(ctx context.Context, r row, lineages map[uuid.UUID][]row) error {
	t := w.tree
	lineage := append([]row{r}, lineages[r.parent.UUID]...)
	lineages[r.id] = lineage
	if err := t.insert(ctx, w.tx, r); err != nil {
		return err
	}
	res, err := t.resource(r)
	if err != nil {
		return err
	}
	return t.index(ctx, w.tx, res, lineage)
}
