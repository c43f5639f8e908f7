package tweens_test

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views/web"
)

type middleware = func(http.Handler) http.Handler

// through puts middleware around main.
func through(t testing.TB, m middleware, main web.Handler) web.Handler {
	t.Helper()
	return around(t, tweens.FromMiddleware(m), main)
}

// handle is middleware that is one function.
func handle(fn func(next http.Handler, w http.ResponseWriter, r *http.Request)) middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fn(next, w, r) })
	}
}

// compress is a gzip middleware as they are written: it flushes, and its writer can be unwrapped.
func compress(next http.Handler) http.Handler {
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

func cors(next http.Handler) http.Handler {
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

// serve serves h over a connection, answering errors with 500. Panics are net/http's.
func serve(t testing.TB, h web.Handler) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		r := web.Begin(nil, hr)
		defer func() { assert.NoError(t, web.RunFinishedCallbacks(r)) }()
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
	h := through(t, cors, func(r *web.Request) (*web.Response, error) {
		resp := r.Text("hello")
		resp.SetStatus(http.StatusCreated)
		resp.AddHeader("Set-Cookie", "a=1")
		resp.AddHeader("Set-Cookie", "b=2")
		return resp, nil
	})
	resp, err := h(request("GET", "/"))
	require.NoError(t, err)
	body, whole := resp.Body()
	assert.True(t, whole, "a short answer is bytes, for the tweens further out")
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
	assert.Equal(t, "/api/x", r.URL.Path, "the tweens further out keep theirs")
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
	assert.Equal(t, http.StatusAccepted, w.Code, "the writer leads to the request")

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
		web.SetMatch(r, web.Match{Route: "page", Pattern: "/page/{id}"})
		return r.Text("x"), nil
	}))
	require.NoError(t, err)
	assert.Equal(t, "/page/{id}", pattern)
}

func TestErrorsTravelThroughMiddleware(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	stream := func(r *web.Request) (*web.Response, error) {
		resp := r.Empty(200)
		resp.SetStream(func(w web.StreamWriter) error {
			_, err := io.WriteString(w, "half a page")
			return errors.Join(err, boom)
		})
		return resp, nil
	}
	for name, m := range map[string]middleware{"plain": func(h http.Handler) http.Handler { return h }, "cors": cors, "gzip": compress,
		"timeout": func(h http.Handler) http.Handler { return http.TimeoutHandler(h, time.Hour, "slow") }} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, main := range []web.Handler{fails(boom), stream} {
				resp, err := through(t, m, main)(request("GET", "/"))
				require.ErrorIs(t, err, boom)
				assert.Nil(t, resp)
			}
		})
	}
	t.Run("nothing at all", func(t *testing.T) {
		t.Parallel()
		_, err := get(through(t, cors, func(*web.Request) (*web.Response, error) { return nil, nil }))
		assert.ErrorContains(t, err, "returned neither a response nor an error")
	})
}

func TestPanics(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	before := handle(func(http.Handler, http.ResponseWriter, *http.Request) { panic(boom) })
	after := handle(func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r)
		panic(boom)
	})
	timeout := func(h http.Handler) http.Handler { return http.TimeoutHandler(h, time.Hour, "slow") }
	inside := func(*web.Request) (*web.Response, error) { panic(boom) }
	body := func(r *web.Request) (*web.Response, error) {
		resp := r.Empty(200)
		resp.SetStream(func(web.StreamWriter) error { panic(boom) })
		return resp, nil
	}
	tests := []struct {
		name string
		m    middleware
		main web.Handler
	}{
		{"before next", before, text("x")},
		{"after next", after, text("x")},
		{"in next", cors, inside},
		{"in next, on another goroutine", timeout, inside},
		{"in the body", cors, body},
		{"in the body, on another goroutine", timeout, body},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := get(through(t, tt.m, tt.main))
			panicked, ok := errors.AsType[*web.PanicError](err)
			require.True(t, ok, "%v", err)
			assert.Equal(t, boom, panicked.Value)
			assert.Contains(t, string(panicked.Stack), "middleware_test.go", "the stack is that of the goroutine that panicked")
		})
	}
}

