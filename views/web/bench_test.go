package web_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/views/web"
)

// nullWriter is a ResponseWriter for repeated use, which discards the body.
type nullWriter struct{ header http.Header }

func (w *nullWriter) Header() http.Header               { return w.header }
func (w *nullWriter) WriteHeader(int)                   {}
func (w *nullWriter) Write(b []byte) (int, error)       { return len(b), nil }
func (w *nullWriter) WriteString(s string) (int, error) { return len(s), nil }

var keep *web.Request

var exchanges = []struct {
	name    string
	allocs  float64 // of the exchange, with the request
	respond func(r *web.Request) *web.Response
}{
	{"text", 1, func(r *web.Request) *web.Response { return r.Text("hello") }},
	{"two headers", 2, func(r *web.Request) *web.Response {
		r.Response().SetHeader("X-A", "1")
		r.Response().SetHeader("X-B", "2")
		return r.Text("hello")
	}},
	{"not found", 2, func(r *web.Request) *web.Response {
		resp, _ := web.Drive(r).ErrorResponse(web.NotFound(""))
		return resp
	}},
	{"not found/detail", 3, func(r *web.Request) *web.Response {
		resp, _ := web.Drive(r).ErrorResponse(web.NotFound("no such page"))
		return resp
	}},
}

func TestExchangeAllocations(t *testing.T) {
	app, hr, w := &web.Application{}, httptest.NewRequest(http.MethodGet, "/", nil), &nullWriter{http.Header{}}
	for _, x := range exchanges {
		assert.LessOrEqual(t, testing.AllocsPerRun(100, func() {
			clear(w.header)
			r := web.Begin(app, hr)
			_, _ = x.respond(r).Send(w, r)
		}), x.allocs, x.name)
	}
}

func BenchmarkBegin(b *testing.B) {
	app, hr := &web.Application{}, httptest.NewRequest(http.MethodGet, "/", nil)
	b.ReportAllocs()
	for b.Loop() {
		keep = web.Begin(app, hr)
	}
}

func BenchmarkExchange(b *testing.B) {
	for _, x := range exchanges {
		b.Run(x.name, func(b *testing.B) {
			app, hr, w := &web.Application{}, httptest.NewRequest(http.MethodGet, "/", nil), &nullWriter{http.Header{}}
			b.ReportAllocs()
			for b.Loop() {
				clear(w.header)
				r := web.Begin(app, hr)
				_, _ = x.respond(r).Send(w, r)
			}
		})
	}
}

// BenchmarkNetHTTPNotFound measures net/http's own 404, for comparison.
func BenchmarkNetHTTPNotFound(b *testing.B) {
	hr, w := httptest.NewRequest(http.MethodGet, "/", nil), &nullWriter{http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		clear(w.header)
		http.NotFound(w, hr)
	}
}

func BenchmarkSend(b *testing.B) {
	r, w := get("/"), &nullWriter{http.Header{}}
	resp := r.Text("hello")
	b.ReportAllocs()
	for b.Loop() {
		_, _ = resp.Send(w, r)
	}
}

func BenchmarkKey(b *testing.B) {
	key := web.NewKey("n", func(*web.Request) (int, error) { return 1, nil })
	b.Run("first", func(b *testing.B) {
		hr := httptest.NewRequest(http.MethodGet, "/", nil)
		b.ReportAllocs()
		for b.Loop() {
			_, _ = key.Get(web.Begin(nil, hr))
		}
	})
	b.Run("again", func(b *testing.B) {
		r := get("/")
		b.ReportAllocs()
		for b.Loop() {
			_, _ = key.Get(r)
		}
	})
}
