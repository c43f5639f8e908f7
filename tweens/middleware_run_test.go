package tweens_test

import (
	"context"
	"errors"
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

	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestErrorsPassThroughMiddleware(t *testing.T) {
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
	for name, m := range map[string]middleware{"plain": func(h http.Handler) http.Handler { return h }, "cors": corsMiddleware, "gzip": gzipMiddleware,
		"timeout": func(h http.Handler) http.Handler { return http.TimeoutHandler(h, time.Hour, "slow") }} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, main := range []web.Handler{failing(boom), stream} {
				resp, err := through(t, m, main)(request("GET", "/"))
				require.ErrorIs(t, err, boom)
				assert.Nil(t, resp)
			}
		})
	}
	t.Run("neither", func(t *testing.T) {
		t.Parallel()
		_, err := get(through(t, corsMiddleware, func(*web.Request) (*web.Response, error) { return nil, nil }))
		assert.ErrorContains(t, err, "returned neither a response nor an error")
	})
}

func TestPanicsOfMiddleware(t *testing.T) {
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
		{"in next", corsMiddleware, inside},
		{"in next, on another goroutine", timeout, inside},
		{"in the body", corsMiddleware, body},
		{"in the body, on another goroutine", timeout, body},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := get(through(t, tt.m, tt.main))
			panicked, ok := errors.AsType[*web.PanicError](err)
			require.True(t, ok, "%v", err)
			assert.Equal(t, boom, panicked.Value)
			assert.Contains(t, string(panicked.Stack), "TestPanicsOfMiddleware.", "the stack is that of the goroutine that panicked")
		})
	}
}

func TestErrAbortHandlerPasses(t *testing.T) {
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
		"middleware": through(t, aborts, text("x")), "next": through(t, corsMiddleware, abort),
		"another goroutine": through(t, timeout, abort), "while streaming": through(t, late, text("x")),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := request("GET", "/")
			assert.PanicsWithValue(t, http.ErrAbortHandler, func() { _ = respond(h, r, httptest.NewRecorder()) })
			assert.NoError(t, web.Drive(r).RunFinishedCallbacks())
		})
	}
}

func TestMiddlewareThatEndsItsGoroutine(t *testing.T) {
	t.Parallel()
	m := handle(func(http.Handler, http.ResponseWriter, *http.Request) { runtime.Goexit() })
	_, err := get(through(t, m, text("x")))
	assert.ErrorContains(t, err, "ended its goroutine")
}

// runtime.Goexit in an inner tween or view ends the goroutine of the request, but unwinds the
// middleware before.
func TestHandlerUnderMiddlewareEndsItsGoroutine(t *testing.T) {
	t.Parallel()
	flushes := handle(func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).Flush()
		next.ServeHTTP(w, r)
	})
	longTail := handle(func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		defer io.WriteString(w, strings.Repeat("x", 100_000))
		next.ServeHTTP(w, r)
	})
	elsewhere := handle(func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		var wg sync.WaitGroup
		wg.Go(func() { next.ServeHTTP(w, r) })
		wg.Wait()
		io.WriteString(w, "done")
	})
	hijacks := handle(func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		_, _, _ = http.NewResponseController(w).Hijack()
		next.ServeHTTP(w, r)
	})
	timeout := func(h http.Handler) http.Handler { return http.TimeoutHandler(h, time.Hour, "slow") }
	for name, inner := range map[string]middleware{"plain": corsMiddleware, "timeout": timeout, "flushes": flushes, "long tail": longTail, "elsewhere": elsewhere, "hijacks": hijacks} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			unwound := false
			observed := func(next http.Handler) http.Handler {
				h := inner(next)
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					returned := false
					defer func() { unwound = !returned }()
					h.ServeHTTP(w, r)
					returned = true
				})
			}
			view := func(*web.Request) (*web.Response, error) { runtime.Goexit(); return nil, nil }
			for _, outer := range []middleware{nil, corsMiddleware, flushes} {
				h := through(t, observed, view)
				if outer != nil {
					h = through(t, outer, h)
				}
				unwound = false
				responded, unwoundBefore := false, false
				var wg sync.WaitGroup
				wg.Go(func() {
					r := request("GET", "/")
					defer func() {
						_ = recover() // a hijacked connection is aborted
						unwoundBefore = unwound
						assert.NoError(t, web.Drive(r).RunFinishedCallbacks())
					}()
					responded = respond(h, r, httptest.NewRecorder()) == nil
				})
				wg.Wait()
				assert.False(t, responded)
				assert.True(t, unwoundBefore, "the middleware is unwound first")
			}
			resp, err := around(t, tweens.Timeout(time.Hour, tweens.TimeoutOptions{}), through(t, corsMiddleware, view))(request("GET", "/"))
			require.ErrorContains(t, err, "a handler under a timeout ended its goroutine")
			assert.Nil(t, resp)
		})
	}
}

// A client that closes its side of the connection may still read the response. The server ends the
// context of the request then, at any moment.
func TestMiddlewareRespondsToAHalfClosedConnection(t *testing.T) {
	t.Parallel()
	streams := handle(func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "first ")
		_ = http.NewResponseController(w).Flush()
		next.ServeHTTP(w, r)
		_, err := io.WriteString(w, " last")
		assert.NoError(t, err)
	})
	for name, tt := range map[string]struct {
		m    middleware
		want string
	}{
		"identity": {func(next http.Handler) http.Handler { return next }, "page"},
		"streams":  {streams, "first page last"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			h := through(t, tt.m, text("page"))
			for range 100 { // select chooses at random
				w := httptest.NewRecorder()
				require.NoError(t, respond(h, web.Begin(nil, httptest.NewRequestWithContext(ctx, "GET", "/", nil)), w))
				require.Equal(t, tt.want, w.Body.String())
			}
		})
	}
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
	assert.ErrorContains(t, err, "middleware func at tweens/middleware_test.go:", "a closure is named by its place")
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
	waits := func(then web.Handler) web.Handler {
		return func(r *web.Request) (*web.Response, error) {
			<-r.Context().Done()
			return then(r)
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
		{"error of its own", waits(failing(errors.New("no result"))), 503, "too slow"},
		{"responds anyway", waits(text("late")), 503, "too slow"},
		{"ignores the context", func(r *web.Request) (*web.Response, error) {
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

// Some middleware, such as chi's Timeout, waits for next on its own goroutine.
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
		assert.ErrorIs(t, err, context.DeadlineExceeded, "the middleware wrote nothing, so the error counts")
	})
}