func TestAbortPasses(t *testing.T) {
	t.Parallel()
	abort := func(*web.Request) (*web.Response, error) { panic(http.ErrAbortHandler) }
	aborts := handle(func(http.Handler, http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	late := handle(func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r)
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})
	timeout := func(h http.Handler) http.Handler { return http.TimeoutHandler(h, time.Hour, "slow") }
	for name, h := range map[string]web.Handler{
		"middleware": through(t, aborts, text("x")), "next": through(t, cors, abort),
		"another goroutine": through(t, timeout, abort), "while streaming": through(t, late, text("x")),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := request("GET", "/")
			assert.PanicsWithValue(t, http.ErrAbortHandler, func() { _ = respond(h, r, httptest.NewRecorder()) })
			assert.NoError(t, web.RunFinishedCallbacks(r))
		})
	}
}

func TestMiddlewareThatEndsItsGoroutine(t *testing.T) {
	t.Parallel()
	m := handle(func(http.Handler, http.ResponseWriter, *http.Request) { runtime.Goexit() })
	_, err := get(through(t, m, text("x")))
	assert.ErrorContains(t, err, "ended its goroutine")
}

func TestNextTwice(t *testing.T) {
	t.Parallel()
	calls := 0
	m := handle(func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r)
		next.ServeHTTP(w, r)
	})
	_, err := get(through(t, m, func(r *web.Request) (*web.Response, error) { calls++; return r.Text("x"), nil }))
	assert.ErrorContains(t, err, "called next twice")
	assert.ErrorContains(t, err, "TestNextTwice", "it is named")
	assert.Equal(t, 1, calls)
}

func TestNextAfterTheMiddlewareReturned(t *testing.T) {
	t.Parallel()
	var wg sync.WaitGroup
	released := make(chan struct{})
	m := handle(func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		wg.Go(func() {
			<-released
			next.ServeHTTP(w, r)
			_, err := io.WriteString(w, "late")
			assert.Error(t, err)
			assert.Error(t, http.NewResponseController(w).Flush())
		})
		io.WriteString(w, "cached")
	})
	h := through(t, m, func(*web.Request) (*web.Response, error) { panic("called") })
	w, err := get(h)
	require.NoError(t, err)
	assert.Equal(t, "cached", w.Body.String())
	close(released)
	wg.Wait()
}

func TestTimeoutHandler(t *testing.T) {
	t.Parallel()
	timeout := func(h http.Handler) http.Handler { return http.TimeoutHandler(h, time.Second, "too slow") }
	waits := func(answer web.Handler) web.Handler {
		return func(r *web.Request) (*web.Response, error) {
			<-r.Context().Done()
			return answer(r)
		}
	}
	tests := []struct {
		name   string
		main   web.Handler
		status int
		body   string
	}{
		{"in time", text("hello"), 200, "hello"},
		{"error of the context", waits(func(r *web.Request) (*web.Response, error) { return nil, r.Context().Err() }), 503, "too slow"},
		{"error of its own", waits(fails(errors.New("no answer"))), 503, "too slow"},
		{"answers anyway", waits(text("late")), 503, "too slow"},
		{"does not listen", func(r *web.Request) (*web.Response, error) {
			time.Sleep(time.Minute)
			return r.Text("late"), nil
		}, 503, "too slow"},
		{"fails late", func(*web.Request) (*web.Response, error) {
			time.Sleep(time.Minute)
			return nil, errors.New("late")
		}, 503, "too slow"},
		{"writes late", func(r *web.Request) (*web.Response, error) {
			resp := r.Empty(200)
			resp.SetStream(func(w web.StreamWriter) error {
				for {
					if _, err := io.WriteString(w, "x"); err != nil {
						return err
					}
					time.Sleep(300 * time.Millisecond)
				}
			})
			return resp, nil
		}, 503, "too slow"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w, err := get(through(t, timeout, tt.main))
				require.NoError(t, err)
				assert.Equal(t, tt.status, w.Code)
				assert.Equal(t, tt.body, w.Body.String())
			})
		})
	}
}

