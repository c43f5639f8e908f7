package sqltree_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/acl"
	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
)

// plant fills a tree: a chain of folders "d1" to "d8", one with wide pages below d4, and as many
// other pages in folders of 100 as nodes asks for.
func plant(b *testing.B, tree *sqltree.Tree, wide, nodes int) {
	b.Helper()
	ctx := b.Context()
	grow(b, tree, "d1", "d2", "d3", "d4", "d5", "d6", "d7", "d8")
	db := tree.Database()
	d := db.Dialect()
	tx, err := db.Begin(ctx, false)
	require.NoError(b, err)
	insert, err := tx.PrepareContext(ctx, d.Bind(`INSERT INTO tree_node (id, parent, name, kind, data, version, created, modified, ord)
		VALUES ($1, $2, $3, $4, '{"text": "Some text of a page."}', 1, 1, 1, 0)`))
	require.NoError(b, err)
	add := func(parent uuid.UUID, name, kind string) uuid.UUID {
		id, err := uuid.NewV7()
		require.NoError(b, err)
		_, err = insert.ExecContext(ctx, d.ID(id), d.ID(parent), name, kind)
		require.NoError(b, err)
		return id
	}
	d4 := at[*Folder](b, tree, "/d1/d2/d3/d4").ID()
	for i := range wide {
		add(d4, fmt.Sprintf("page%06d", i), "page")
	}
	require.NoError(b, insert.Close())
	random := map[string]string{"sqlite": "randomblob(16)", "postgres": "gen_random_uuid()"}[d.Name()]
	for _, bulk := range []string{ // nodes by the million take minutes if each is a statement
		`SELECT %[1]s, $1, 'folder' || i, 'folder', '{}', 1, 1, 1, 0 FROM s WHERE i < (%[2]d + 99) / 100`,
		`SELECT %[1]s, f.id, 'page' || i, 'page', '{"text": "Some text of a page."}', 1, 1, 1, 0
			FROM s JOIN tree_node f ON f.parent = $1 AND f.name = 'folder' || (i / 100) WHERE i < %[2]d`,
	} {
		_, err := tx.ExecContext(ctx, d.Bind(fmt.Sprintf(`WITH RECURSIVE s(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM s WHERE i + 1 < %[2]d)
			INSERT INTO tree_node (id, parent, name, kind, data, version, created, modified, ord) `+bulk, random, nodes)), d.ID(idOf(root(b, tree))))
		require.NoError(b, err)
	}
	require.NoError(b, tx.Commit())
	_, err = db.Writer().ExecContext(ctx, "ANALYZE")
	require.NoError(b, err)
}

// rounds measures several ways to do the same in alternating rounds, and reports the time of the
// first, and the ratio of each other to it.
func rounds(b *testing.B, names []string, ways ...func()) {
	b.Helper()
	const each = 20
	spent := make([][]float64, len(ways))
	for _, way := range ways {
		way()
	}
	for b.Loop() {
		for i, way := range ways {
			begun := time.Now()
			for range each { // the first one may find its connection asleep
				way()
			}
			spent[i] = append(spent[i], float64(time.Since(begun).Nanoseconds())/each)
		}
	}
	median := func(list []float64) float64 { slices.Sort(list); return list[len(list)/2] }
	first := median(spent[0])
	b.ReportMetric(first, "ns/"+names[0])
	for i := 1; i < len(ways); i++ {
		b.ReportMetric(median(spent[i])/first, names[i]+"/"+names[0])
	}
}

func onEachDatabase(b *testing.B, bench func(b *testing.B, tree *sqltree.Tree)) {
	for _, name := range []string{"sqlite", "postgres"} {
		b.Run(name, func(b *testing.B) { bench(b, newTree(b, databases[name](b), options())) })
	}
}

