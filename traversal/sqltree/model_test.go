package sqltree_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
)

// invariants fails if the database does not hold a tree: one root, every other node below an
// existing parent, no ring, unique names, and texts of existing nodes alone.
func invariants(t *testing.T, tree *sqltree.Tree) {
	t.Helper()
	db := tree.Database().Reader()
	for query, want := range map[string]int{
		`SELECT count(*) FROM tree_node WHERE parent IS NULL`:                                                                        1,
		`SELECT count(*) FROM tree_node n WHERE parent IS NOT NULL AND NOT EXISTS (SELECT 1 FROM tree_node p WHERE p.id = n.parent)`: 0,
		`SELECT count(*) FROM (SELECT parent, name FROM tree_node GROUP BY parent, name HAVING count(*) > 1) d`:                      0,
		`SELECT count(*) FROM tree_text t WHERE NOT EXISTS (SELECT 1 FROM tree_node n WHERE n.id = t.id)`:                            0,
		`SELECT count(*) FROM tree_node WHERE version < 1 OR modified < created`:                                                     0,
		`WITH RECURSIVE r(id) AS (SELECT id FROM tree_node WHERE parent IS NULL UNION SELECT n.id FROM r JOIN tree_node n ON n.parent = r.id)
		 SELECT (SELECT count(*) FROM tree_node) - (SELECT count(*) FROM r)`: 0,
	} {
		var got int
		require.NoError(t, db.QueryRowContext(t.Context(), query).Scan(&got))
		assert.Equal(t, want, got, query)
	}
}

// expected reports whether an error is one that concurrent changes may cause.
func expected(err error) bool {
	_, cycle := errors.AsType[*sqltree.CycleError](err)
	_, limit := errors.AsType[*sqltree.LimitError](err)
	_, undo := errors.AsType[*sqltree.UndoError](err)
	_, full := errors.AsType[*sqltree.NotEmptyError](err)
	return err == nil || cycle || limit || undo || full || errors.Is(err, sqltree.ErrConflict) || errors.Is(err, sqltree.ErrExists) ||
		errors.Is(err, traversal.ErrNotFound)
}

// TestConcurrentChanges runs random operations at once. None fails in a way that is not documented,
// and the database holds a tree afterwards.
func TestConcurrentChanges(t *testing.T) {
	t.Parallel()
	for name, open := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := options()
			o.MaxDepth = 6
			tree := newTree(t, open(t), o)
			var all sync.WaitGroup
			for worker := range 4 {
				all.Go(func() {
					r := rand.New(rand.NewPCG(uint64(worker), 1))
					for range 60 {
						if err := change(t.Context(), tree, r); !expected(err) {
							t.Errorf("unexpected error: %v", err)
						}
					}
				})
			}
			all.Wait()
			invariants(t, tree)
		})
	}
}

// change does one random operation with nodes that it chooses anew.
func change(ctx context.Context, tree *sqltree.Tree, r *rand.Rand) error {
	res, err := tree.Root(ctx, "/")
	if err != nil {
		return err
	}
	nodes := []traversal.Node{traversal.NewNode(res)}
	for n, err := range tree.Walk(ctx, nodes[0]) {
		if err != nil {
			return err
		}
		nodes = append(nodes, n)
	}
	pick := func() sqltree.Resource { return nodes[r.IntN(len(nodes))].Resource().(sqltree.Resource) }
	name := string(rune('a' + r.IntN(5)))
	switch op := r.IntN(20); {
	case op < 8:
		return tree.Create(ctx, pick(), name, &Page{Text: name})
	case op < 11:
		if page, ok := pick().(*Page); ok {
			page.Text += name
			return tree.Update(ctx, page)
		}
	case op < 14 && len(nodes) > 1:
		return tree.Move(ctx, nodes[1+r.IntN(len(nodes)-1)].Resource().(sqltree.Resource), pick(), name)
	case op < 16 && len(nodes) > 1:
		return tree.Rename(ctx, nodes[1+r.IntN(len(nodes)-1)].Resource().(sqltree.Resource), name)
	case op == 16 && len(nodes) > 1:
		return tree.Delete(ctx, nodes[1+r.IntN(len(nodes)-1)].Resource().(sqltree.Resource), sqltree.DeleteOptions{})
	case op == 17:
		_, err := tree.Copy(ctx, pick(), pick(), name)
		return err
	case op == 18:
		entries, err := tree.Audit(ctx, sqltree.AuditOptions{Limit: 5})
		if err != nil || len(entries) == 0 {
			return err
		}
		return tree.Undo(ctx, entries[r.IntN(len(entries))].Seq)
	case op == 19:
		return tree.Reorder(ctx, pick(), name)
	}
	return nil
}

