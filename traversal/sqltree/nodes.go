package sqltree

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/mastaba-go/mastaba/traversal"
)

// nodes returns the nodes of those ids that exist, each with its lineage, in one query.
func (t *Tree) nodes(ctx context.Context, q querier, ids []uuid.UUID) (placed map[uuid.UUID]traversal.Node, err error) {
	defer t.explain(&err)
	if len(ids) == 0 {
		return nil, nil
	}
	found, err := q.QueryContext(ctx, t.sql.nodes, t.db.dialect.IDs(ids))
	if err != nil {
		return nil, err
	}
	all, err := collect(found)
	if err := errors.Join(err, found.Close()); err != nil {
		return nil, err
	}
	rows := make(map[uuid.UUID]row, len(all))
	for _, r := range all {
		rows[r.id] = r
	}
	placed = make(map[uuid.UUID]traversal.Node, len(all))
	for _, id := range ids {
		if err := t.place(id, rows, placed); err != nil {
			return nil, err
		}
	}
	return placed, nil
}

// place makes the node of a row, and those above it that are not made yet.
func (t *Tree) place(id uuid.UUID, rows map[uuid.UUID]row, placed map[uuid.UUID]traversal.Node) error {
	var chain []row // from the node upwards
	for !has(placed, id) {
		r, ok := rows[id]
		if !ok {
			return nil // does not exist
		}
		chain = append(chain, r)
		delete(rows, id) // a ring would otherwise never end
		if !r.parent.Valid {
			break
		}
		id = r.parent.UUID
	}
	for i := len(chain) - 1; i >= 0; i-- {
		r := chain[i]
		res, err := t.resource(r)
		if err != nil {
			return err
		}
		if r.parent.Valid {
			placed[r.id] = placed[r.parent.UUID].At(r.name, res)
		} else {
			placed[r.id] = traversal.NewNode(res)
		}
	}
	return nil
}

func has[K comparable, V any](m map[K]V, key K) bool {
	_, ok := m[key]
	return ok
}
