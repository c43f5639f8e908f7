package framework_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
)

// subject is a handler to measure, and the request for it.
type subject struct {
	name    string
	handler func(testing.TB) http.Handler
	request func() *http.Request
	status  int
	allocs  float64 // budget per request; negative: none
}

// subjects returns the requests to measure, next to http.ServeMux with the same response.
func subjects() []subject {
	get := func(target string) func() *http.Request {
		return func() *http.Request { return httptest.NewRequest(http.MethodGet, target, nil) }
	}
	list := []subject{
		{"hello/mux", muxHello, get("/"), 200, -1},
		{"hello/app", hello(0, false), get("/"), 200, 1},
		{"hello/recycled", hello(0, true), get("/"), 200, 0},
		{"tweens=5", hello(5, false), get("/"), 200, 1},
		{"tweens=5/recycled", hello(5, true), get("/"), 200, 0},
		{"logged", logged, get("/"), 200, 6},
		{"json/mux", muxJSON, get("/"), 200, -1},
		{"json/app", jsonApp(false), get("/"), 200, 2 + encoderAllocs()}, // the request, and the value as an interface
		{"json/recycled", jsonApp(true), get("/"), 200, 1 + encoderAllocs()},
		{"404/mux", muxHello, get("/nowhere"), 404, -1},
		{"404/app", hello(0, false), get("/nowhere"), 404, 2},
		{"404/recycled", hello(0, true), get("/nowhere"), 404, 1},
		{"param/app", param(false), get("/users/7"), 200, 1},
		{"param/recycled", param(true), get("/users/7"), 200, 0},
		{"multiview=5", multiview, func() *http.Request {
			r := get("/")()
			r.Header.Set("Accept", "text/plain")
			return r
		}, 200, 6},
	}
	for _, depth := range []int{1, 5, 8, 32} {
		path := strings.Repeat("/child", depth)
		budget := 1.0
		if depth > 8 {
			budget = 2
		}
		list = append(list, subject{fmt.Sprintf("depth=%d", depth), tree(depth, false), get(path), 200, budget})
		if depth <= 8 {
			list = append(list, subject{fmt.Sprintf("depth=%d/recycled", depth), tree(depth, true), get(path), 200, 0})
		}
	}
	return list
}

func muxHello(testing.TB) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Type"] = plainText
		_, _ = w.Write(helloBytes)
	})
	return mux
}

var (
	plainText  = []string{"text/plain; charset=utf-8"}
	jsonType   = []string{"application/json"}
	helloBytes = []byte("Hello, world!\n")
)

func muxJSON(testing.TB) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		text, err := json.Marshal(document{Name: "Front", Version: 3})
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header()["Content-Type"] = jsonType
		_, _ = w.Write(text)
	})
	return mux
}

type document struct {
	Name    string `json:"name"`
	Version int    `json:"version"`
}

// encoderAllocs returns what encoding/json itself allocates for a document: nothing in Go 1.26, one
// object in Go 1.27.
func encoderAllocs() float64 {
	var v any = document{Name: "Front", Version: 3}
	encoder := json.NewEncoder(io.Discard)
	return testing.AllocsPerRun(200, func() { _ = encoder.Encode(v) })
}

func hello(count int, recycle bool) func(testing.TB) http.Handler {
	return func(t testing.TB) http.Handler {
		config := quiet(framework.Options{RecycleRequests: recycle})
		config.AddView(views.Func(sayHello))
		for i := range count {
			config.AddTween(fmt.Sprint("noop", i), tweens.Wrap(func(next framework.Handler) framework.Handler {
				return func(r *framework.Request) (*framework.Response, error) { return next(r) }
			}))
		}
		return build(t, config)
	}
}

// logged is hello as it runs in production, with a request id and an access log.
func logged(t testing.TB) http.Handler {
	log := zerolog.New(io.Discard).With().Timestamp().Logger()
	config := framework.New(framework.Options{Logger: &log})
	config.AddView(views.Func(sayHello))
	config.AddTween("requestid", tweens.RequestID())
	config.AddTween("accesslog", tweens.AccessLog(tweens.AccessLogOptions{}))
	return build(t, config)
}

func sayHello(r *framework.Request) (*framework.Response, error) {
	return r.Text("Hello, world!\n"), nil
}

