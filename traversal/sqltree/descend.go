package sqltree

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/traversal/queries"
)

// Root returns the root for a walk along path, which is escaped, such as r.URL.EscapedPath()
// returns it:
//
//	Root: func(r *framework.Request) (traversal.Resource, error) {
//		return tree.Root(r.Context(), r.URL.EscapedPath())
//	}
//
// If the path has names, the walk loads the root together with them, in one query, and this call
// costs nothing; until then its fields are zero. If it has none, Root loads the root. So a request
// costs one round trip in any case. Outside of requests, pass "/", and give a Traverser
// traversal.NewNode of the root, since a root by itself has no known place.
//
// If ctx is one of WithoutCache, walks from the root read the database.
func (t *Tree) Root(ctx context.Context, path string) (Resource, error) {
	res := t.options.Root.make()
	n := &node{tree: t, self: res, row: row{id: t.root, kind: t.options.Root.name}, fresh: ctx.Value(freshKey{}) != nil}
	res.item().n = n
	if strings.Trim(path, "/") != "" {
		return res, nil
	}
	if err := n.load(ctx); err != nil {
		return nil, err
	}
	return res, nil
}

type freshKey struct{}

// WithoutCache returns a context for Tree.Root: what is found from that root is as the database has
// it, although the tree has a cache. It is for requests that change what they find, and for those
// of a client that has just changed something, perhaps at another instance. The cache learns what
// they find.
func WithoutCache(ctx context.Context) context.Context {
	return context.WithValue(ctx, freshKey{}, true)
}

// load loads a node that was made without: the root.
func (n *node) load(ctx context.Context) (err error) {
	defer n.tree.explain(&err)
	n.loading.Lock()
	defer n.loading.Unlock()
	if n.loaded {
		return nil
	}
	q, _ := n.tree.reader(ctx)
	r, err := scan(q.QueryRowContext(ctx, n.tree.sql.load, n.tree.db.dialect.ID(n.row.id)))
	if err != nil {
		return fmt.Errorf("load the root of the tree: %w", err)
	}
	return n.fill(r)
}

// fill completes a node that was made without being loaded. The caller holds n.loading.
func (n *node) fill(r row) error {
	n.row = r
	if err := n.decode(n.self); err != nil {
		return err
	}
	n.loaded = true
	return nil
}

// Descend finds several levels below the node in one query, which loads their access lists as well.
func (i *Item) Descend(ctx context.Context, names []string) ([]traversal.Resource, error) {
	if i.n == nil {
		return nil, traversal.ErrNotFound
	}
	return i.n.descend(ctx, names)
}

func (n *node) descend(ctx context.Context, names []string) ([]traversal.Resource, error) {
	t := n.tree
	asked := names
	if len(asked) > t.options.MaxDepth+1 { // no node is deeper
		asked = asked[:t.options.MaxDepth+1]
	}
	for i, name := range asked { // PostgreSQL would refuse the query
		if strings.IndexByte(name, 0) >= 0 || !utf8.ValidString(name) {
			asked = asked[:i]
			break
		}
	}
	rows, err := t.rows(ctx, n.row.id, asked, n.fresh)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, traversal.ErrNotFound // the node was deleted in the meantime
	}
	if err := n.refresh(rows[0]); err != nil {
		return nil, err
	}
	found := make([]traversal.Resource, 0, len(rows)-1)
	for _, r := range rows[1:] {
		res, err := t.resource(r)
		if err != nil {
			return found, err
		}
		res.item().n.fresh = n.fresh
		found = append(found, res)
	}
	if len(found) < len(names) {
		return found, traversal.ErrNotFound
	}
	return found, nil
}

// refresh completes the root, if it was made without being loaded.
func (n *node) refresh(r row) error {
	n.loading.Lock()
	defer n.loading.Unlock()
	if n.loaded {
		return nil
	}
	return n.fill(r)
}

// pathKey is what one round trip for many paths is about. The names are joined with NUL, which no
// name of a path contains.
type pathKey struct {
	from  uuid.UUID
	names string
}

