package sqltree

import (
	"context"
	"database/sql"
	"errors"

	"github.com/mastaba-go/mastaba/traversal/acl"
)

// Update stores the data of res, if the node has not changed since res was loaded; otherwise the
// error is a *ConflictError. Name, place and access list are changed by other methods.
func (t *Tree) Update(ctx context.Context, res Resource) error {
	data, err := t.encode(res, res.item().Name())
	if err != nil {
		return err
	}
	n, err := t.stored(res)
	if err != nil {
		return err
	}
	after := n.row
	after.data = data
	return t.change(ctx, n, Updated, after, func(w *writing) error { return t.reindex(ctx, w.tx, res, after.id) })
}

// SetACL gives a node an access list of its own, or takes it away if the list is empty, under the
// condition of Update.
func (t *Tree) SetACL(ctx context.Context, res Resource, list acl.List) error {
	n, err := t.stored(res)
	if err != nil {
		return err
	}
	after := n.row
	after.acl = ""
	if len(list) > 0 {
		after.acl = list.String()
	}
	if len(after.acl) > t.options.MaxData {
		return &LimitError{What: "the size of the access list", Got: len(after.acl), Max: t.options.MaxData}
	}
	return t.change(ctx, n, Restricted, after, func(w *writing) error { return t.inherit(ctx, w.tx, after.id) })
}

// change replaces the row of a node under the condition of its version, and then does, in the same
// transaction, what follows from it, if anything does.
func (t *Tree) change(ctx context.Context, n *node, op Op, after row, follow func(*writing) error) error {
	before := n.row
	return t.write(ctx, func(w *writing) error {
		if err := w.replace(ctx, op, before, &after); err != nil || follow == nil {
			return err
		}
		return follow(w)
	}, func() { n.set(after) })
}

// replace changes in the database what an operation changes of a row, and completes after. A column
// that the operation does not change is not written: a change of a name makes others wait who add
// children.
func (w *writing) replace(ctx context.Context, op Op, before row, after *row) error {
	t, d := w.tree, w.tree.db.dialect
	after.version, after.modified = before.version+1, w.now
	statement, args := "", []any{d.ID(before.id), before.version, w.now}
	switch op {
	case Updated:
		statement, args = t.sql.update, append(args, string(after.data))
	case Restricted:
		statement, args = t.sql.setACL, append(args, textOrNull(after.acl))
	default:
		statement, args = t.sql.place, append(args, d.ID(after.parent.UUID), after.name, after.order)
	}
	result, err := w.tx.ExecContext(ctx, statement, args...)
	if err != nil {
		return t.named(err, after.parent.UUID, after.name)
	}
	if err := t.changed(ctx, w.tx, result, before); err != nil {
		return err
	}
	w.record(change{op: op, before: []row{before}, after: *after})
	return nil
}

// set changes the row of a node in memory, after the database has it.
func (n *node) set(r row) {
	n.loading.Lock()
	defer n.loading.Unlock()
	n.row, n.list = r, nil
}

// stored returns the node of a resource that is in this tree.
func (t *Tree) stored(res Resource) (*node, error) {
	n := res.item().n
	if n == nil || n.tree != t {
		return nil, errors.New("the resource is not in this tree: Create puts it there")
	}
	return n, nil
}

// changed returns a *ConflictError if a statement with the condition of a version changed nothing.
func (t *Tree) changed(ctx context.Context, tx writer, result sql.Result, old row) error {
	count, err := result.RowsAffected()
	if err != nil || count > 0 {
		return err
	}
	conflict := &ConflictError{ID: old.id, Name: old.name, Loaded: old.version}
	err = tx.QueryRowContext(ctx, t.sql.current, t.db.dialect.ID(old.id)).Scan(&conflict.Current)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	return conflict
}