func jsonApp(recycle bool) func(testing.TB) http.Handler {
	return func(t testing.TB) http.Handler {
		config := quiet(framework.Options{RecycleRequests: recycle})
		config.AddView(views.Func(func(*framework.Request) (document, error) {
			return document{Name: "Front", Version: 3}, nil
		}))
		return build(t, config)
	}
}

func multiview(t testing.TB) http.Handler {
	config := quiet(framework.Options{})
	config.AddView(views.Func(sayHello), views.Method("GET"))
	config.AddView(views.Func(sayHello), views.Method("POST"))
	config.AddView(views.Func(sayHello), views.Param("edit"))
	config.AddView(views.Func(sayHello), views.Header("X-Preview"))
	config.AddView(views.Func(sayHello), views.XHR(true))
	return build(t, config)
}

func param(recycle bool) func(testing.TB) http.Handler {
	return func(t testing.TB) http.Handler {
		config := quiet(framework.Options{RecycleRequests: recycle})
		config.AddRoute("user", "/users/{id}")
		config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) { return r.Text(r.Param("id")), nil }), views.Route("user"))
		return build(t, config)
	}
}

func tree(depth int, recycle bool) func(testing.TB) http.Handler {
	return func(t testing.TB) http.Handler {
		var leaf traversal.Resource = traversal.Map{}
		for range depth {
			leaf = traversal.Map{"child": leaf}
		}
		config := quiet(framework.Options{
			Root:            func(*framework.Request) (traversal.Resource, error) { return leaf, nil },
			RecycleRequests: recycle,
		})
		config.AddView(views.Func(sayHello))
		return build(t, config)
	}
}

func quiet(o framework.Options) *framework.Configurator {
	log := zerolog.Nop()
	o.Logger = &log
	return framework.New(o)
}

func build(t testing.TB, config *framework.Configurator) *framework.App {
	t.Helper()
	app, err := config.App()
	require.NoError(t, err)
	return app
}

// writer is a reusable http.ResponseWriter that stores nothing but the status.
type writer struct {
	header http.Header
	status int
}

func (w *writer) Header() http.Header { return w.header }
func (w *writer) WriteHeader(s int)   { w.status = s }
func (w *writer) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return len(p), nil
}
func (w *writer) WriteString(s string) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return len(s), nil
}
func (w *writer) reset() { clear(w.header); w.status = 0 }

// BenchmarkRequest measures whole requests. The live heap of 64 MB makes the collector work as it
// would in a program with data of its own; without one it runs all the time, which misleads.
func BenchmarkRequest(b *testing.B) {
	for _, heap := range []int{0, 64} {
		live := make([]*[1 << 10]byte, 0, heap<<10)
		for range heap << 10 {
			live = append(live, new([1 << 10]byte))
		}
		for _, s := range subjects() {
			b.Run(fmt.Sprintf("heap=%dMB/%s", heap, s.name), func(b *testing.B) {
				handler, r, w := s.handler(b), s.request(), &writer{header: http.Header{}}
				b.ReportAllocs()
				for b.Loop() {
					w.reset()
					handler.ServeHTTP(w, r)
				}
				if w.status != s.status {
					b.Fatalf("status %d, want %d", w.status, s.status)
				}
			})
		}
		runtime.KeepAlive(live)
	}
}

func TestAllocationBudgets(t *testing.T) {
	for _, s := range subjects() {
		t.Run(s.name, func(t *testing.T) {
			handler, r, w := s.handler(t), s.request(), &writer{header: http.Header{}}
			handler.ServeHTTP(w, r)
			require.Equal(t, s.status, w.status)
			got := testing.AllocsPerRun(200, func() {
				w.reset()
				handler.ServeHTTP(w, r)
			})
			if s.allocs >= 0 && !raceEnabled {
				assert.LessOrEqual(t, got, s.allocs, "allocations per request")
			}
		})
	}
}

// BenchmarkBuild builds applications with many views. The time per view should stay the same.
func BenchmarkBuild(b *testing.B) {
	for _, count := range []int{100, 1_000, 10_000} {
		b.Run(fmt.Sprintf("views=%d", count), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				config := quiet(framework.Options{})
				for i := range count {
					config.AddView(views.Func(sayHello), views.Name(fmt.Sprintf("view-%d", i/4)), views.Method([]string{"GET", "POST", "PUT", "DELETE"}[i%4]))
				}
				build(b, config)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(count), "ns/view")
		})
	}
}
