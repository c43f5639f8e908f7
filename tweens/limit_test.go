package tweens_test

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views/web"
)

// sleeping returns a handler that responds after d.
func sleeping(d time.Duration) web.Handler {
	return func(r *web.Request) (*web.Response, error) {
		time.Sleep(d)
		return r.Text("done"), nil
	}
}

// sendMany sends n requests, a millisecond apart, and returns the outcome of each with its
// duration.
func sendMany(h web.Handler, n int) []string {
	var wg sync.WaitGroup
	outcomes := make([]string, n)
	for i := range n {
		wg.Go(func() {
			start := time.Now()
			w, err := get(h)
			if err != nil {
				outcomes[i] = err.Error()
				return
			}
			outcomes[i] = http.StatusText(w.Code) + " " + time.Since(start).String()
			if retry := w.Header().Get("Retry-After"); retry != "" {
				outcomes[i] += " retry " + retry
			}
		})
		time.Sleep(time.Millisecond)
	}
	wg.Wait()
	return outcomes
}

func TestLimit(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		max  int
		o    tweens.LimitOptions
		n    int
		want []string
	}{
		{"room for all", 3, tweens.LimitOptions{}, 3, []string{"OK 100ms", "OK 100ms", "OK 100ms"}},
		{"in order", 1, tweens.LimitOptions{Queue: 2}, 3, []string{"OK 100ms", "OK 199ms", "OK 298ms"}},
		{"as many wait as run", 1, tweens.LimitOptions{}, 3, []string{"OK 100ms", "OK 199ms", "Service Unavailable 0s retry 1"}},
		{"no queue", 1, tweens.LimitOptions{Queue: -1, RetryAfter: 90 * time.Second}, 2, []string{"OK 100ms", "Service Unavailable 0s retry 90"}},
		{"waits too long", 1, tweens.LimitOptions{Wait: 50 * time.Millisecond}, 2, []string{"OK 100ms", "Service Unavailable 50ms retry 1"}},
		{"one of two waits too long", 1, tweens.LimitOptions{Queue: 2, Wait: 150 * time.Millisecond}, 3,
			[]string{"OK 100ms", "OK 199ms", "Service Unavailable 150ms retry 1"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				assert.Equal(t, test.want, sendMany(around(t, tweens.Limit(test.max, test.o), sleeping(100*time.Millisecond)), test.n))
			})
		})
	}
}

func TestInvalidLimit(t *testing.T) {
	t.Parallel()
	for _, places := range []int{0, -1} {
		_, err := tweens.Limit(places, tweens.LimitOptions{}).Build(text("x"), mustBuild(t, noTweens))
		assert.ErrorContains(t, err, "want 1 or more")
	}
}

// A waiting request leaves when its client does, and makes room in the queue.
func TestLimitOfDisconnectedClients(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := around(t, tweens.Limit(1, tweens.LimitOptions{Wait: time.Hour}), sleeping(time.Minute))
		page := tweens.ErrorViews(plain)
		go func() { _, _ = get(h) }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		resp, err := h(web.Begin(nil, httptest.NewRequest("GET", "/", nil).WithContext(ctx)))
		cancel()
		require.NoError(t, err)
		assert.Equal(t, 504, resp.Status())
		for _, h := range []web.Handler{h, around(t, page, h)} {
			ctx, leave := context.WithCancel(t.Context())
			go func() { time.Sleep(time.Millisecond); leave() }()
			start := time.Now()
			resp, err := h(web.Begin(nil, httptest.NewRequest("GET", "/", nil).WithContext(ctx)))
			require.NoError(t, err)
			assert.Equal(t, web.StatusClientClosedRequest, resp.Status())
			assert.Equal(t, time.Millisecond, time.Since(start))
		}
		time.Sleep(time.Hour) // the first one ends
	})
}

