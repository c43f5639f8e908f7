package tweens_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views/web"
)

// pass is a no-op tween as users write them: a call of its own.
func pass(next web.Handler) web.Handler {
	return func(r *web.Request) (*web.Response, error) { return next(r) }
}

func BenchmarkChain(b *testing.B) {
	resp := web.Respond(200)
	main := func(*web.Request) (*web.Response, error) { return resp, nil }
	for _, n := range []int{0, 1, 5} {
		b.Run(fmt.Sprintf("tweens=%d", n), func(b *testing.B) {
			reg := mustBuild(b, func(c *registry.Config) {
				names := []string{"identity"} // ExcView is measured on its own
				tweens.Add(c, "identity", noop)
				for i := range n {
					names = append(names, fmt.Sprint("t", i))
					tweens.Add(c, names[i+1], tweens.Wrap(pass))
				}
				tweens.SetOrder(c, names...)
			})
			h, err := tweens.Chain(reg, main)
			require.NoError(b, err)
			r := request("GET", "/")
			b.ReportAllocs()
			for b.Loop() {
				if _, err := h(r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkExcView(b *testing.B) {
	resp := web.Respond(200)
	h := around(b, tweens.ErrorViews(func(*web.Request, error) (*web.Response, bool, error) { return nil, false, nil }),
		func(*web.Request) (*web.Response, error) { return resp, nil })
	r := request("GET", "/")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := h(r); err != nil {
			b.Fatal(err)
		}
	}
}

// blank is a writer that throws away.
type blank struct{ header http.Header }

func (w *blank) Header() http.Header         { return w.header }
func (w *blank) WriteHeader(int)             {}
func (w *blank) Write(p []byte) (int, error) { return len(p), nil }

func (w *blank) WriteString(s string) (int, error) { return len(s), nil }

func BenchmarkFromMiddleware(b *testing.B) {
	through := func(m middleware, main web.Handler) web.Handler { return around(b, tweens.FromMiddleware(m), main) }
	plain := func(next http.Handler) http.Handler { return next }
	long := text(strings.Repeat("x", 1<<20))
	for _, bm := range []struct {
		name string
		h    web.Handler
	}{
		{"without", text("hello")},
		{"short", through(plain, text("hello"))},
		{"twice", through(plain, through(plain, text("hello")))},
		{"stream=1MiB", through(plain, long)},
	} {
		b.Run(bm.name, func(b *testing.B) {
			hr := request("GET", "/").Request
			w := &blank{header: http.Header{}}
			b.ReportAllocs()
			for b.Loop() {
				clear(w.header)
				if err := respond(bm.h, web.Begin(nil, hr), w); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkBuild(b *testing.B) {
	for _, n := range []int{10, 100, 1000, 10_000} {
		b.Run(fmt.Sprintf("tweens=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				reg := mustBuild(b, func(c *registry.Config) {
					for i := range n {
						name := fmt.Sprint("t", i)
						switch i % 3 {
						case 0:
							tweens.Add(c, name, noop)
						case 1:
							tweens.Add(c, name, noop, tweens.Under(fmt.Sprint("t", i-1)))
						case 2:
							tweens.Add(c, name, noop, tweens.Over(tweens.Main, "ghost"))
						}
					}
				})
				if _, err := tweens.Chain(reg, text("x")); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/tween")
		})
	}
}