// TestMiddlewareWithADeadline is about middleware that waits for next on its own goroutine, as chi's Timeout does.
func TestMiddlewareWithADeadline(t *testing.T) {
	t.Parallel()
	deadline := handle(func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), time.Second)
		defer cancel()
		next.ServeHTTP(w, r.WithContext(ctx))
		if ctx.Err() != nil {
			w.WriteHeader(http.StatusGatewayTimeout)
		}
	})
	silent := handle(func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), time.Second)
		defer cancel()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
	main := func(r *web.Request) (*web.Response, error) {
		<-r.Context().Done()
		return nil, context.Cause(r.Context())
	}
	synctest.Test(t, func(t *testing.T) {
		w, err := get(through(t, deadline, main))
		require.NoError(t, err)
		assert.Equal(t, http.StatusGatewayTimeout, w.Code)
		_, err = get(through(t, silent, main))
		assert.ErrorIs(t, err, context.DeadlineExceeded, "the middleware said nothing, so the error counts")
	})
}

func TestHead(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]middleware{"cors": cors, "gzip": compress,
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

func TestGzip(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("all work and no play ", 100_000)
	random := make([]byte, 300_000)
	for i := range random {
		random[i] = byte(i * i >> 7)
	}
	for name, body := range map[string]string{"short": "hello", "long": long, "incompressible": string(random)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, err := get(through(t, compress, text(body)))
			require.NoError(t, err)
			assert.Equal(t, "gzip", w.Header().Get("Content-Encoding"))
			assert.Equal(t, body, unzip(t, w.Body))
		})
	}
}

// TestStreaming sees each piece at the client before the next one is made.
func TestStreaming(t *testing.T) {
	t.Parallel()
	next := make(chan struct{})
	h := through(t, compress, func(r *web.Request) (*web.Response, error) {
		resp := r.Empty(200)
		resp.SetContentType("text/plain")
		resp.SetStream(func(w web.StreamWriter) error {
			for i := range 3 {
				if _, err := fmt.Fprintf(w, "piece %d\n", i); err != nil {
					return err
				}
				if err := w.Flush(); err != nil {
					return err
				}
				<-next
			}
			return nil
		})
		return resp, nil
	})
	server := serve(t, h)
	req, err := http.NewRequestWithContext(t.Context(), "GET", server.URL, nil)
	require.NoError(t, err)
	req.Header.Set("Accept-Encoding", "gzip")
	resp, err := server.Client().Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	zr, err := gzip.NewReader(resp.Body)
	require.NoError(t, err)
	lines := bufio.NewReader(zr)
	for i := range 3 {
		line, err := lines.ReadString('\n')
		require.NoError(t, err)
		assert.Equal(t, fmt.Sprintf("piece %d\n", i), line)
		next <- struct{}{}
	}
	_, err = lines.ReadString('\n')
	assert.Equal(t, io.EOF, err)
}

// endless is a body that goes on until its writes fail.
func endless(ended chan<- error) web.Handler {
	return func(r *web.Request) (*web.Response, error) {
		resp := r.Empty(200)
		resp.SetStream(func(w web.StreamWriter) error {
			piece := make([]byte, 10_000)
			for {
				if _, err := w.Write(piece); err != nil {
					ended <- err
					return err
				}
			}
		})
		return resp, nil
	}
}

func TestStreamThatNobodyWrites(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 1)
	returned := make(chan error, 1)
	h := through(t, handle(func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r)
		returned <- r.Context().Err()
	}), endless(ended))
	r := request("GET", "/")
	resp, err := h(r)
	require.NoError(t, err)
	_, whole := resp.Body()
	assert.False(t, whole)
	select {
	case <-returned:
		t.Error("the middleware did not wait")
	default:
	}
	require.NoError(t, web.RunFinishedCallbacks(r))
	assert.ErrorIs(t, <-ended, context.Canceled)
	assert.ErrorIs(t, <-returned, context.Canceled)

	_, err = resp.Send(httptest.NewRecorder(), r)
	assert.ErrorContains(t, err, "before its request is finished")
}

