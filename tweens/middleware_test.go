package tweens_test

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views/web"
)

type middleware = func(http.Handler) http.Handler

// through returns main with middleware around it.
func through(t testing.TB, m middleware, main web.Handler) web.Handler {
	t.Helper()
	return around(t, tweens.FromMiddleware(m), main)
}

// handle makes middleware of one function.
func handle(fn func(next http.Handler, w http.ResponseWriter, r *http.Request)) middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fn(next, w, r) })
	}
}

// gzipMiddleware is typical gzip middleware: it flushes, and its writer can be unwrapped.
func gzipMiddleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		zw := &gzipWriter{ResponseWriter: w, zip: gzip.NewWriter(w)}
		defer zw.zip.Close()
		next.ServeHTTP(zw, r)
	})
}

type gzipWriter struct {
	http.ResponseWriter
	zip *gzip.Writer
}

func (w *gzipWriter) WriteHeader(status int) {
	w.Header().Del("Content-Length")
	w.ResponseWriter.WriteHeader(status)
}
func (w *gzipWriter) Write(p []byte) (int, error) { return w.zip.Write(p) }
func (w *gzipWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
func (w *gzipWriter) FlushError() error {
	if err := w.zip.Flush(); err != nil {
		return err
	}
	return http.NewResponseController(w.ResponseWriter).Flush()
}

func unzip(t testing.TB, r io.Reader) string {
	t.Helper()
	zr, err := gzip.NewReader(r)
	require.NoError(t, err)
	all, err := io.ReadAll(zr)
	require.NoError(t, err)
	return string(all)
}

// corsMiddleware is typical CORS middleware.
func corsMiddleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Add("Vary", "Origin")
		if r.Method == http.MethodOptions {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// serve serves h over a connection, with 500 for errors. net/http handles panics.
func serve(t testing.TB, h web.Handler) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		r := web.Begin(nil, hr)
		defer func() { assert.NoError(t, web.Drive(r).RunFinishedCallbacks()) }()
		resp, err := h(r)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		if sent, err := resp.Send(w, r); err != nil {
			if sent.Started {
				panic(http.ErrAbortHandler)
			}
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	}))
	server.Start()
	t.Cleanup(server.Close)
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	return server
}

func fetch(t testing.TB, server *httptest.Server, path string) (*http.Response, string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", server.URL+path, nil)
	require.NoError(t, err)
	client := server.Client()
	resp, err := client.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp, string(body), err
}

func TestMiddlewareSeesAndChangesTheResponse(t *testing.T) {
	t.Parallel()
	h := through(t, corsMiddleware, func(r *web.Request) (*web.Response, error) {
		resp := r.Text("hello")
		resp.SetStatus(http.StatusCreated)
		resp.AddHeader("Set-Cookie", "a=1")
		resp.AddHeader("Set-Cookie", "b=2")
		return resp, nil
	})
	resp, err := h(request("GET", "/"))
	require.NoError(t, err)
	body, whole := resp.Body()
	assert.True(t, whole, "outer tweens see short output as bytes")
	assert.Equal(t, "hello", string(body))
	assert.Equal(t, http.StatusCreated, resp.Status())
	assert.Equal(t, "*", resp.Header("Access-Control-Allow-Origin"))
	assert.Equal(t, []string{"a=1", "b=2"}, resp.Headers()["Set-Cookie"])
	assert.Equal(t, "text/plain; charset=utf-8", resp.ContentType())
}

func TestMiddlewareThatNeverCallsNext(t *testing.T) {
	t.Parallel()
	main := func(*web.Request) (*web.Response, error) { panic("called") }
	tests := []struct {
		name   string
		m      middleware
		status int
		body   string
	}{
		{"writes nothing", handle(func(http.Handler, http.ResponseWriter, *http.Request) {}), 200, ""},
		{"status alone", handle(func(_ http.Handler, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }), 204, ""},
		{"no body allowed", handle(func(_ http.Handler, w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(304)
			_, err := io.WriteString(w, "x")
			assert.ErrorIs(t, err, http.ErrBodyNotAllowed)
		}), 304, ""},
		{"first status counts", handle(func(_ http.Handler, w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(103)
			w.WriteHeader(403)
			w.WriteHeader(200)
			fmt.Fprint(w, "no")
		}), 403, "no"},
		{"late headers do not count", handle(func(_ http.Handler, w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, "<p>x")
			w.Header().Set("Late", "1")
		}), 200, "<p>x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w, err := get(through(t, tt.m, main))
			require.NoError(t, err)
			assert.Equal(t, tt.status, w.Code)
			assert.Equal(t, tt.body, w.Body.String())
			assert.Empty(t, w.Header().Get("Late"))
			if strings.HasPrefix(tt.body, "<") {
				assert.Equal(t, "text/html; charset=utf-8", w.Header().Get("Content-Type"), "sniffed, as net/http does")
			}
		})
	}
}

