package sqltree_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/acl"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
	"github.com/mastaba-go/mastaba/traversal/topics"
)

// cached are trees over one database that share their events, as those of two processes do.
func cached(t *testing.T, db *sqltree.Database, age time.Duration, hubs ...*topics.Hub) (one, two *sqltree.Tree) {
	t.Helper()
	o := options()
	o.Cache, o.CacheAge, o.Hub = 100, age, hubs[0]
	one = newTree(t, db, o)
	o.Hub = hubs[len(hubs)-1]
	return one, newTree(t, db, o)
}

func newHub(t *testing.T) *topics.Hub {
	hub := topics.New(topics.Options{})
	t.Cleanup(hub.Close)
	return hub
}

// TestCacheFollowsEvents: once a process has seen an event, it serves nothing older.
func TestCacheFollowsEvents(t *testing.T) {
	t.Parallel()
	one, two := cached(t, databases["sqlite"](t), time.Hour, newHub(t))
	events, err := two.Subscribe()
	require.NoError(t, err)
	defer events.Close()
	seen := func() {
		_, err := events.Next(t.Context())
		require.NoError(t, err)
	}
	missing := func(path string) {
		t.Helper()
		_, err := find(t, two, path)
		require.ErrorIs(t, err, traversal.ErrNotFound)
	}
	missing("/docs")
	docs := grow(t, one, "docs")
	seen()
	at[*Folder](t, two, "/docs")
	missing("/docs/page")
	page := &Page{Text: "1"}
	require.NoError(t, one.Create(t.Context(), docs, "page", page))
	seen()
	assert.Equal(t, "1", at[*Page](t, two, "/docs/page").Text)
	page.Text = "2"
	require.NoError(t, one.Update(t.Context(), page))
	assert.Equal(t, "2", at[*Page](t, one, "/docs/page").Text, "one's own change counts at once")
	seen()
	assert.Equal(t, "2", at[*Page](t, two, "/docs/page").Text)
	require.NoError(t, one.SetACL(t.Context(), docs, acl.List{acl.DenyAll}))
	seen()
	assert.True(t, at[*Folder](t, two, "/docs").HasACL())
	missing("/docs/front")
	require.NoError(t, one.Rename(t.Context(), page, "front"))
	seen()
	missing("/docs/page")
	at[*Page](t, two, "/docs/front")
	require.NoError(t, one.Delete(t.Context(), docs, sqltree.DeleteOptions{}))
	seen()
	missing("/docs/front")
	missing("/docs")
	require.NoError(t, one.Undo(t.Context(), newest(t, one).Seq))
	seen()
	assert.Equal(t, int64(4), at[*Page](t, two, "/docs/front").Version())
}

// TestCacheAge: a change whose event is lost counts after CacheAge.
func TestCacheAge(t *testing.T) {
	t.Parallel()
	one, two := cached(t, databases["sqlite"](t), 50*time.Millisecond, newHub(t), newHub(t))
	page := &Page{Text: "1"}
	require.NoError(t, one.Create(t.Context(), root(t, one), "page", page))
	assert.Equal(t, "1", at[*Page](t, two, "/page").Text)
	page.Text = "2"
	require.NoError(t, one.Update(t.Context(), page))
	assert.Eventually(t, func() bool { return at[*Page](t, two, "/page").Text == "2" }, 10*time.Second, 5*time.Millisecond)
}

// TestWithoutCache: a walk without the cache finds what another process has written, although its
// event is lost, and so does the cache from then on.
func TestWithoutCache(t *testing.T) {
	t.Parallel()
	one, two := cached(t, databases["sqlite"](t), time.Hour, newHub(t), newHub(t))
	page := &Page{Text: "1"}
	folder := grow(t, one, "docs")
	require.NoError(t, one.Create(t.Context(), folder, "page", page))
	assert.Equal(t, "1", at[*Page](t, two, "/docs/page").Text)
	page.Text = "2"
	require.NoError(t, one.Update(t.Context(), page))
	assert.Equal(t, "1", at[*Page](t, two, "/docs/page").Text)

	res, err := two.Root(sqltree.WithoutCache(t.Context()), "/docs")
	require.NoError(t, err)
	n, err := new(traversal.Traverser).Find(t.Context(), traversal.NewNode(res), "/docs")
	require.NoError(t, err)
	assert.Equal(t, "1", at[*Page](t, two, "/docs/page").Text)
	n, err = new(traversal.Traverser).Find(t.Context(), n, "page")
	require.NoError(t, err)
	assert.Equal(t, "2", n.Resource().(*Page).Text)
	assert.Equal(t, "2", at[*Page](t, two, "/docs/page").Text)
}

// TestCacheOfConcurrentChanges: while others change the tree, nobody sees an older version than
// before, nor, after a change of one's own, an older one than that.
func TestCacheOfConcurrentChanges(t *testing.T) {
	t.Parallel()
	tree, _ := cached(t, databases["sqlite"](t), time.Hour, newHub(t))
	const pages = 300 // more than the cache keeps
	for i := range pages {
		require.NoError(t, tree.Create(t.Context(), root(t, tree), fmt.Sprint(i), &Page{}))
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			newest := map[int]int64{}
			for range 500 {
				i := rand.IntN(pages)
				if rand.IntN(2) == 0 {
					i = rand.IntN(5)
				}
				n, err := find(t, tree, fmt.Sprintf("/%d", i))
				if !assert.NoError(t, err) {
					return
				}
				page := n.Resource().(*Page)
				assert.GreaterOrEqual(t, page.Version(), newest[i])
				if rand.IntN(5) == 0 {
					if err := tree.Update(t.Context(), page); err != nil && !errors.Is(err, sqltree.ErrConflict) {
						t.Error(err)
					}
				}
				newest[i] = page.Version()
			}
		})
	}
	all.Wait()
}

func BenchmarkCache(b *testing.B) {
	for _, size := range []int{0, 1000} {
		b.Run(fmt.Sprintf("cache=%d", size), func(b *testing.B) {
			o := options()
			o.Cache, o.CacheAge = size, time.Hour
			tree := newTree(b, databases["sqlite"](b), o)
			plant(b, tree, 100, 1000)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := find(b, tree, "/d1/d2/d3/d4/d5/d6/d7/d8"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