// textbook are the queries that one finds in books: they join the names of the path.
var textbook = map[string]string{
	"sqlite": `WITH RECURSIVE w(depth, id) AS (SELECT 0, id FROM tree_node WHERE id = ?1
		UNION ALL SELECT w.depth + 1, n.id FROM w JOIN json_each(?2) p ON p.key = w.depth JOIN tree_node n ON n.parent = w.id AND n.name = p.value)
		SELECT n.id, n.parent, n.name, n.kind, n.data, n.acl, n.version, n.created, n.modified, n.ord FROM w JOIN tree_node n ON n.id = w.id ORDER BY w.depth`,
	"postgres": `WITH RECURSIVE p AS (SELECT name, i FROM unnest($2::text[]) WITH ORDINALITY AS u(name, i)), w(depth, id) AS (SELECT 0::bigint, id FROM tree_node WHERE id = $1
		UNION ALL SELECT w.depth + 1, n.id FROM w JOIN p ON p.i = w.depth + 1 JOIN tree_node n ON n.parent = w.id AND n.name = p.name)
		SELECT n.id, n.parent, n.name, n.kind, n.data, n.acl, n.version, n.created, n.modified, n.ord FROM w JOIN tree_node n ON n.id = w.id ORDER BY w.depth`,
}

// readNode reads a row and makes a resource of it, as Descend does.
func readNode(row interface{ Scan(dest ...any) error }) (id uuid.UUID, res any, err error) {
	var parent uuid.NullUUID
	var name, kind string
	var data []byte
	var list *string
	var version, created, modified, order int64
	if err := row.Scan(&id, &parent, &name, &kind, &data, &list, &version, &created, &modified, &order); err != nil {
		return id, nil, err
	}
	res = &Page{}
	return id, res, json.Unmarshal(data, res)
}

