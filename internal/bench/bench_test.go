package bench

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/julienschmidt/httprouter"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// load is a set of endpoints with the requests to send to them.
type load struct {
	name       string
	endpoints  []endpoint
	middleware int
	depth      int             // of a tree in memory, in place of endpoints
	sends      []*http.Request // nil sends one request to each endpoint
	solo       bool            // only mastaba plays: others have no such thing, or do less by default
}

func loads(t testing.TB) []load {
	hello := []endpoint{{method: "GET", pattern: "/hello"}}
	all := []load{
		{name: "hello", endpoints: hello},
		{name: "middleware=5", endpoints: hello, middleware: 5},
		{name: "json", endpoints: []endpoint{{method: "GET", pattern: "/doc", json: true}}},
		{name: "params=1", endpoints: []endpoint{{method: "GET", pattern: "/users/{id}"}}},
		{name: "params=5", endpoints: []endpoint{{method: "GET", pattern: "/{a}/{b}/{c}/{d}/{e}"}}},
		{name: "github", endpoints: github(t)},
		{name: "404", endpoints: github(t), sends: one("GET", "/nowhere/at/all")},
		{name: "405", endpoints: github(t), sends: one("DELETE", "/user/repos"), solo: true},
		{name: "OPTIONS", endpoints: github(t), sends: one("OPTIONS", "/user/repos"), solo: true},
	}
	for _, depth := range []int{0, 1, 5, 8, 32} {
		path := "/" + strings.TrimPrefix(strings.Repeat("/child", depth), "/")
		all = append(all, load{name: fmt.Sprintf("depth=%d", depth), depth: depth, sends: one("GET", path), solo: true})
	}
	return all
}

// contenders returns those that play.
func (l load) contenders() []contender {
	if l.solo {
		return mastabas
	}
	return slices.Concat(mastabas, others)
}

func one(method, target string) []*http.Request {
	return []*http.Request{httptest.NewRequest(method, target, nil)}
}

func (l load) requests() []*http.Request {
	if l.sends != nil {
		return l.sends
	}
	var all []*http.Request
	for _, e := range l.endpoints {
		path := strings.NewReplacer("{", "a-", "}", "").Replace(e.pattern)
		all = append(all, httptest.NewRequest(e.method, path, nil))
	}
	return all
}

// github returns the endpoints of GitHub's REST API that every contender supports: without those
// that httprouter rejects as conflicts, and without catch-alls, whose syntax differs.
func github(t testing.TB) []endpoint {
	text, err := os.ReadFile("../../framework/routes/testdata/github.txt")
	require.NoError(t, err)
	probe := httprouter.New()
	var all []endpoint
	for line := range strings.Lines(string(text)) {
		method, pattern, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || method == "#" || strings.Contains(pattern, "*") {
			continue
		}
		e := endpoint{method: method, pattern: pattern}
		if accepts(probe, e) {
			all = append(all, e)
		}
	}
	return all
}

func accepts(router *httprouter.Router, e endpoint) (ok bool) {
	defer func() { ok = recover() == nil }()
	router.Handle(e.method, e.colons(), func(http.ResponseWriter, *http.Request, httprouter.Params) {})
	return true
}

// TestSameResponses checks that all contenders send the same status, body and content type.
func TestSameResponses(t *testing.T) {
	for _, l := range loads(t) {
		t.Run(l.name, func(t *testing.T) {
			if l.solo {
				t.Skip("the tests of package framework check these responses")
			}
			reference := makeMux(t, l)
			for _, c := range l.contenders() {
				handler := c.make(t, l)
				for _, r := range l.requests() {
					got, want := httptest.NewRecorder(), httptest.NewRecorder()
					handler.ServeHTTP(got, r)
					reference.ServeHTTP(want, r)
					require.Equal(t, want.Code, got.Code, "%s: %s %s", c.name, r.Method, r.URL)
					if want.Code != http.StatusOK {
						continue // each has its own error texts
					}
					assert.Equal(t, strings.TrimSpace(want.Body.String()), strings.TrimSpace(got.Body.String()), "%s: %s", c.name, r.URL)
					wantType, _, _ := strings.Cut(want.Header().Get("Content-Type"), ";")
					gotType, _, _ := strings.Cut(got.Header().Get("Content-Type"), ";")
					assert.Equal(t, wantType, gotType, "%s: %s", c.name, r.URL)
				}
			}
		})
	}
	require.Greater(t, len(github(t)), 150, "endpoints that all contenders support")
}

