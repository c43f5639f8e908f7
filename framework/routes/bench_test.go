package routes_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// mixed returns patterns of every kind: literals, markers, expressions, several markers in a
// segment, stars and overlaps; and paths for them, half of which match more than one pattern.
func mixed(count int) (patterns, paths []string) {
	for i := range count {
		section, item := fmt.Sprintf("s%d", i%97), fmt.Sprintf("i%d", i)
		switch i % 10 {
		case 0:
			patterns, paths = append(patterns, "/"+section+"/"+item+"/about"), append(paths, "/"+section+"/"+item+"/about")
		case 1:
			patterns, paths = append(patterns, "/"+section+"/{id}/"+item), append(paths, "/"+section+"/42/"+item)
		case 2:
			patterns, paths = append(patterns, "/"+section+`/{id:\d+}/`+item+"/{tab}"), append(paths, "/"+section+"/42/"+item+"/files")
		case 3:
			patterns, paths = append(patterns, "/"+item+`/{year:\d{4}}-{month:\d{2}}/{slug}`), append(paths, "/"+item+"/2024-05/hello-world")
		case 4:
			patterns, paths = append(patterns, "/"+section+"/"+item+"/{name}.{ext}"), append(paths, "/"+section+"/"+item+"/archive.tar.gz")
		case 5:
			patterns, paths = append(patterns, "/"+section+"/"+item+"/*rest"), append(paths, "/"+section+"/"+item+"/a/b/c")
		case 6:
			patterns, paths = append(patterns, "/{lang:en|de|fr}/"+section+"/"+item), append(paths, "/de/"+section+"/"+item)
		case 7:
			patterns, paths = append(patterns, "/api/v{v:\\d+}/"+section+"/"+item+"/{id}"), append(paths, "/api/v2/"+section+"/"+item+"/7")
		case 8:
			patterns, paths = append(patterns, "/{user}/"+section+"/"+item+"/{id}/edit"), append(paths, "/alice/"+section+"/"+item+"/7/edit")
		default:
			patterns, paths = append(patterns, "/"+section+"/{a}/{b}/"+item+"/*rest"), append(paths, "/"+section+"/x/y/"+item+"/1/2")
		}
	}
	return patterns, paths
}

// oneShape returns patterns that differ only in their last literal.
func oneShape(count int) (patterns, paths []string) {
	for i := range count {
		patterns = append(patterns, fmt.Sprintf("/files/{name}.ext%d", i))
		paths = append(paths, fmt.Sprintf("/files/report.ext%d", i))
	}
	return patterns, paths
}

// tableOfPatterns returns a table of routes that are named like their patterns.
func tableOfPatterns(t testing.TB, patterns []string) *routes.Table {
	return tableOf(t, func(c *registry.Config) {
		for _, pattern := range patterns {
			routes.Add(c, pattern, pattern)
		}
	})
}

// BenchmarkMatch reports the median, the 99th percentile and the mean over the paths of a table.
func BenchmarkMatch(b *testing.B) {
	subjects := []struct {
		name string
		make func() (patterns, paths []string)
	}{
		{"mixed=2000", func() ([]string, []string) { return mixed(2000) }},
		{"mixed=200", func() ([]string, []string) { return mixed(200) }},
		{"shape=500", func() ([]string, []string) { return oneShape(500) }},
		{"github", func() (list, paths []string) {
			all := github(b)
			for _, e := range all {
				paths = append(paths, e.path)
			}
			return patterns(all), paths
		}},
		{"fixed", func() (list, paths []string) {
			list = []string{"/login", "/logout", "/account/password/reset", "/about/terms", "/search", "/feeds/changes"}
			return list, []string{"/login", "/account/password/reset", "/about/terms"}
		}},
		{"fixed,none", func() (list, paths []string) {
			list = []string{"/login", "/logout", "/account/password/reset", "/about/terms", "/search", "/feeds/changes"}
			return list, []string{"/library/books/2026/05/a-long-title/edit"}
		}},
		{"none", func() (list, paths []string) { return patterns(github(b)), []string{"/repos/a/b/nothing", "/nowhere"} }},
	}
	for _, s := range subjects {
		b.Run(s.name, func(b *testing.B) {
			list, paths := s.make()
			table := tableOfPatterns(b, list)
			requests := make([]*web.Request, len(paths))
			for i, path := range paths {
				requests[i] = request(path)
			}
			b.ReportAllocs()
			times := make([]time.Duration, len(paths))
			runs := 0
			for b.Loop() {
				for i, r := range requests {
					start := time.Now()
					for range 10 {
						if _, err := table.Match(r); err != nil {
							b.Fatal(err)
						}
					}
					times[i] += time.Since(start) / 10
				}
				runs++
			}
			for i := range times {
				times[i] /= time.Duration(runs)
			}
			slices.Sort(times)
			b.ReportMetric(float64(times[len(times)/2]), "ns/median")
			b.ReportMetric(float64(times[len(times)*99/100]), "ns/p99")
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(runs*len(paths)*10), "ns/match")
		})
	}
}

// BenchmarkBuild builds tables of many routes; the time per route must stay constant.
func BenchmarkBuild(b *testing.B) {
	for _, count := range []int{100, 1_000, 10_000} {
		b.Run(fmt.Sprintf("routes=%d", count), func(b *testing.B) {
			list, _ := mixed(count)
			b.ReportAllocs()
			for b.Loop() {
				tableOfPatterns(b, list)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(count), "ns/route")
		})
	}
}

// On every machine a test can rely on the number of allocations only; time is for the benchmark.
func TestBuildingAllocatesLinearly(t *testing.T) {
	if testing.Short() {
		t.Skip("builds tables of 10,000 routes")
	}
	for name, make := range map[string]func(int) ([]string, []string){"mixed": mixed, "one shape": oneShape} {
		each := func(n int) float64 {
			list, _ := make(n)
			return testing.AllocsPerRun(1, func() { tableOfPatterns(t, list) }) / float64(n)
		}
		assert.LessOrEqual(t, each(10_000), 1.2*each(1_000), "allocations per route: %s", name)
	}
}