// rows returns the row of a node and those along the names, as far as they exist. Fresh ones do not
// come from the cache.
func (t *Tree) rows(ctx context.Context, from uuid.UUID, names []string, fresh bool) ([]row, error) {
	q, inUnit := t.reader(ctx)
	if t.cache == nil || inUnit {
		return t.query(ctx, q, inUnit, from, names)
	}
	if !fresh {
		if rows, ok := t.cache.path(from, names); ok {
			return rows, nil
		}
	}
	epoch := t.cache.epoch.Load()
	rows, err := t.query(ctx, q, inUnit, from, names)
	if err == nil {
		t.cache.keep(epoch, names, rows)
	}
	return rows, err
}

func (t *Tree) query(ctx context.Context, q querier, inUnit bool, from uuid.UUID, names []string) (_ []row, err error) {
	defer t.explain(&err)
	if t.paths != nil && !inUnit {
		end := queries.Begin(ctx, "lookup of a path")
		defer func() { end(err) }()
		return t.paths.Load(ctx, pathKey{from, strings.Join(names, "\x00")})
	}
	id, segments := t.db.dialect.ID(from), t.db.dialect.Names(names)
	var found *sql.Rows
	if inUnit {
		found, err = q.QueryContext(ctx, t.sql.descend, id, segments)
	} else {
		end := queries.Begin(ctx, t.sql.descend)
		found, err = t.descend.QueryContext(ctx, id, segments)
		end(err)
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = found.Close() }()
	return collectPath(found)
}

// lookupTrips is how many round trips of lookups there are at once: while the rows of one become
// resources, PostgreSQL works on the other. More would share less.
const lookupTrips = 2

// prepare lets requests share round trips, or prepares the lookup where there are no round trips:
// parsing it each time would cost as much as half of the lookup.
func (t *Tree) prepare(ctx context.Context) (err error) {
	if t.db.dialect.Name() == "sqlite" {
		t.descend, err = t.db.read.PrepareContext(ctx, t.sql.descend)
		return err
	}
	t.paths = async.NewBatcher(func(ctx context.Context, keys []pathKey) (map[pathKey][]row, error) {
		d := t.db.dialect
		args := make([][2]any, len(keys))
		for i, k := range keys {
			args[i] = [2]any{d.ID(k.from), d.Names(strings.Split(k.names, "\x00"))}
		}
		found := make(map[pathKey][]row, len(keys))
		err := d.DescendMany(ctx, t.db.read, args, func(i int, rows Rows) (err error) {
			found[keys[i]], err = collectPath(rows)
			return err
		})
		return found, err
	}, async.BatcherOptions{Inline: true, Parallel: lookupTrips})
	return nil
}

// collectPath returns the rows of a path from its beginning. Both databases return them in this
// order, although the query does not sort them, which would cost a fifth of it.
func collectPath(rows Rows) ([]row, error) {
	path, err := collect(rows)
	for i := 1; i < len(path); i++ {
		if path[i].parent.UUID != path[i-1].id {
			return inOrder(path), err
		}
	}
	return path, err
}

func inOrder(path []row) []row {
	below := make(map[uuid.UUID]row, len(path))
	ids := make(map[uuid.UUID]bool, len(path))
	for _, r := range path {
		below[r.parent.UUID] = r
		ids[r.id] = true
	}
	sorted := path[:0:0]
	for _, r := range path {
		if !ids[r.parent.UUID] { // the beginning
			sorted = append(sorted, r)
		}
	}
	for len(sorted) < len(path) {
		sorted = append(sorted, below[sorted[len(sorted)-1].id])
	}
	return sorted
}

// scanner is a row that can be scanned: *sql.Row, *sql.Rows or Rows.
type scanner interface{ Scan(dest ...any) error }

func scan(s scanner) (r row, err error) {
	var list *string
	err = s.Scan(&r.id, &r.parent, &r.name, &r.kind, &r.data, &list, &r.version, &r.created, &r.modified, &r.order)
	if list != nil {
		r.acl = *list
	}
	return r, err
}

func collect(rows Rows) ([]row, error) {
	var all []row
	for rows.Next() {
		r, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, rows.Err()
}
