package bench

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/julienschmidt/httprouter"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// load is a set of endpoints with the requests to send to them.
type load struct {
	name       string
	endpoints  []endpoint
	middleware int
	sends      []*http.Request // nil sends one request to each endpoint
}

func loads(t testing.TB) []load {
	hello := []endpoint{{method: "GET", pattern: "/hello"}}
	return []load{
		{name: "hello", endpoints: hello},
		{name: "middleware=5", endpoints: hello, middleware: 5},
		{name: "json", endpoints: []endpoint{{method: "GET", pattern: "/doc", json: true}}},
		{name: "params=1", endpoints: []endpoint{{method: "GET", pattern: "/users/{id}"}}},
		{name: "params=5", endpoints: []endpoint{{method: "GET", pattern: "/{a}/{b}/{c}/{d}/{e}"}}},
		{name: "github", endpoints: github(t)},
		{name: "404", endpoints: github(t), sends: []*http.Request{httptest.NewRequest("GET", "/nowhere/at/all", nil)}},
	}
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
			reference := contenders[1].make(t, l.endpoints, l.middleware)
			for _, c := range contenders {
				handler := c.make(t, l.endpoints, l.middleware)
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

func BenchmarkFrameworks(b *testing.B) {
	live := make([]*[1 << 10]byte, 0, 64<<10)
	for range 64 << 10 {
		live = append(live, new([1 << 10]byte))
	}
	for _, l := range loads(b) {
		for _, c := range contenders {
			b.Run(l.name+"/"+c.name, func(b *testing.B) {
				handler, requests, w := c.make(b, l.endpoints, l.middleware), l.requests(), &writer{header: http.Header{}}
				b.ReportAllocs()
				for b.Loop() {
					for _, r := range requests {
						w.reset()
						handler.ServeHTTP(w, r)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(requests)), "ns/request")
			})
		}
	}
	_ = live[:len(live)]
}
