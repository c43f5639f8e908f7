package main

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/tweens"
)

var rowName = regexp.MustCompile(`<td class="name">.*?<a href="[^"]*">([^<]*)</a>`)

// rowsOf returns the names of a listing in their order.
func rowsOf(page string) string {
	var names []string
	for _, match := range rowName.FindAllStringSubmatch(page, -1) {
		names = append(names, match[1])
	}
	return strings.Join(names, " ")
}

func TestSorting(t *testing.T) {
	t.Parallel()
	dir := tree{"b.txt": "22", "A.go": "1", "c.go": "333", "zoo/": "", "Ant/": ""}.write(t)
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for i, name := range []string{"zoo", "c.go", "A.go", "b.txt", "Ant"} {
		at := start.Add(time.Duration(i) * time.Hour)
		require.NoError(t, os.Chtimes(filepath.Join(dir, name), at, at))
	}
	app := newApp(t, newSite(t, dir, false))
	for query, want := range map[string]string{
		"":                  "Ant zoo A.go b.txt c.go",
		"?sort=name&desc=1": "zoo Ant c.go b.txt A.go",
		"?sort=size":        "Ant zoo A.go b.txt c.go",
		"?sort=size&desc=1": "zoo Ant c.go b.txt A.go",
		"?sort=kind":        "Ant zoo A.go c.go b.txt",
		"?sort=time":        "zoo Ant c.go A.go b.txt",
		"?sort=time&desc=1": "Ant zoo b.txt A.go c.go",
	} {
		assert.Equal(t, want, rowsOf(app.Get("/"+query).Status(http.StatusOK).Body), query)
	}
}

func TestLargeFolders(t *testing.T) {
	t.Parallel()
	files := tree{"README.md": "# Here"}
	for i := range 10_000 {
		files[fmt.Sprintf("file-%05d", i)] = ""
	}
	site := newSite(t, files.write(t), false)
	app := newApp(t, site)
	first := app.Get("/").Status(http.StatusOK).Body
	assert.Contains(t, first, "10,001 files")
	assert.Contains(t, first, "Page 1 of 21")
	assert.Contains(t, first, `<h1 id="here">`)
	assert.Equal(t, usualBounds.page, strings.Count(first, `<td class="name">`))
	last := app.Get("/?page=21").Status(http.StatusOK).Body
	assert.Contains(t, last, "README.md")
	assert.NotContains(t, last, `<h1 id="here">`)
	app.Get("/?page=22").Status(http.StatusNotFound)
	app.Get("/?page=-1").Status(http.StatusUnprocessableEntity)
	app.Get("/?page=x").Status(http.StatusUnprocessableEntity)
	var info entryJSON
	app.Get("/@@info").Status(http.StatusOK).Decode(&info)
	assert.Equal(t, 10_001, *info.Total)
	assert.Len(t, info.Children, usualBounds.children)

	site.bounds.listing = 100
	assert.Contains(t, app.Get("/").Status(http.StatusOK).Body, "more entries than can be listed")
}

// A selection keeps the same items as sorting all of them would, and never more than its limit.
func TestSelection(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{0, 1, 2, 10, 1000} {
		all := make([]item, size)
		for i := range all {
			name := fmt.Sprintf("%c-%03d", 'A'+random.IntN(60), i)
			all[i] = item{name: name, lower: strings.ToLower(name), bytes: random.Int64N(20), mode: fs.FileMode(random.IntN(2)) * fs.ModeDir}
		}
		for _, column := range []string{"name", "size", "kind", "time"} {
			for _, descending := range []bool{false, true} {
				by := order(column, descending)
				want := slices.SortedFunc(slices.Values(all), by)
				for _, limit := range []int{0, 1, 7, size, size + 1} {
					s := selection{order: by, limit: limit}
					for _, i := range all {
						s.add(i)
						require.LessOrEqual(t, len(s.heap), limit)
					}
					require.Equal(t, append([]item{}, want[:min(limit, size)]...), append([]item{}, s.sorted()...), "%d of %d by %s, %t", limit, size, column, descending)
				}
			}
		}
	}
}

// mostAtOnce requests are handled at once, mostWaiting more wait, and any other gets a page with a
// 503.
func TestRequestsAreLimited(t *testing.T) {
	t.Parallel()
	dir := tree{"a.txt": "a"}.write(t)
	synctest.Test(t, func(t *testing.T) {
		config := configure(newSite(t, dir, false), framework.Options{Logger: new(frameworktest.Log).Logger()})
		release, inside := make(chan struct{}), atomic.Int64{}
		config.AddTween("slow", tweens.Wrap(func(next framework.Handler) framework.Handler {
			return func(r *framework.Request) (*framework.Response, error) {
				inside.Add(1)
				if !isForAsset(r) {
					<-release
				}
				return next(r)
			}
		}), tweens.Under("limit"))
		app, err := config.App()
		require.NoError(t, err)
		var crowd sync.WaitGroup
		for range mostAtOnce + mostWaiting {
			crowd.Go(func() { bodyOf(t, app, "/a.txt/raw") })
		}
		synctest.Wait()
		assert.EqualValues(t, mostAtOnce, inside.Load())
		refused := loadPage(t, app, "GET", "localhost", "/")
		assert.Equal(t, http.StatusServiceUnavailable, refused.Code)
		assert.Equal(t, "10", refused.Header().Get("Retry-After"))
		assert.Contains(t, refused.Body.String(), "<h1>Service Unavailable</h1>")
		bodyOf(t, app, "/@@style.css") // for that page
		close(release)
		crowd.Wait()
	})
}

