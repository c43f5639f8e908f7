package framework_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/julienschmidt/httprouter"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/views"
)

// call is one endpoint and a request for it.
type call struct {
	method, pattern, path string
	request               *http.Request
}

func newCall(method, pattern string) call {
	path := strings.NewReplacer("{", "a-", "}", "", "*", "b/").Replace(pattern)
	return call{method, pattern, path, httptest.NewRequest(method, path, nil)}
}

// githubCalls are GitHub's REST API.
func githubCalls(t testing.TB) []call {
	text, err := os.ReadFile("routes/testdata/github.txt")
	require.NoError(t, err)
	var calls []call
	for line := range strings.Lines(string(text)) {
		if method, pattern, ok := strings.Cut(strings.TrimSpace(line), " "); ok && method != "#" {
			calls = append(calls, newCall(method, pattern))
		}
	}
	return calls
}

// dispatcher makes a handler that responds "ok" to the calls, and returns the calls that it
// accepted.
type dispatcher struct {
	name string
	make func(t testing.TB, calls []call) (http.Handler, []call)
}

var dispatchers = []dispatcher{
	{"app", routedApp}, {"recycled", recycledApp},
	{"mux", func(_ testing.TB, calls []call) (http.Handler, []call) {
		mux := http.NewServeMux()
		return mux, accepted(calls, func(c call) {
			pattern := c.pattern
			if before, star, ok := strings.Cut(pattern, "*"); ok {
				pattern = before + "{" + star + "...}"
			} else if strings.HasSuffix(pattern, "/") {
				pattern += "{$}"
			}
			mux.HandleFunc(c.method+" "+pattern, func(w http.ResponseWriter, _ *http.Request) { writeOK(w) })
		})
	}},
	{"httprouter", func(_ testing.TB, calls []call) (http.Handler, []call) {
		router := httprouter.New()
		router.HandleMethodNotAllowed, router.RedirectFixedPath, router.RedirectTrailingSlash = false, false, false
		return router, accepted(calls, func(c call) {
			pattern := strings.NewReplacer("{", ":", "}", "").Replace(c.pattern)
			router.Handle(c.method, pattern, func(w http.ResponseWriter, _ *http.Request, _ httprouter.Params) { writeOK(w) })
		})
	}},
}

func writeOK(w http.ResponseWriter) {
	w.Header()["Content-Type"] = plainText
	_, _ = io.WriteString(w, "ok")
}

// accepted registers calls, and leaves out those that other routers refuse with a panic.
func accepted(calls []call, register func(call)) (taken []call) {
	for _, c := range calls {
		func() {
			defer func() { _ = recover() }()
			register(c)
			taken = append(taken, c)
		}()
	}
	return taken
}

// routedApp has a route for each pattern, and a view for each method of it. recycledApp is the same,
// with requests that are used again.
func routedApp(t testing.TB, calls []call) (http.Handler, []call) { return routed(t, calls, false) }

func recycledApp(t testing.TB, calls []call) (http.Handler, []call) { return routed(t, calls, true) }

func routed(t testing.TB, calls []call, recycle bool) (http.Handler, []call) {
	config := quiet(framework.Options{RecycleRequests: recycle})
	seen := map[string]bool{}
	for _, c := range calls {
		if !seen[c.pattern] {
			seen[c.pattern] = true
			config.AddRoute(c.pattern, c.pattern)
		}
		config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			return r.Text("ok"), nil
		}), views.Route(c.pattern), views.Method(c.method))
	}
	return build(t, config), calls
}

// BenchmarkRouting measures whole requests to applications with routes, next to plain httprouter
// and http.ServeMux. One operation of "github" is the whole list.
func BenchmarkRouting(b *testing.B) {
	subjects := []struct {
		name   string
		routes []call
		calls  []call // nil: all routes
	}{
		{"params=1", []call{newCall("GET", "/users/{id}")}, nil},
		{"params=5", []call{newCall("GET", "/{a}/{b}/{c}/{d}/{e}")}, nil},
		{"github", githubCalls(b), nil},
		{"404", githubCalls(b), []call{newCall("GET", "/nowhere/at/all")}},
		{"404-below-a-marker", githubCalls(b), []call{newCall("GET", "/repos/a/b/nothing")}},
	}
	for _, heap := range []int{0, 64} { // see BenchmarkRequest
		live := make([]*[1 << 10]byte, 0, heap<<10)
		for range heap << 10 {
			live = append(live, new([1 << 10]byte))
		}
		for _, s := range subjects {
			for _, d := range dispatchers {
				b.Run(fmt.Sprintf("heap=%dMB/%s/%s", heap, s.name, d.name), func(b *testing.B) {
					handler, calls := d.make(b, s.routes)
					if s.calls != nil {
						calls = s.calls
					}
					w := &writer{header: http.Header{}}
					b.ReportAllocs()
					for b.Loop() {
						for i := range calls {
							w.reset()
							handler.ServeHTTP(w, calls[i].request)
						}
					}
					b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(calls)), "ns/request")
				})
			}
		}
		runtime.KeepAlive(live)
	}
}

func TestRoutedRequestsAllocateOnce(t *testing.T) { testRoutedAllocations(t, routedApp, 1) }

func TestRecycledRoutedRequestsAllocateNothing(t *testing.T) {
	testRoutedAllocations(t, recycledApp, 0)
}

func testRoutedAllocations(t *testing.T, make func(testing.TB, []call) (http.Handler, []call), most float64) {
	handler, calls := make(t, githubCalls(t))
	w := &writer{header: http.Header{}}
	for _, c := range calls {
		w.reset()
		handler.ServeHTTP(w, c.request)
		require.Equal(t, http.StatusOK, w.status, c.path)
		got := testing.AllocsPerRun(100, func() {
			w.reset()
			handler.ServeHTTP(w, c.request)
		})
		if !raceEnabled {
			assert.LessOrEqual(t, got, most, c.path)
		}
	}
}
