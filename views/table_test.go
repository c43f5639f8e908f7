package views_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

func BenchmarkLookup(b *testing.B) {
	view := views.Func(func(*web.Request) (*web.Response, error) { return fixed, nil })
	cases := []struct {
		name    string
		declare func(c *registry.Config)
		rq      req
	}{
		{"single", func(c *registry.Config) { views.Add(c, view, views.For[*page]()) }, req{}},
		{"any", func(c *registry.Config) { views.Add(c, view) }, req{}},
		{"interface", func(c *registry.Config) { views.Add(c, view, views.For[titled]()) }, req{}},
		{"route", func(c *registry.Config) { views.Add(c, view, views.Route("r")) }, req{match: &web.Match{Routed: &web.Routed{Route: "r"}}}},
		{"multi=5/last", five(view), req{}},
		{"multi=5/first", five(view), req{line: "PUT /"}},
		{"accept=2", func(c *registry.Config) {
			views.Add(c, view, views.Accept("text/html"))
			views.Add(c, view, views.Accept("application/json"))
		}, req{header: []string{"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}}},
		{"404/name", func(c *registry.Config) { views.Add(c, view) }, req{name: "none"}},
		{"404/predicate", func(c *registry.Config) { views.Add(c, view, views.XHR(true)) }, req{}},
		{"405", func(c *registry.Config) { views.Add(c, view, views.Method("POST")) }, req{}},
	}
	for _, bc := range cases {
		b.Run(bc.name, func(b *testing.B) {
			table := views.TableOf(build(b, bc.declare))
			bc.rq.res = &page{}
			r := bc.rq.of(nil)
			b.ReportAllocs()
			for b.Loop() {
				_, _ = table.Call(r)
			}
		})
	}
}

var fixed = web.Respond(200)

// five views for one resource: four with a predicate, one without.
func five(view views.View) func(c *registry.Config) {
	return func(c *registry.Config) {
		views.Add(c, view, views.For[*page]())
		for _, method := range []string{"POST", "PATCH", "DELETE", "PUT"} {
			views.Add(c, view, views.For[*page](), views.Method(method), views.Not(views.XHR(true)))
		}
	}
}

func BenchmarkCallError(b *testing.B) {
	table := views.TableOf(build(b, func(c *registry.Config) {
		views.AddError(c, views.Func(func(*web.Request) (*web.Response, error) { return fixed, nil }), views.For[*diskError]())
	}))
	r := req{}.of(nil)
	for name, err := range map[string]error{"typed": wrap(&diskError{}), "404": web.NotFound("")} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _, _ = table.CallError(r, err)
			}
		})
	}
}

// declareMany records n views in one of several shapes.
var declareMany = map[string]func(c *registry.Config, n int){
	"names": func(c *registry.Config, n int) {
		for i := range n {
			views.Add(c, views.On(showPage), views.Name(fmt.Sprint("view", i)), views.Method("GET"))
		}
	},
	"one group": func(c *registry.Config, n int) {
		for i := range n {
			views.Add(c, views.On(showPage), views.Param(fmt.Sprint("p", i)))
		}
	},
	"names and types": func(c *registry.Config, n int) {
		library(c)
		views.Resource[*book](c)
		views.Order[*book](c)
		for i := range n / 4 {
			name := views.Name(fmt.Sprint("view", i))
			views.Add(c, say("x"), name)
			views.Add(c, say("x"), name, views.For[*document]())
			views.Add(c, say("x"), name, views.For[thing]())
			views.Add(c, say("x"), name, views.For[container]())
		}
	},
	"routes": func(c *registry.Config, n int) {
		for i := range n {
			views.Add(c, views.On(showPage), views.Route(fmt.Sprint("route", i)), views.Accept("text/html"))
		}
	},
}

func BenchmarkBuildTable(b *testing.B) {
	for shape, declare := range declareMany {
		for _, n := range []int{100, 1000, 10_000} {
			b.Run(fmt.Sprintf("%s/views=%d", shape, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					build(b, func(c *registry.Config) { declare(c, n) })
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/view")
			})
		}
	}
}

// What a test can hold on any machine is the number of allocations; time is for the benchmark.
func TestBuildingAllocatesLinearly(t *testing.T) {
	if testing.Short() {
		t.Skip("builds applications of 10,000 views")
	}
	for shape, declare := range declareMany {
		each := func(n int) float64 {
			return testing.AllocsPerRun(1, func() { build(t, func(c *registry.Config) { declare(c, n) }) }) / float64(n)
		}
		assert.LessOrEqual(t, each(10_000), 1.2*each(1_000), "allocations a view: %s", shape)
	}
}