func TestSearchIsBounded(t *testing.T) {
	t.Parallel()
	files := tree{}
	for i := range 60 {
		files[fmt.Sprintf("%d/match-%d", i, i)] = ""
	}
	site := newSite(t, files.write(t), false)
	app := newApp(t, site)
	assert.Contains(t, app.Get("/@@search?q=match").Status(http.StatusOK).Body, "60 results")
	site.bounds.hits = 10
	page := app.Get("/@@search?q=match").Status(http.StatusOK).Body
	assert.Contains(t, page, "10 results")
	assert.Contains(t, page, "there are too many results")
	site.bounds.visits = 65
	assert.Contains(t, app.Get("/@@search?q=match").Status(http.StatusOK).Body, "there are too many files")
	app.Get("/@@search?q=" + strings.Repeat("x", 300)).Status(http.StatusUnprocessableEntity)
}

// What lies too deep for a URL is listed, but not linked.
func TestTheDeepestFolder(t *testing.T) {
	t.Parallel()
	deepest := strings.Repeat("/d", maxDepth+1)
	app := newApp(t, newSite(t, tree{deepest[1:] + "/far.txt": "x", deepest[1:] + "/d/further.txt": "x"}.write(t), false))
	above := app.Get(strings.TrimSuffix(deepest, "/d")).Status(http.StatusOK).Body
	assert.Contains(t, above, `<a href="`+deepest+`/">d</a>`)
	page := app.Get(deepest).Status(http.StatusOK).Body
	assert.Contains(t, page, `<span class="dead">far.txt</span>`)
	assert.Contains(t, page, `<span class="dead">d</span>`)
	assert.Contains(t, page, "too deep")
	app.Get(deepest + "/far.txt").Status(http.StatusNotFound)
	assert.NotContains(t, app.Get(deepest+"/@@info").Status(http.StatusOK).Body, `"info"`)
	for _, from := range []string{"", deepest[:20], deepest} {
		page := app.Get(from + "/@@search?q=f").Status(http.StatusOK).Body
		assert.Contains(t, page, "No matching names", from)
	}
}

func TestLongTextsAreCut(t *testing.T) {
	t.Parallel()
	site := newSite(t, tree{
		"lines.txt": strings.Repeat("x\n", 10_000), "wide.txt": strings.Repeat("y", 2_000_000), "exact.txt": strings.Repeat("x\n", usualBounds.lines),
		"latin.txt": "na\xefve", "windows.txt": "\xEF\xBB\xBFa\r\nb\r\n",
	}.write(t), false)
	app := newApp(t, site)
	page := app.Get("/lines.txt").Status(http.StatusOK).Body
	assert.Contains(t, page, "first 5,000 lines")
	assert.Contains(t, page, `id="L5000"`)
	assert.NotContains(t, page, `id="L5001"`)
	assert.Less(t, len(app.Get("/wide.txt").Status(http.StatusOK).Body), usualBounds.text+10_000)
	assert.NotContains(t, app.Get("/exact.txt").Status(http.StatusOK).Body, "These are the first")
	assert.Contains(t, app.Get("/latin.txt").Status(http.StatusOK).Body, "na\uFFFDve")
	assert.Contains(t, app.Get("/windows.txt").Status(http.StatusOK).Body, "</a>a\n</span><span id=\"L2\"><a href=\"#L2\" aria-label=\"line 2\"></a>b\n</span>")
}

func TestTextsForPeople(t *testing.T) {
	t.Parallel()
	for bytes, want := range map[int64]string{-1: "", 0: "0 B", 1023: "1023 B", 1024: "1.0 KiB", 10_188: "9.9 KiB", 10_240: "10 KiB", 1<<20 - 1: "1.0 MiB", 5 << 30: "5.0 GiB", 1 << 62: "4096 PiB"} {
		assert.Equal(t, want, sizeText(bytes))
	}
	assert.Equal(t, "1 file", countText(1, "file"))
	assert.Equal(t, "1,234,567 files", countText(1_234_567, "file"))
	assert.Empty(t, timeText(time.Time{}))
}

func BenchmarkFolder(b *testing.B) {
	for _, n := range []int{10, 500, 10_000, 100_000} {
		b.Run(fmt.Sprintf("entries=%d", n), func(b *testing.B) {
			files := tree{}
			for i := range n {
				files[fmt.Sprintf("file-%05d.txt", i)] = ""
			}
			app := newApp(b, newSite(b, files.write(b), false))
			b.ReportAllocs()
			for b.Loop() {
				app.Get("/").Status(http.StatusOK)
			}
		})
	}
}