func TestStreamIsWrittenOnce(t *testing.T) {
	t.Parallel()
	h := through(t, cors, text(strings.Repeat("x", 100_000)))
	r := request("GET", "/")
	resp, err := h(r)
	require.NoError(t, err)
	w := httptest.NewRecorder()
	sent, err := resp.Send(w, r)
	require.NoError(t, err)
	assert.Equal(t, int64(100_000), sent.Bytes)
	assert.Equal(t, "text/plain; charset=utf-8", w.Header().Get("Content-Type"))
	_, err = resp.Send(httptest.NewRecorder(), r)
	assert.ErrorContains(t, err, "it can be written once")
	require.NoError(t, web.RunFinishedCallbacks(r))
}

// brokenWriter fails after some bytes, as a connection does whose client went away.
type brokenWriter struct {
	http.ResponseWriter
	left int
}

var errGone = errors.New("client gone")

func (w *brokenWriter) Write(p []byte) (int, error) {
	if w.left -= len(p); w.left < 0 {
		return 0, errGone
	}
	return len(p), nil
}

func TestClientGoesAway(t *testing.T) {
	t.Parallel()
	for _, left := range []int{0, 100_000} {
		ended := make(chan error, 1)
		r := request("GET", "/")
		err := respond(through(t, cors, endless(ended)), r, &brokenWriter{httptest.NewRecorder(), left})
		require.ErrorIs(t, err, errGone)
		assert.Error(t, <-ended)
	}
}

func TestErrorWhileStreaming(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	main := func(r *web.Request) (*web.Response, error) {
		resp := r.Empty(200)
		resp.SetStream(func(w web.StreamWriter) error {
			_, err := w.Write(make([]byte, 200_000))
			return errors.Join(err, boom)
		})
		return resp, nil
	}
	server := serve(t, through(t, cors, main))
	_, body, err := fetch(t, server, "/")
	assert.Error(t, err, "the connection breaks, the answer does not look whole")
	assert.LessOrEqual(t, len(body), 200_000)

	r := request("GET", "/")
	assert.ErrorIs(t, respond(through(t, cors, main), r, httptest.NewRecorder()), boom)
}

// TestFlushBeforeNext: the answer has begun when the middleware calls next, which then runs where the response is written.
func TestFlushBeforeNext(t *testing.T) {
	t.Parallel()
	m := handle(func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "first ")
		w.(http.Flusher).Flush()
		next.ServeHTTP(w, r)
	})
	w, err := get(through(t, m, text("second")))
	require.NoError(t, err)
	assert.Equal(t, "first second", w.Body.String())
	assert.True(t, w.Flushed)

	ran := false
	h := through(t, m, func(r *web.Request) (*web.Response, error) { ran = true; return r.Text("x"), nil })
	r := request("HEAD", "/")
	require.NoError(t, respond(h, r, httptest.NewRecorder()))
	assert.False(t, ran, "nobody wrote, so nothing was called")
}

func TestPanicBehindAnUnwrittenResponse(t *testing.T) {
	t.Parallel()
	m := handle(func(_ http.Handler, w http.ResponseWriter, _ *http.Request) {
		w.(http.Flusher).Flush()
		panic("boom")
	})
	r := request("GET", "/")
	_, err := through(t, m, text("x"))(r)
	require.NoError(t, err)
	assert.NoError(t, web.RunFinishedCallbacks(r))
}