// Whatever ends a request frees its place.
func TestLimitFreesPlaces(t *testing.T) {
	t.Parallel()
	for name, main := range map[string]web.Handler{
		"error":    failing(errors.New("boom")),
		"panic":    func(*web.Request) (*web.Response, error) { panic("bang") },
		"response": text("x"),
		"neither":  func(*web.Request) (*web.Response, error) { return nil, nil },
		"stream": func(*web.Request) (*web.Response, error) {
			resp := web.Respond(200)
			resp.SetStream(func(w web.StreamWriter) error { return errors.New("torn") })
			return resp, nil
		},
		"callback": func(r *web.Request) (*web.Response, error) {
			r.AddFinishedCallback(func(*web.Request) error { return errors.New("boom") })
			resp := web.Respond(200)
			resp.SetReader(strings.NewReader("x"), 1)
			return resp, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := around(t, tweens.Limit(1, tweens.LimitOptions{Queue: -1}), main)
				for range 3 {
					ctx, end := context.WithCancel(t.Context())
					r := web.Begin(nil, httptest.NewRequest("GET", "/", nil).WithContext(ctx))
					resp, _ := web.Guard(h)(r)
					if resp != nil {
						assert.Equal(t, 200, resp.Status())
						_, _ = resp.Send(httptest.NewRecorder(), r)
					}
					_ = web.Drive(r).RunFinishedCallbacks()
					end()
					synctest.Wait()
				}
			})
		})
	}
}

// A body that is produced as it is sent counts, unless FreeStreams is set.
func TestLimitAndStreams(t *testing.T) {
	t.Parallel()
	for free, want := range map[bool]int{false: 503, true: 200} {
		h := around(t, tweens.Limit(1, tweens.LimitOptions{Queue: -1, FreeStreams: free}), func(r *web.Request) (*web.Response, error) {
			if r.URL.Path == "/stream" {
				resp := web.Respond(200)
				resp.SetStream(func(w web.StreamWriter) error { _, err := io.WriteString(w, "x"); return err })
				return resp, nil
			}
			return r.Text("x"), nil
		})
		stream := request("GET", "/stream")
		resp, err := h(stream)
		require.NoError(t, err)
		w, err := get(h)
		require.NoError(t, err)
		assert.Equal(t, want, w.Code)
		_, err = resp.Send(httptest.NewRecorder(), stream)
		require.NoError(t, err)
		require.NoError(t, web.Drive(stream).RunFinishedCallbacks())
		w, err = get(h)
		require.NoError(t, err)
		assert.Equal(t, 200, w.Code)
	}
}

func TestLimitSkip(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := tweens.LimitOptions{Queue: -1, Skip: func(r *web.Request) bool { return r.URL.Path == "/healthz" }}
		h := around(t, tweens.Limit(1, o), sleeping(time.Second))
		go func() { _, _ = get(h) }()
		synctest.Wait()
		w := httptest.NewRecorder()
		require.NoError(t, respond(h, request("GET", "/healthz"), w))
		assert.Equal(t, 200, w.Code)
		time.Sleep(time.Hour)
	})
}

// A straggler keeps its place.
func TestLimitInsideTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := around(t, tweens.Timeout(time.Second, tweens.TimeoutOptions{GracePeriod: -1}),
			around(t, tweens.Limit(1, tweens.LimitOptions{Wait: time.Minute}), sleeping(3*time.Second)))
		outcomes := sendMany(h, 2)
		assert.Equal(t, []string{"Gateway Timeout 1s", "Gateway Timeout 1s"}, outcomes)
		time.Sleep(1990 * time.Millisecond) // nearly three seconds after the first
		w, err := get(h)
		require.NoError(t, err)
		assert.Equal(t, 504, w.Code)
		time.Sleep(time.Minute)
	})
}

func TestLimitSoak(t *testing.T) {
	t.Parallel()
	const places = 3
	var running, most atomic.Int64
	h := around(t, tweens.Limit(places, tweens.LimitOptions{Queue: 5, Wait: time.Millisecond}), func(r *web.Request) (*web.Response, error) {
		n := running.Add(1)
		defer running.Add(-1)
		for {
			m := most.Load()
			if n <= m || most.CompareAndSwap(m, n) {
				break
			}
		}
		time.Sleep(time.Duration(rand.N(300)) * time.Microsecond)
		return r.Text("x"), nil
	})
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 50 {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rand.N(2000))*time.Microsecond)
				resp, err := h(web.Begin(nil, httptest.NewRequest("GET", "/", nil).WithContext(ctx)))
				if assert.NoError(t, err) {
					assert.Contains(t, []int{200, 503, 504}, resp.Status())
				}
				cancel()
			}
		})
	}
	wg.Wait()
	assert.LessOrEqual(t, most.Load(), int64(places))
	assert.Zero(t, running.Load())
}

func BenchmarkLimit(b *testing.B) {
	resp := web.Respond(200)
	main := func(*web.Request) (*web.Response, error) { return resp, nil }
	h := around(b, tweens.Limit(8, tweens.LimitOptions{}), main)
	r := request("GET", "/")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := h(r); err != nil {
			b.Fatal(err)
		}
	}
}