// writer is a reusable http.ResponseWriter that keeps only the status.
type writer struct {
	header http.Header
	status int
}

func (w *writer) Header() http.Header { return w.header }
func (w *writer) WriteHeader(s int) {
	if w.status == 0 {
		w.status = s
	}
}
func (w *writer) Write(p []byte) (int, error)       { w.WriteHeader(http.StatusOK); return len(p), nil }
func (w *writer) WriteString(s string) (int, error) { w.WriteHeader(http.StatusOK); return len(s), nil }
func (w *writer) reset()                            { clear(w.header); w.status = 0 }

// BenchmarkFrameworks plays one round per operation: every contender in turn, so that whatever else
// the machine does slows all of them alike. It reports the median time per request of each, and the
// median, lowest and highest ratio of Mastaba to gin and to ServeMux in the same round.
//
// The live heap of 64 MB makes the collector work as it would in a program with data of its own.
func BenchmarkFrameworks(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	live := make([]*[1 << 10]byte, 0, 64<<10)
	for range 64 << 10 {
		live = append(live, new([1 << 10]byte))
	}
	for _, l := range loads(b) {
		b.Run(l.name, func(b *testing.B) {
			players := l.contenders()
			handlers := make([]http.Handler, len(players))
			for i, c := range players {
				handlers[i] = c.make(b, l)
			}
			requests := l.requests()
			rounds := make([][]float64, len(players))
			for b.Loop() {
				for i, handler := range handlers {
					rounds[i] = append(rounds[i], nanoseconds(handler, requests))
				}
			}
			b.ReportMetric(0, "ns/op") // says nothing: all rounds take the same time
			for i, c := range players {
				b.ReportMetric(median(rounds[i]), c.name+"-ns")
			}
			for i, c := range players {
				if c.name != "gin" && c.name != "ServeMux" {
					continue
				}
				for ours, m := range mastabas {
					var ratios []float64
					for round := range rounds[ours] {
						ratios = append(ratios, rounds[ours][round]/rounds[i][round])
					}
					b.ReportMetric(median(ratios), m.name+"/"+c.name)
					b.ReportMetric(slices.Min(ratios), m.name+"/"+c.name+"-min")
					b.ReportMetric(slices.Max(ratios), m.name+"/"+c.name+"-max")
				}
			}
		})
	}
	runtime.KeepAlive(live)
}

// BenchmarkEach measures one contender at a time, for profilers and for counting instructions: see
// .ci/instructions.
func BenchmarkEach(b *testing.B) {
	for _, l := range loads(b) {
		for _, c := range l.contenders() {
			b.Run(l.name+"/"+c.name, func(b *testing.B) {
				handler, requests, w := c.make(b, l), l.requests(), &writer{header: http.Header{}}
				b.ReportAllocs()
				b.ResetTimer()
				for i := range b.N {
					w.reset()
					handler.ServeHTTP(w, requests[i%len(requests)])
				}
			})
		}
	}
}

// turn is how long one contender plays. A garbage collection that an earlier contender has caused
// must not last for a large part of it: within 20 ms it doubled the times of those after us.
const turn = 100 * time.Millisecond

// nanoseconds plays the requests for a turn, and returns the time per request.
func nanoseconds(handler http.Handler, requests []*http.Request) float64 {
	w, count := &writer{header: http.Header{}}, 0
	began := now()
	for now()-began < turn {
		for range 1 + 500/len(requests) { // not each time: reading the clock costs as much as a request
			for _, r := range requests {
				w.reset()
				handler.ServeHTTP(w, r)
			}
			count += len(requests)
		}
	}
	return float64((now() - began).Nanoseconds()) / float64(count)
}

func median(list []float64) float64 {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[len(sorted)/2]
}
