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
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views/web"
)

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
			w, err := get(through(t, gzipMiddleware, text(body)))
			require.NoError(t, err)
			assert.Equal(t, "gzip", w.Header().Get("Content-Encoding"))
			assert.Equal(t, body, unzip(t, w.Body))
		})
	}
}

// The client receives each piece before the next one is written.
func TestStreaming(t *testing.T) {
	t.Parallel()
	next := make(chan struct{})
	h := through(t, gzipMiddleware, func(r *web.Request) (*web.Response, error) {
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

// endless returns a handler whose body goes on until its writes fail.
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

func TestStreamThatIsNotSent(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 1)
	returned := make(chan error, 1)
	h := through(t, handle(func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		defer func() { returned <- r.Context().Err() }()
		next.ServeHTTP(w, r)
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
	require.NoError(t, web.Drive(r).RunFinishedCallbacks())
	assert.ErrorIs(t, <-ended, context.Canceled)
	assert.ErrorIs(t, <-returned, context.Canceled)

	_, err = resp.Send(httptest.NewRecorder(), r)
	assert.ErrorContains(t, err, "before its request is finished")
}

func TestStreamIsSentOnce(t *testing.T) {
	t.Parallel()
	h := through(t, corsMiddleware, text(strings.Repeat("x", 100_000)))
	r := request("GET", "/")
	resp, err := h(r)
	require.NoError(t, err)
	w := httptest.NewRecorder()
	sent, err := resp.Send(w, r)
	require.NoError(t, err)
	assert.Equal(t, int64(100_000), sent.Bytes)
	assert.Equal(t, "text/plain; charset=utf-8", w.Header().Get("Content-Type"))
	_, err = resp.Send(httptest.NewRecorder(), r)
	assert.ErrorContains(t, err, "it can be sent only once")
	require.NoError(t, web.Drive(r).RunFinishedCallbacks())
}

// brokenWriter fails after some bytes, like a connection whose client has disconnected.
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

func TestClientDisconnects(t *testing.T) {
	t.Parallel()
	for _, left := range []int{0, 100_000} {
		ended := make(chan error, 1)
		r := request("GET", "/")
		err := respond(through(t, corsMiddleware, endless(ended)), r, &brokenWriter{httptest.NewRecorder(), left})
		require.ErrorIs(t, err, errGone)
		assert.Error(t, <-ended)
	}
}

// panickyWriter panics in Write.
type panickyWriter struct {
	http.ResponseWriter
	value any
}

func (w *panickyWriter) Write([]byte) (int, error) { panic(w.value) }

func TestWriterThatPanics(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 1)
	h := through(t, corsMiddleware, endless(ended))
	err := respond(h, request("GET", "/"), &panickyWriter{httptest.NewRecorder(), "ouch"})
	_, ok := errors.AsType[*web.PanicError](err)
	assert.True(t, ok)
	assert.Error(t, <-ended)

	r := request("GET", "/")
	assert.PanicsWithValue(t, http.ErrAbortHandler, func() {
		_ = respond(h, r, &panickyWriter{httptest.NewRecorder(), http.ErrAbortHandler})
	})
	assert.Error(t, <-ended)
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
	server := serve(t, through(t, corsMiddleware, main))
	_, body, err := fetch(t, server, "/")
	assert.Error(t, err, "the connection breaks, so the response is not taken as complete")
	assert.LessOrEqual(t, len(body), 200_000)

	r := request("GET", "/")
	assert.ErrorIs(t, respond(through(t, corsMiddleware, main), r, httptest.NewRecorder()), boom)
}

// If the middleware flushes before it calls next, next runs where the response is sent.
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
	assert.False(t, ran, "HEAD sends no body, so next is not called")
}

func TestPanicAfterAnUnsentResponse(t *testing.T) {
	t.Parallel()
	m := handle(func(_ http.Handler, w http.ResponseWriter, _ *http.Request) {
		w.(http.Flusher).Flush()
		panic("boom")
	})
	r := request("GET", "/")
	_, err := through(t, m, text("x"))(r)
	require.NoError(t, err)
	assert.NoError(t, web.Drive(r).RunFinishedCallbacks())
}

// Streams pass through two pieces of middleware, and both end if the response is not sent.
func TestNested(t *testing.T) {
	t.Parallel()
	body := strings.Repeat("all work and no play ", 20_000)
	w, err := get(through(t, gzipMiddleware, through(t, corsMiddleware, text(body))))
	require.NoError(t, err)
	assert.Equal(t, body, unzip(t, w.Body))
	assert.Equal(t, "*", w.Header().Get("Access-Control-Allow-Origin"))

	ended := make(chan error, 1)
	r := request("GET", "/")
	resp, err := through(t, corsMiddleware, through(t, corsMiddleware, endless(ended)))(r)
	require.NoError(t, err)
	require.NoError(t, web.Drive(r).RunFinishedCallbacks())
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
	h := through(t, corsMiddleware, through(t, wrapping, upgrade))

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

	w, err := get(through(t, corsMiddleware, upgrade))
	require.NoError(t, err)
	assert.Equal(t, http.StatusNotImplemented, w.Code, "without hijacking the handler can still respond")
	assert.Equal(t, "*", w.Header().Get("Access-Control-Allow-Origin"))

	r := request("GET", "/")
	out, err := through(t, corsMiddleware, upgrade)(r)
	require.NoError(t, err)
	assert.Equal(t, http.StatusSwitchingProtocols, out.Status())
	require.NoError(t, web.Drive(r).RunFinishedCallbacks(), "a waiting Hijack ends with the request")
}

// One chain serves many clients concurrently.
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
	h := count(through(t, gzipMiddleware, through(t, timeout, through(t, corsMiddleware, func(r *web.Request) (*web.Response, error) {
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

// What middleware writes behind the declared length is dropped once the body is streamed, as in
// net/http. A body that fits the buffer gets its own length.
func TestMiddlewareThatWritesMoreThanDeclared(t *testing.T) {
	t.Parallel()
	m := handle(func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r)
		_, _ = io.WriteString(w, "the end")
	})
	for _, size := range []int{5, 60_000, 64 << 10, 220_000} {
		page := strings.Repeat("x", size)
		resp, body, err := fetch(t, serve(t, through(t, m, text(page))), "/")
		require.NoError(t, err)
		if size < bufferLimit {
			page += "the end"
		}
		assert.Equal(t, len(page), len(body))
		assert.Equal(t, int64(len(page)), resp.ContentLength)
	}
}

const bufferLimit = 64 << 10

// What a handler does to its headers after the first byte has no effect, and trailers are not
// headers.
func TestLateHeadersOfMiddleware(t *testing.T) {
	t.Parallel()
	for _, when := range []string{"early", "late"} {
		h := around(t, tweens.FromMiddleware(func(http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if when == "early" {
					w.Header().Set(http.TrailerPrefix+"X-Late", "1")
				}
				_, _ = io.WriteString(w, "<html>")
				w.Header().Set("Content-Type", "image/png")
				w.Header().Set(http.TrailerPrefix+"X-Late", "2")
			})
		}), text(""))
		w := send(t, h, "GET")
		assert.Equal(t, 200, w.Code)
		assert.Equal(t, http.Header{"Content-Type": {"text/html; charset=utf-8"}}, w.Header())
	}
}

// A proxy adds its headers to those that are there.
func TestHeadersOfProxies(t *testing.T) {
	t.Parallel()
	proxy := func(r *web.Request) (*web.Response, error) {
		resp := r.Empty(200)
		resp.SetHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Add("Access-Control-Allow-Origin", "https://b.example")
			w.Header().Add("Vary", "Accept, origin")
			w.Header().Add("Set-Cookie", "b=2")
			w.WriteHeader(200)
		}))
		return resp, nil
	}
	tween := func(r *web.Request) (*web.Response, error) {
		resp, err := proxy(r)
		resp.SetHeader("Access-Control-Allow-Origin", "https://a.example")
		resp.AddVary("Origin")
		resp.AddHeader("Set-Cookie", "a=1")
		return resp, err
	}
	m := handle(func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "https://a.example")
		w.Header().Set("Vary", "Origin")
		w.Header().Add("Set-Cookie", "a=1")
		next.ServeHTTP(w, r)
	})
	for name, h := range map[string]web.Handler{"tween": tween, "middleware": through(t, m, proxy)} {
		w, err := get(h)
		require.NoError(t, err)
		assert.Equal(t, []string{"https://a.example"}, w.Header()["Access-Control-Allow-Origin"], name)
		assert.Equal(t, []string{"Origin, Accept"}, w.Header()["Vary"], name)
		assert.Equal(t, []string{"a=1", "b=2"}, w.Header()["Set-Cookie"], name)
	}
}

// The headers of HEAD are those of GET where the length is known (RFC 9110 9.3.2).
func TestHeadHasTheHeadersOfGet(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		body   string
		length string // of HEAD
	}{{"<p>hello", "8"}, {"<p>" + strings.Repeat("x", 100_000), ""}} {
		main := func(r *web.Request) (*web.Response, error) {
			resp := r.Empty(200)
			resp.SetHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, test.body[:5])
				_, _ = io.WriteString(w, test.body[5:])
			}))
			return resp, nil
		}
		w := httptest.NewRecorder()
		require.NoError(t, respond(through(t, corsMiddleware, main), request("HEAD", "/"), w))
		assert.Equal(t, "text/html; charset=utf-8", w.Header().Get("Content-Type"))
		assert.Equal(t, test.length, w.Header().Get("Content-Length"))
		assert.Empty(t, w.Body.String())
	}
}
