package registry_test

import (
	"fmt"
	"testing"

	"github.com/mastaba-go/mastaba/registry"
)

type benchKey struct {
	route, resource, name string
}

// addBench is a directive like views.Add.
func addBench(rec registry.Recorder, i int, run func(*registry.Config, *registry.Registry) error) {
	c := rec.Directive()
	name := fmt.Sprint(i)
	c.Declare(registry.Declaration{
		Category: "views",
		ID:       benchKey{"", "*wiki.Page", name},
		Title:    name,
		Subject:  "view",
		Run:      run,
	})
}

func noop(*registry.Config, *registry.Registry) error { return nil }

func declare(n int) *registry.Config {
	c := registry.New(registry.Options{})
	for i := range n {
		addBench(c, i, noop)
	}
	return c
}

// declareChain returns a configuration in which every declaration declares the next one when it
// runs.
func declareChain(n int) *registry.Config {
	c := registry.New(registry.Options{})
	var next func(i int) func(c *registry.Config, _ *registry.Registry) error
	next = func(i int) func(c *registry.Config, _ *registry.Registry) error {
		return func(c *registry.Config, _ *registry.Registry) error {
			if i+1 < n {
				addBench(c, i+1, next(i+1))
			}
			return nil
		}
	}
	addBench(c, 0, next(0))
	return c
}

func BenchmarkDeclare(b *testing.B) {
	c := registry.New(registry.Options{})
	b.ReportAllocs()
	for b.Loop() {
		c.Directive().Declare(registry.Declaration{ID: "x", Run: noop})
	}
}

func BenchmarkBuild(b *testing.B) {
	kinds := map[string]func(int) *registry.Config{
		"plain": declare,
		"chain": declareChain,
		"waiting": func(n int) *registry.Config { // some declare more while all others wait
			c := registry.New(registry.Options{})
			for i := range n / 2 {
				addBench(c, i, func(c *registry.Config, _ *registry.Registry) error { addBench(c, i+n/2, noop); return nil })
			}
			return c
		},
		"overridden": func(n int) *registry.Config {
			c := registry.New(registry.Options{})
			for i := range n / 2 {
				addBench(c, i, noop)
			}
			c.Include("i", func(c *registry.Config) error {
				for i := range n / 2 {
					addBench(c, i, noop)
				}
				return nil
			})
			return c
		},
		"orders": func(n int) *registry.Config {
			c := registry.New(registry.Options{})
			for i := range n {
				c.Declare(registry.Declaration{ID: i, Phase: n - i})
			}
			return c
		},
	}
	for _, kind := range []string{"plain", "chain", "waiting", "overridden", "orders"} {
		for _, n := range []int{100, 1_000, 10_000} {
			b.Run(fmt.Sprintf("%s/actions=%d", kind, n), func(b *testing.B) {
				c := kinds[kind](n)
				b.ReportAllocs()
				for b.Loop() {
					if _, err := c.Build(); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/action")
			})
		}
	}
}

func BenchmarkLookup(b *testing.B) {
	c := registry.New(registry.Options{})
	c.Declare(registry.Declaration{Run: func(_ *registry.Config, reg *registry.Registry) error { registry.Provide(reg, 1); return nil }})
	reg, _ := c.Build()
	b.ReportAllocs()
	for b.Loop() {
		registry.Lookup[int](reg)
	}
}
