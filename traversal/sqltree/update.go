package sqltree

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/mastaba-go/mastaba/traversal/acl"
)

// Update stores the data of res, if the node has not changed since res was loaded; otherwise the error is
// a *ConflictError. Name, place and access list are changed by other methods.
func (t *Tree) Update(ctx context.Context, res Resource) error {
	data, err := t.encode(res, res.item().Name())
	if err != nil {
		return err
	}
	return t.change(ctx, res, t.sql.update, string(data), func(r *row) { r.data = data }, func(tx *sql.Tx) error {
		return t.reindex(ctx, tx, res, res.item().ID())
	})
}

// SetACL gives a node an access list of its own, or takes it away if the list is empty, under the
// condition of Update.
func (t *Tree) SetACL(ctx context.Context, res Resource, list acl.List) error {
	text := ""
	if len(list) > 0 {
		text = list.String()
	}
	if len(text) > t.options.MaxData {
		return &LimitError{What: "the size of the access list", Got: len(text), Max: t.options.MaxData}
	}
	return t.change(ctx, res, t.sql.setACL, textOrNull(text), func(r *row) { r.acl = text }, func(tx *sql.Tx) error {
		return t.inherit(ctx, tx, res.item().ID())
	})
}

// change runs one of the statements that change a column of a node under the condition of its version, and
// then, in the same transaction, what follows from it, if anything does.
func (t *Tree) change(ctx context.Context, res Resource, statement string, value any, set func(*row), follow func(*sql.Tx) error) error {
	n, err := t.stored(res)
	if err != nil {
		return err
	}
	old, now := n.row, time.Now().UnixMicro()
	return t.write(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, statement, t.db.dialect.ID(old.id), old.version, value, now)
		if err != nil {
			return t.named(err, old.parent.UUID, old.name)
		}
		if err := t.changed(ctx, tx, result, old); err != nil || follow == nil {
			return err
		}
		return follow(tx)
	}, func() {
		n.set(func(r *row) {
			set(r)
			r.version++
			r.modified = now
		})
	})
}

// set changes the row of a node in memory, after the database has it.
func (n *node) set(change func(*row)) {
	n.loading.Lock()
	defer n.loading.Unlock()
	change(&n.row)
	n.list = nil
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
func (t *Tree) changed(ctx context.Context, tx *sql.Tx, result sql.Result, old row) error {
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
