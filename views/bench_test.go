package views_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// BenchmarkBuild declares and derives many views; the time per view must not grow with their
// number.
func BenchmarkBuild(b *testing.B) {
	for _, n := range []int{100, 1_000, 10_000} {
		b.Run(fmt.Sprintf("views=%d", n), func(b *testing.B) {
			names := make([]string, n)
			for i := range names {
				names[i] = fmt.Sprint("view", i)
			}
			b.ReportAllocs()
			for b.Loop() {
				c := registry.New(registry.Options{})
				registry.AddComponent[web.SecurityPolicy](c, policy{"view"})
				for _, name := range names {
					views.Add(c, views.On(showPage), views.Name(name), views.Permission("view"), views.Method("GET"))
				}
				_, err := c.Build()
				require.NoError(b, err)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/view")
		})
	}
}

// BenchmarkDerived measures what lies between the table and the view.
func BenchmarkDerived(b *testing.B) {
	ok := func(r *web.Request, _ *page) (*web.Response, error) { return r.Response(), nil }
	pass := func(next web.Handler) web.Handler {
		return func(r *web.Request) (*web.Response, error) { return next(r) }
	}
	tests := map[string][]views.Option{
		"plain":      nil,
		"permission": {views.Permission("view")},
		"decorated":  {views.Decorate(pass)},
		"cached":     {views.CacheFor(1 << 40)},
	}
	for name, opts := range tests {
		b.Run(name, func(b *testing.B) {
			reg := build(b, func(c *registry.Config) { views.Add(c, views.On(ok), opts...) })
			table, r := views.TableOf(reg), request(reg, policy{"view"}, &page{}, "", nil)
			b.ReportAllocs()
			for b.Loop() {
				_, _ = table.Call(r)
			}
		})
	}
}

func TestCallingAViewDoesNotAllocate(t *testing.T) {
	ok := func(r *web.Request, _ *page) (*web.Response, error) { return r.Response(), nil }
	reg := build(t, func(c *registry.Config) {
		views.Add(c, views.On(ok), views.NoPermission())
		views.Add(c, views.On(ok), views.Method("POST"))
	})
	table, r := views.TableOf(reg), request(reg, nil, &page{}, "", nil)
	got := testing.AllocsPerRun(100, func() {
		if _, err := table.Call(r); err != nil {
			t.Fatal(err)
		}
	})
	require.Zero(t, got)
}