type valueKey struct{}

func TestMiddlewareChangesTheRequest(t *testing.T) {
	t.Parallel()
	m := func(next http.Handler) http.Handler {
		next = http.StripPrefix("/api", next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r = r.WithContext(context.WithValue(r.Context(), valueKey{}, "value"))
			r.Header.Set("X-Added", "1")
			next.ServeHTTP(w, r)
		})
	}
	attribute := web.NewKey[string]("attribute", nil)
	h := through(t, m, func(r *web.Request) (*web.Response, error) {
		attribute.Set(r, "set inside")
		found, ok := web.FromContext(r.Context())
		assert.True(t, ok)
		assert.Same(t, r, found)
		return r.Text(fmt.Sprint(r.URL.Path, r.Context().Value(valueKey{}), r.Header.Get("X-Added"))), nil
	})
	r := request("GET", "/api/x")
	w := httptest.NewRecorder()
	require.NoError(t, respond(h, r, w))
	assert.Equal(t, "/xvalue1", w.Body.String())
	assert.Equal(t, "/api/x", r.URL.Path, "outer tweens keep their path")
	v, err := attribute.Get(r)
	require.NoError(t, err)
	assert.Equal(t, "set inside", v, "attributes are shared")
}

func TestMiddlewareThatReplacesTheContext(t *testing.T) {
	t.Parallel()
	m := handle(func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(&gzipWriter{ResponseWriter: w, zip: nil}, r.WithContext(context.Background()))
	})
	h := through(t, m, func(r *web.Request) (*web.Response, error) { return r.Empty(http.StatusAccepted), nil })
	w, err := get(h)
	require.NoError(t, err)
	assert.Equal(t, http.StatusAccepted, w.Code, "the request is found by the writer")

	lost := handle(func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		inner := httptest.NewRecorder()
		next.ServeHTTP(inner, r.WithContext(context.Background()))
		w.WriteHeader(inner.Code)
	})
	w, err = get(through(t, lost, text("x")))
	require.NoError(t, err)
	assert.Equal(t, http.StatusInternalServerError, w.Code)
}

func TestMiddlewareSeesThePattern(t *testing.T) {
	t.Parallel()
	var pattern string
	m := handle(func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r)
		pattern = r.Pattern
	})
	_, err := get(through(t, m, func(r *web.Request) (*web.Response, error) {
		web.Drive(r).SetMatch(web.Match{Routed: &web.Routed{Route: "page", Pattern: "/page/{id}"}})
		return r.Text("x"), nil
	}))
	require.NoError(t, err)
	assert.Equal(t, "/page/{id}", pattern)
}

func TestHead(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]middleware{"cors": corsMiddleware, "gzip": gzipMiddleware,
		"own": handle(func(_ http.Handler, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "5")
			io.WriteString(w, "hello")
		})} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := httptest.NewRecorder()
			require.NoError(t, respond(through(t, m, text("hello")), request("HEAD", "/"), w))
			assert.Equal(t, 200, w.Code)
			assert.Empty(t, w.Body.String())
			if name != "gzip" {
				assert.Equal(t, "5", w.Header().Get("Content-Length"))
			}
		})
	}
}

func TestMiddlewareThatReturnsNil(t *testing.T) {
	t.Parallel()
	reg := mustBuild(t, func(c *registry.Config) {
		tweens.Add(c, "m", tweens.FromMiddleware(func(http.Handler) http.Handler { return nil }))
		tweens.Add(c, "f", tweens.FromMiddleware(func(http.Handler) http.Handler { return http.HandlerFunc(nil) }))
	})
	_, err := tweens.Chain(reg, text("x"))
	require.Error(t, err)
	assert.Equal(t, 2, strings.Count(err.Error(), "returned a nil handler"), err)
}

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
			w := &discardWriter{header: http.Header{}}
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