// TestModel runs random operations one after the other, and compares the tree with a map of paths.
func TestModel(t *testing.T) {
	onEach(t, func(t *testing.T, tree *sqltree.Tree) {
		r := rand.New(rand.NewPCG(7, 7))
		model := map[string]string{} // path to text
		versions := map[uuid.UUID]int64{}
		for range 150 {
			paths := []string{"/"}
			for p := range model {
				paths = append(paths, p)
			}
			slices.Sort(paths)
			path, target := paths[r.IntN(len(paths))], paths[r.IntN(len(paths))]
			name := string(rune('a' + r.IntN(4)))
			node, err := find(t, tree, path)
			require.NoError(t, err)
			res := node.Resource().(sqltree.Resource)
			to := join(target, name)
			switch op := r.IntN(10); {
			case op < 4:
				err := tree.Create(t.Context(), res, name, &Page{Text: name})
				if _, taken := model[join(path, name)]; taken {
					require.ErrorIs(t, err, sqltree.ErrExists)
				} else if err == nil {
					model[join(path, name)] = name
				}
			case op < 6 && path != "/":
				page := res.(*Page)
				page.Text = fmt.Sprint(r.Int())
				require.NoError(t, tree.Update(t.Context(), page))
				model[path] = page.Text
			case op < 9 && path != "/":
				place, err := find(t, tree, target)
				require.NoError(t, err)
				err = tree.Move(t.Context(), res, place.Resource().(sqltree.Resource), name)
				_, cycle := errors.AsType[*sqltree.CycleError](err)
				assert.Equal(t, below(target, path), cycle, "move %s to %s", path, to)
				if _, taken := model[to]; taken && to != path && !cycle {
					require.ErrorIs(t, err, sqltree.ErrExists)
				} else if !cycle {
					require.NoError(t, err)
					rename(model, path, to)
				}
			case op == 9 && path != "/":
				require.NoError(t, tree.Delete(t.Context(), res, sqltree.DeleteOptions{}))
				rename(model, path, "")
			}
			got := map[string]string{}
			for n, err := range tree.Walk(t.Context(), traversal.NewNode(root(t, tree))) {
				require.NoError(t, err)
				page := n.Resource().(*Page)
				got[n.Path()] = page.Text
				assert.GreaterOrEqual(t, page.Version(), versions[page.ID()])
				versions[page.ID()] = page.Version()
			}
			require.Equal(t, model, got)
		}
		invariants(t, tree)
	})
}

func join(path, name string) string {
	if path == "/" {
		return "/" + name
	}
	return path + "/" + name
}

// below reports whether a path is inside another, or the same.
func below(path, other string) bool {
	return path == other || len(path) > len(other) && path[:len(other)+1] == other+"/"
}

// rename moves a subtree of the model, or deletes it if to is "".
func rename(model map[string]string, from, to string) {
	moved := map[string]string{}
	for path, text := range model {
		if below(path, from) {
			delete(model, path)
			if to != "" {
				moved[to+path[len(from):]] = text
			}
		}
	}
	for path, text := range moved {
		model[path] = text
	}
}

// TestMovesThatMakeARing moves two folders below each other's descendants at the same time, in both
// orders: one of the moves is refused.
func TestMovesThatMakeARing(t *testing.T) {
	onEach(t, func(t *testing.T, tree *sqltree.Tree) {
		for round := range 20 {
			suffix := fmt.Sprint(round)
			grow(t, tree, "a"+suffix, "x")
			grow(t, tree, "b"+suffix, "y")
			a, x := at[*Folder](t, tree, "/a"+suffix), at[*Folder](t, tree, "/a"+suffix+"/x")
			b, y := at[*Folder](t, tree, "/b"+suffix), at[*Folder](t, tree, "/b"+suffix+"/y")
			var errs [2]error
			var both sync.WaitGroup
			begin := make(chan struct{})
			both.Go(func() { <-begin; errs[0] = tree.Move(t.Context(), a, y, "a") })
			both.Go(func() { <-begin; errs[1] = tree.Move(t.Context(), b, x, "b") })
			close(begin)
			both.Wait()
			cycles := 0
			for _, err := range errs {
				if _, cycle := errors.AsType[*sqltree.CycleError](err); cycle {
					cycles++
				} else {
					require.NoError(t, err)
				}
			}
			assert.Equal(t, 1, cycles)
		}
		invariants(t, tree)
	})
}

// TestOpenedTwiceAtOnce opens a tree by several programs at the same time: the schema and the root
// are made once.
func TestOpenedTwiceAtOnce(t *testing.T) {
	t.Parallel()
	for name, open := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t)
			var all sync.WaitGroup
			for range 4 {
				all.Go(func() {
					tree, err := sqltree.New(t.Context(), db, options())
					if assert.NoError(t, err) {
						assert.NoError(t, tree.Close(t.Context()))
					}
				})
			}
			all.Wait()
			invariants(t, newTree(t, db, options()))
		})
	}
}
