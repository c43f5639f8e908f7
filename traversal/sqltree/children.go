package sqltree

import (
	"context"
	"errors"
	"iter"

	"github.com/google/uuid"

	"github.com/mastaba-go/mastaba/traversal"
)

// pageSize is how many children Children loads in one round trip.
const pageSize = 200

// Children yields the children of the node in their order: first those that Reorder named, then the
// others by the bytes of their names. It loads them in pages, so a folder of any size takes little
// memory, and the caller may change the tree meanwhile: each child that exists all the time, under
// one name, is yielded once.
func (i *Item) Children(ctx context.Context) iter.Seq2[traversal.Entry, error] {
	return func(yield func(traversal.Entry, error) bool) {
		if i.n == nil {
			return
		}
		var last *row
		for {
			q, _ := i.n.tree.reader(ctx)
			page, err := i.n.tree.page(ctx, q, i.n.row.id, last, nil, pageSize)
			if err != nil {
				yield(traversal.Entry{}, err)
				return
			}
			for _, r := range page {
				res, err := i.n.tree.resource(r)
				if err != nil {
					yield(traversal.Entry{}, err)
					return
				}
				if !yield(traversal.Entry{Name: r.name, Resource: res}, nil) {
					return
				}
			}
			if len(page) < pageSize {
				return
			}
			last = &page[len(page)-1]
		}
	}
}

// page returns up to limit children after last, or the first ones: all of them, or those of a
// filter.
func (t *Tree) page(ctx context.Context, q querier, parent uuid.UUID, last *row, f *filter, limit int) (page []row, err error) {
	defer t.explain(&err)
	statement, args := t.sql.first, []any{t.db.dialect.ID(parent), limit}
	if last != nil {
		statement, args = t.sql.after, append(args, last.order, last.name)
	}
	switch {
	case f != nil && last != nil:
		statement = t.sql.afterOf
	case f != nil:
		statement = t.sql.firstOf
	}
	if f != nil {
		args = append(args, f.open, t.db.dialect.Names(f.lists))
	}
	rows, err := q.QueryContext(ctx, statement, args...)
	if err != nil {
		return nil, err
	}
	page, err = collect(rows)
	return page, errors.Join(err, rows.Close())
}
