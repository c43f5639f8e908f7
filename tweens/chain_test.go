package tweens_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views/web"
)

// pass is a tween that only calls the next handler.
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

func (w *discardWriter) Header() http.Header         { return w.header }
func (w *discardWriter) WriteHeader(int)             {}
func (w *discardWriter) Write(p []byte) (int, error) { return len(p), nil }

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

func TestChainCallsOutermostFirst(t *testing.T) {
	t.Parallel()
	var trace []string
	mark := func(name string) tweens.Factory {
		return tweens.Wrap(func(next web.Handler) web.Handler {
			return func(r *web.Request) (*web.Response, error) {
				trace = append(trace, name)
				defer func() { trace = append(trace, name+" out") }()
				return next(r)
			}
		})
	}
	reg := mustBuild(t, func(c *registry.Config) {
		tweens.Add(c, "a", mark("old a"))
		c.Commit()
		tweens.Add(c, "b", mark("b"))
		tweens.Add(c, "a", mark("a"))
	})
	h, err := tweens.Chain(reg, func(r *web.Request) (*web.Response, error) {
		trace = append(trace, "main")
		return r.Text("x"), nil
	})
	require.NoError(t, err)
	w, err := get(h)
	require.NoError(t, err)
	assert.Equal(t, "x", w.Body.String())
	assert.Equal(t, []string{"a", "b", "main", "b out", "a out"}, trace)
}

func TestChainReportsFailedFactories(t *testing.T) {
	t.Parallel()
	boom := errors.New("no disk")
	tests := []struct {
		name    string
		factory tweens.Factory
		want    string
	}{
		{"error", tweens.New(func(web.Handler, *registry.Registry) (web.Handler, error) { return nil, boom }), "no disk"},
		{"panic", tweens.New(func(web.Handler, *registry.Registry) (web.Handler, error) { panic(boom) }), "panic: no disk"},
		{"nothing", tweens.New(func(web.Handler, *registry.Registry) (web.Handler, error) { return nil, nil }),
			"factory returned neither a handler nor an error"},
		{"Wrap returned nil", tweens.Wrap(func(web.Handler) web.Handler { return nil }),
			"factory returned neither a handler nor an error"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			reg := mustBuild(t, func(c *registry.Config) { tweens.Add(c, "a", tt.factory) })
			h, err := tweens.Chain(reg, text("x"))
			assert.Nil(t, h)
			mistake, ok := errors.AsType[*registry.Mistake](err)
			require.True(t, ok)
			assert.Contains(t, mistake.Source.String(), "chain_test.go:")
			assert.EqualError(t, mistake.Err, `tween "a": `+tt.want)
			assert.Equal(t, strings.Contains(tt.want, "no disk"), errors.Is(err, boom))
		})
	}
}
