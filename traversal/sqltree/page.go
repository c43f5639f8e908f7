package sqltree

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/mastaba-go/mastaba/traversal"
)

// PageOptions say which children Page returns. The zero value returns the first 50.
type PageOptions struct {
	// After is the Next of the page before; "" for the first page.
	After string

	// Limit is how many children a page has at most. The default is 50, the maximum 500.
	Limit int

	// Permits leaves out children that someone may not see, as for Search: the tree asks it once
	// for each different access list among the children, and once for those that have none. Set Own
	// if it looks at more than the stored lists.
	Permits func(ctx context.Context, n traversal.Node) (bool, error)
	Own     bool
}

// Page is a page of children.
type Page struct {
	Nodes []traversal.Node
	Next  string // for PageOptions.After; "" if no child follows
}

// CursorError means that PageOptions.After is not the Next of a page.
type CursorError struct{ After string }

// Error quotes the cursor.
func (e *CursorError) Error() string { return fmt.Sprintf("invalid cursor %q", e.After) }

// Status returns 400.
func (e *CursorError) Status() int { return http.StatusBadRequest }

// Limits of one page.
const (
	maxPage       = 500
	maxChildLists = 100
	maxLooked     = 2000
)

// Page returns the children of a node in their order (see Item.Children), in one query, or two if
// they are filtered. If there are more than 100 different lists among the children, or with Own,
// Permits is asked for one child after the other, and a page ends after 2,000 of them: so it may
// have fewer children than Limit, and a Next.
func (t *Tree) Page(ctx context.Context, parent traversal.Node, o PageOptions) (Page, error) {
	res, ok := parent.Resource().(Resource)
	if !ok {
		return Page{}, fmt.Errorf("page of the children of %s: it is not a node of the tree", parent)
	}
	p, err := t.stored(res)
	if err != nil {
		return Page{}, err
	}
	last, err := parseCursor(o.After)
	if err != nil {
		return Page{}, err
	}
	if o.Limit <= 0 {
		o.Limit = 50
	}
	o.Limit = min(o.Limit, maxPage)
	q, _ := t.reader(ctx)
	pg := &pager{tree: t, q: q, parent: parent, row: p.row, options: o, last: last}
	if o.Permits == nil {
		return pg.filtered(ctx, nil)
	}
	if !o.Own {
		f, complete, err := pg.decide(ctx)
		if err != nil {
			return Page{}, err
		}
		if complete {
			return pg.filtered(ctx, f)
		}
	}
	return pg.oneByOne(ctx)
}

// pager is one call of Page.
type pager struct {
	tree    *Tree
	q       querier
	parent  traversal.Node
	row     row // of the parent
	options PageOptions
	last    *row // order and name of the child before the page
}

// filter is which children may be seen.
type filter struct {
	open  bool     // those without a list
	lists []string // and those with one of these
}

// decide asks Permits about each list among the children. It is not complete if there are too many.
func (p *pager) decide(ctx context.Context) (f *filter, complete bool, err error) {
	defer p.tree.explain(&err)
	rows, err := p.q.QueryContext(ctx, p.tree.sql.childLists, p.tree.db.dialect.ID(p.row.id), maxChildLists+1)
	if err != nil {
		return nil, false, err
	}
	lists := []string{""} // of children without one
	for rows.Next() {
		var list string
		if err := rows.Scan(&list); err != nil {
			return nil, false, errors.Join(err, rows.Close())
		}
		lists = append(lists, list)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil || len(lists) > maxChildLists+1 {
		return nil, false, err
	}
	f = &filter{lists: []string{}}
	for _, list := range lists {
		stand := &Unknown{}
		stand.n = &node{tree: p.tree, self: stand, row: row{acl: list}, loaded: true}
		ok, err := p.options.Permits(ctx, p.parent.At("", stand))
		switch {
		case err != nil:
			return nil, false, err
		case ok && list == "":
			f.open = true
		case ok:
			f.lists = append(f.lists, list)
		}
	}
	return f, true, nil
}

// filtered returns a page, of which the query leaves out what f does not allow.
func (p *pager) filtered(ctx context.Context, f *filter) (Page, error) {
	rows, err := p.tree.page(ctx, p.q, p.row.id, p.last, f, p.options.Limit+1)
	if err != nil {
		return Page{}, err
	}
	return p.make(rows[:min(len(rows), p.options.Limit)], len(rows) > p.options.Limit)
}

// oneByOne asks Permits about one child after the other.
func (p *pager) oneByOne(ctx context.Context) (Page, error) {
	var out Page
	for looked := 0; ; {
		rows, err := p.tree.page(ctx, p.q, p.row.id, p.last, nil, pageSize)
		if err != nil {
			return Page{}, err
		}
		for i := range rows {
			if len(out.Nodes) == p.options.Limit || looked == maxLooked {
				out.Next = cursor(p.last)
				return out, nil
			}
			one, err := p.make(rows[i:i+1], false)
			if err != nil {
				return Page{}, err
			}
			ok, err := p.options.Permits(ctx, one.Nodes[0])
			if err != nil {
				return Page{}, err
			}
			if ok {
				out.Nodes = append(out.Nodes, one.Nodes[0])
			}
			looked++
			p.last = &rows[i]
		}
		if len(rows) < pageSize {
			return out, nil
		}
	}
}

// make returns rows as a page.
func (p *pager) make(rows []row, more bool) (Page, error) {
	out := Page{Nodes: make([]traversal.Node, len(rows))}
	for i, r := range rows {
		res, err := p.tree.resource(r)
		if err != nil {
			return Page{}, err
		}
		out.Nodes[i] = p.parent.At(r.name, res)
	}
	if more {
		out.Next = cursor(&rows[len(rows)-1])
	}
	return out, nil
}

// cursor returns the place of a child as a text, such as "-3/Front".
func cursor(r *row) string { return strconv.FormatInt(r.order, 10) + "/" + r.name }

func parseCursor(after string) (*row, error) {
	if after == "" {
		return nil, nil
	}
	order, name, found := strings.Cut(after, "/")
	n, err := strconv.ParseInt(order, 10, 64)
	if !found || err != nil || traversal.CheckSegment(name) != nil {
		return nil, &CursorError{after}
	}
	return &row{order: n, name: name}, nil
}