// BenchmarkDescend finds a resource of depth 8: by Descend, by a query for each segment, and by the
// query of the textbook; and a page among 10,000 siblings by the first and the last.
func BenchmarkDescend(b *testing.B) {
	onEachDatabase(b, func(b *testing.B, tree *sqltree.Tree) {
		plant(b, tree, 10_000, 10_000)
		ctx, db := b.Context(), tree.Database()
		d := db.Dialect()
		names := []string{"d1", "d2", "d3", "d4", "d5", "d6", "d7", "d8"}
		wide := []string{"d1", "d2", "d3", "d4", "page005000"}
		rootID := d.ID(idOf(root(b, tree)))
		descend := func(names []string) func() {
			path := traversal.Join(names)
			return func() {
				res, err := tree.Root(ctx, path)
				if err == nil {
					_, err = res.(traversal.PathContainer).Descend(ctx, names)
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		}
		load, err := db.Reader().PrepareContext(ctx, d.Bind(`SELECT `+sqltree.Columns+` FROM tree_node WHERE id = $1`))
		require.NoError(b, err)
		child, err := db.Reader().PrepareContext(ctx, d.Bind(`SELECT `+sqltree.Columns+` FROM tree_node WHERE parent = $1 AND name = $2`))
		require.NoError(b, err)
		joined, err := db.Reader().PrepareContext(ctx, textbook[d.Name()])
		require.NoError(b, err)
		defer func() { _, _, _ = load.Close(), child.Close(), joined.Close() }()
		single := func() { // the root, and then a query for each name
			id, _, err := readNode(load.QueryRowContext(ctx, rootID))
			for _, name := range names {
				if err == nil {
					id, _, err = readNode(child.QueryRowContext(ctx, d.ID(id), name))
				}
			}
			if err != nil {
				b.Fatal(err)
			}
		}
		join := func(names []string) func() {
			return func() {
				rows, err := joined.QueryContext(ctx, rootID, d.Names(names))
				n := 0
				for err == nil && rows.Next() {
					_, _, err = readNode(rows)
					n++
				}
				if err != nil || rows.Close() != nil || n != len(names)+1 {
					b.Fatal(n, err)
				}
			}
		}
		b.Run("depth=8", func(b *testing.B) {
			rounds(b, []string{"descend", "single", "textbook"}, descend(names), single, join(names))
		})
		b.Run("siblings=10000", func(b *testing.B) {
			rounds(b, []string{"descend", "textbook"}, descend(wide), join(wide))
		})
	})
}

// BenchmarkReaders looks up paths by 64 goroutines, which share round trips or do not. PostgreSQL
// has a connection for each of them, as database/sql has without a limit, or four.
func BenchmarkReaders(b *testing.B) {
	for name, db := range map[string]*sqltree.Database{
		"postgres/connections=8": openPostgresPool(b, 8), "postgres/connections=4": openPostgresPool(b, 4), "postgres/connections=64": openPostgresPool(b, 64),
	} {
		b.Run(name, func(b *testing.B) { readers(b, newTree(b, db, options())) })
	}
}

func readers(b *testing.B, tree *sqltree.Tree) {
	plant(b, tree, 0, 10_000)
	ctx := b.Context()
	all := func(look func(names []string) error) func() {
		return func() {
			var readers sync.WaitGroup
			for i := range 64 {
				readers.Go(func() {
					for j := range 20 {
						n := i*20 + j
						if err := look([]string{"folder" + strconv.Itoa(n/100), "page" + strconv.Itoa(n)}); err != nil {
							b.Error(err)
						}
					}
				})
			}
			readers.Wait()
		}
	}
	look := func(ctx context.Context, names []string) error {
		res, err := tree.Root(ctx, "/x")
		if err == nil {
			_, err = res.(traversal.PathContainer).Descend(ctx, names)
		}
		return err
	}
	rounds(b, []string{"shared", "alone"},
		all(func(names []string) error { return look(ctx, names) }),
		all(func(names []string) error { return look(async.Direct(ctx), names) }))
}

// BenchmarkSize looks up a path in trees of 100,000 nodes and, if MASTABA_LONG is set, of
// 1,000,000.
func BenchmarkSize(b *testing.B) {
	sizes := []int{10_000, 100_000}
	if os.Getenv("MASTABA_LONG") != "" {
		sizes = append(sizes, 1_000_000)
	}
	for _, size := range sizes {
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			onEachDatabase(b, func(b *testing.B, tree *sqltree.Tree) {
				plant(b, tree, 0, size)
				n := 0
				for b.Loop() {
					n = (n + 7919) % size
					path := fmt.Sprintf("/folder%d/page%d", n/100, n)
					if _, err := find(b, tree, path); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}

// BenchmarkPage returns a page of 50 that someone may see, of 10,000 children of which every
// hundredth is theirs alone; and lists 100,000 children.
func BenchmarkPage(b *testing.B) {
	onEachDatabase(b, func(b *testing.B, tree *sqltree.Tree) {
		plant(b, tree, 10_000, 0)
		mine, others := "allow anna view\ndeny system.Everyone *", "allow ben view\ndeny system.Everyone *"
		d := tree.Database().Dialect()
		folder := at[*Folder](b, tree, "/d1/d2/d3/d4")
		for like, list := range map[string]string{"page%": others, "page%00": mine} {
			_, err := tree.Database().Writer().ExecContext(b.Context(), d.Bind(`UPDATE tree_node SET acl = $1 WHERE parent = $2 AND name LIKE $3`), list, d.ID(folder.ID()), like)
			require.NoError(b, err)
		}
		_, err := tree.Database().Writer().ExecContext(b.Context(), d.Bind(`UPDATE tree_node SET acl = $1 WHERE parent = $2 AND name LIKE 'page%00'`), mine, d.ID(folder.ID()))
		require.NoError(b, err)
		parent, err := tree.Node(b.Context(), folder)
		require.NoError(b, err)
		o := sqltree.PageOptions{Permits: func(ctx context.Context, n traversal.Node) (bool, error) {
			decision, err := acl.Permits(ctx, nil, n, "view", []string{"anna", acl.Everyone})
			return decision.Allowed, err
		}}
		b.Run("filtered", func(b *testing.B) {
			for b.Loop() {
				page, err := tree.Page(b.Context(), parent, o)
				if err != nil || len(page.Nodes) != 50 {
					b.Fatal(len(page.Nodes), err)
				}
			}
		})
	})
}

// BenchmarkChildren lists 100,000 children, and reports the memory that is in use in the middle of
// it.
func BenchmarkChildren(b *testing.B) {
	onEachDatabase(b, func(b *testing.B, tree *sqltree.Tree) {
		plant(b, tree, 100_000, 0)
		folder := at[*Folder](b, tree, "/d1/d2/d3/d4")
		heap := func() float64 {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			return float64(m.HeapAlloc)
		}
		before, middle := heap(), 0.0
		for b.Loop() {
			n := 0
			for _, err := range folder.Children(b.Context()) {
				if err != nil {
					b.Fatal(err)
				}
				if n++; n == 50_000 {
					middle = heap()
				}
			}
			if n != 100_001 {
				b.Fatal(n)
			}
		}
		b.ReportMetric((middle-before)/1024, "KiB-in-use")
	})
}