// TestNested streams through two pieces of middleware, and gives up with both of them waiting.
func TestNested(t *testing.T) {
	t.Parallel()
	body := strings.Repeat("all work and no play ", 20_000)
	w, err := get(through(t, compress, through(t, cors, text(body))))
	require.NoError(t, err)
	assert.Equal(t, body, unzip(t, w.Body))
	assert.Equal(t, "*", w.Header().Get("Access-Control-Allow-Origin"))

	ended := make(chan error, 1)
	r := request("GET", "/")
	resp, err := through(t, cors, through(t, cors, endless(ended)))(r)
	require.NoError(t, err)
	require.NoError(t, web.RunFinishedCallbacks(r))
	assert.Error(t, <-ended)
	_, err = resp.Send(httptest.NewRecorder(), r)
	assert.Error(t, err)
}

func TestHijack(t *testing.T) {
	t.Parallel()
	upgrade := func(r *web.Request) (*web.Response, error) {
		resp := r.Empty(200)
		resp.SetHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			conn, rw, err := http.NewResponseController(w).Hijack()
			if err != nil {
				http.Error(w, err.Error(), http.StatusNotImplemented)
				return
			}
			defer conn.Close()
			io.WriteString(rw, "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n")
			rw.Flush()
			line, _ := rw.ReadString('\n')
			io.WriteString(rw, line)
			rw.Flush()
		}))
		return resp, nil
	}
	wrapping := handle(func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(&gzipWriter{ResponseWriter: w}, r)
	})
	h := through(t, cors, through(t, wrapping, upgrade))

	server := serve(t, h)
	req, err := http.NewRequestWithContext(t.Context(), "GET", server.URL, nil)
	require.NoError(t, err)
	req.Header.Set("Connection", "upgrade")
	req.Header.Set("Upgrade", "echo")
	resp, err := server.Client().Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, http.StatusSwitchingProtocols, resp.StatusCode)
	conn := resp.Body.(io.ReadWriter)
	_, err = io.WriteString(conn, "hello\n")
	require.NoError(t, err)
	line, err := bufio.NewReader(conn).ReadString('\n')
	require.NoError(t, err)
	assert.Equal(t, "hello\n", line)

	w, err := get(through(t, cors, upgrade))
	require.NoError(t, err)
	assert.Equal(t, http.StatusNotImplemented, w.Code, "a connection that cannot be taken over can still be answered")
	assert.Equal(t, "*", w.Header().Get("Access-Control-Allow-Origin"))

	r := request("GET", "/")
	out, err := through(t, cors, upgrade)(r)
	require.NoError(t, err)
	assert.Equal(t, http.StatusSwitchingProtocols, out.Status())
	require.NoError(t, web.RunFinishedCallbacks(r), "a hijacker whom nobody serves is sent home")
}

func TestMiddlewareWithoutAHandler(t *testing.T) {
	t.Parallel()
	reg := mustBuild(t, func(c *registry.Config) {
		tweens.Add(c, "m", tweens.FromMiddleware(func(http.Handler) http.Handler { return nil }))
	})
	_, err := tweens.Chain(reg, text("x"))
	assert.ErrorContains(t, err, "returned no handler")
}

// TestManyClients serves one chain to many clients at once: the middleware is shared, crossings are not.
func TestManyClients(t *testing.T) {
	t.Parallel()
	timeout := func(h http.Handler) http.Handler { return http.TimeoutHandler(h, time.Minute, "slow") }
	counted := web.NewKey[int]("counted", nil)
	count := func(next web.Handler) web.Handler {
		return func(r *web.Request) (*web.Response, error) {
			counted.Set(r, 1)
			return next(r)
		}
	}
	h := count(through(t, compress, through(t, timeout, through(t, cors, func(r *web.Request) (*web.Response, error) {
		if _, err := counted.Get(r); err != nil {
			return nil, err
		}
		return r.Text(strings.Repeat(r.URL.Path, 5000)), nil
	}))))
	server := serve(t, h)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 10 {
				path := fmt.Sprintf("/%d-%d", i, j)
				_, body, err := fetch(t, server, path)
				if assert.NoError(t, err) {
					assert.Equal(t, strings.Repeat(path, 5000), body)
				}
			}
		})
	}
	wg.Wait()
}
