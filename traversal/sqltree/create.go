package sqltree

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/mastaba-go/mastaba/traversal"
)

// Create puts res into the tree, as the child name of parent. res is of a registered kind and not
// in the tree yet; afterwards its Item has its place. The error is an *ExistsError if the name is
// taken, a *ConflictError if the parent was deleted, a *NameError if no URL could lead to the node,
// a *LimitError if it exceeds a limit of the tree, and a *DataError if its data contain what a
// database cannot store, such as a NUL.
func (t *Tree) Create(ctx context.Context, parent Resource, name string, res Resource) error {
	p := parent.item().row()
	if err := t.checkName(name); err != nil {
		return err
	}
	if res.item().n != nil {
		return fmt.Errorf("create %q: the %T is in the tree already, as %q", name, res, res.item().Name())
	}
	r, err := t.newRow(res, uuid.NullUUID{UUID: p.id, Valid: true}, name)
	if err != nil {
		return err
	}
	return t.write(ctx, func(w *writing) error {
		above, err := t.lineage(ctx, w.tx, p.id)
		if err != nil {
			return err
		}
		if len(above) == 0 {
			return &ConflictError{ID: p.id, Name: p.name, Loaded: p.version}
		}
		if err := t.checkDepth(len(above)); err != nil {
			return err
		}
		r.created, r.modified = w.now, w.now
		if err := t.insert(ctx, w.tx, r); err != nil {
			return err
		}
		w.record(change{op: Created, after: r})
		return t.index(ctx, w.tx, res, append([]row{r}, above...))
	}, func() {
		res.item().n = &node{tree: t, self: res, row: r, loaded: true}
	})
}

func (t *Tree) newRow(res Resource, parent uuid.NullUUID, name string) (row, error) {
	kind, err := t.kinds.of(res)
	if err != nil {
		return row{}, err
	}
	data, err := t.encode(res, name)
	if err != nil {
		return row{}, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return row{}, err
	}
	now := time.Now().UnixMicro()
	return row{id: id, parent: parent, name: name, kind: kind, data: data, version: 1, created: now, modified: now}, nil
}

func (t *Tree) insert(ctx context.Context, tx writer, r row) error {
	var parent any
	if r.parent.Valid {
		parent = t.db.dialect.ID(r.parent.UUID)
	}
	_, err := tx.ExecContext(ctx, t.sql.insert, t.db.dialect.ID(r.id), parent, r.name, r.kind, string(r.data),
		textOrNull(r.acl), r.version, r.created, r.modified, r.order)
	if err != nil && t.db.dialect.Orphan(err) { // deleted since its lineage was read
		return &ConflictError{ID: r.parent.UUID, Name: "the parent of " + r.name}
	}
	return t.named(err, r.parent.UUID, r.name)
}

// named makes an *ExistsError of a violated uniqueness.
func (t *Tree) named(err error, parent uuid.UUID, name string) error {
	if err != nil && t.db.dialect.Taken(err) {
		return &ExistsError{Parent: parent, Name: name}
	}
	return err
}

func textOrNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func (t *Tree) checkName(name string) error {
	if err := traversal.CheckName(name); err != nil {
		return &NameError{Name: name, Err: err}
	}
	if len(name) > t.options.MaxName {
		return &LimitError{What: "the length of the name", Got: len(name), Max: t.options.MaxName}
	}
	return nil
}

func (t *Tree) checkDepth(depth int) error {
	if depth > t.options.MaxDepth {
		return &LimitError{What: "the depth", Got: depth, Max: t.options.MaxDepth}
	}
	return nil
}
