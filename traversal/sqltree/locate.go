package sqltree

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/google/uuid"

	"github.com/mastaba-go/mastaba/traversal"
)

// Get returns the node of an id, with its lineage, in one query. The error wraps
// traversal.ErrNotFound if there is none.
func (t *Tree) Get(ctx context.Context, id uuid.UUID) (traversal.Node, error) {
	q, _ := t.reader(ctx)
	nodes, err := t.nodes(ctx, q, []uuid.UUID{id})
	if err != nil {
		return traversal.Node{}, err
	}
	n, ok := nodes[id]
	if !ok {
		return traversal.Node{}, fmt.Errorf("node %s: %w", id, traversal.ErrNotFound)
	}
	return n, nil
}

// Node returns the place of a resource, as the database has it now: for a resource that was not
// found by a walk, such as one that Children returned. It costs one query. Traverser.Lineage and
// Node.Parent then give its ancestors.
func (t *Tree) Node(ctx context.Context, res Resource) (traversal.Node, error) {
	return t.Get(ctx, res.item().ID())
}

// Count returns how many children a node has. It reads the index of them, so it takes longer for
// more.
func (t *Tree) Count(ctx context.Context, parent Resource) (n int, err error) {
	defer t.explain(&err)
	q, _ := t.reader(ctx)
	err = q.QueryRowContext(ctx, t.sql.count, t.db.dialect.ID(parent.item().ID())).Scan(&n)
	return n, err
}

// Walk yields everything below a node, depth first, parents before their children and children in
// their order. It loads pages of children, so it needs little memory, and costs one query for each
// node, and more for large folders. An error is the last thing yielded.
func (t *Tree) Walk(ctx context.Context, from traversal.Node) iter.Seq2[traversal.Node, error] {
	return func(yield func(traversal.Node, error) bool) { t.walk(ctx, from, yield) }
}

func (t *Tree) walk(ctx context.Context, from traversal.Node, yield func(traversal.Node, error) bool) bool {
	res, ok := from.Resource().(Resource)
	if !ok {
		return yield(traversal.Node{}, fmt.Errorf("walk below %s: it is not a node of the tree", from))
	}
	for e, err := range res.item().Children(ctx) {
		if err != nil {
			yield(traversal.Node{}, err)
			return false
		}
		child := from.At(e.Name, e.Resource)
		if !yield(child, nil) || !t.walk(ctx, child, yield) {
			return false
		}
	}
	return true
}

// Listed yields all nodes that have an access list of their own, with their lineages, in the order
// of their ids. It loads them in pages, so it needs little memory, and costs a query or two for
// each 200 of them. An error is the last thing yielded.
func (t *Tree) Listed(ctx context.Context) iter.Seq2[traversal.Node, error] {
	return func(yield func(traversal.Node, error) bool) {
		for after, more := uuid.Nil, true; more; {
			ids, err := t.listed(ctx, after)
			if err != nil {
				yield(traversal.Node{}, err)
				return
			}
			q, _ := t.reader(ctx)
			nodes, err := t.nodes(ctx, q, ids)
			if err != nil {
				yield(traversal.Node{}, err)
				return
			}
			for _, id := range ids {
				if n, ok := nodes[id]; ok && !yield(n, nil) { // it may be deleted by now
					return
				}
				after = id
			}
			more = len(ids) == pageSize
		}
	}
}

// listed returns the ids of a page of nodes with an access list of their own.
func (t *Tree) listed(ctx context.Context, after uuid.UUID) (ids []uuid.UUID, err error) {
	defer t.explain(&err)
	q, _ := t.reader(ctx)
	rows, err := q.QueryContext(ctx, t.sql.listed, t.db.dialect.ID(after), pageSize)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var id uuid.UUID
		if err := rows.Scan(&id); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		ids = append(ids, id)
	}
	return ids, errors.Join(rows.Err(), rows.Close())
}
