package tweens_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestTimeoutInTime(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	for _, test := range []struct {
		name string
		main web.Handler
		want string
		fail string
	}{
		{"response", text("hello"), "hello", ""},
		{"error", failing(boom), "", "boom"},
		{"panic", func(*web.Request) (*web.Response, error) { panic("bang") }, "", "panic: bang"},
		{"goexit", func(*web.Request) (*web.Response, error) { runtime.Goexit(); return nil, nil }, "", "a handler under a timeout ended its goroutine"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w, err := get(around(t, tweens.Timeout(time.Minute, tweens.TimeoutOptions{}), test.main))
			if test.fail != "" {
				assert.EqualError(t, err, test.fail)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, test.want, w.Body.String())
		})
	}
	assert.PanicsWithValue(t, http.ErrAbortHandler, func() {
		_, _ = get(around(t, tweens.Timeout(time.Minute, tweens.TimeoutOptions{}), func(*web.Request) (*web.Response, error) {
			panic(fmt.Errorf("wrapped: %w", http.ErrAbortHandler))
		}))
	})
}

func TestInvalidTimeout(t *testing.T) {
	t.Parallel()
	reg := mustBuild(t, noTweens)
	for _, after := range []time.Duration{0, -1} {
		_, err := tweens.Timeout(after, tweens.TimeoutOptions{}).Build(text("x"), reg)
		assert.ErrorContains(t, err, "want a positive duration")
	}
}

// The 504 is there at the deadline and not a nanosecond later, whatever the view does.
func TestTimeoutRespondsAtTheDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		logger := zerolog.New(&log)
		var callbacks []string
		closed := false
		main := func(r *web.Request) (*web.Response, error) {
			deadline, ok := r.Context().Deadline()
			assert.True(t, ok)
			assert.Equal(t, time.Second, time.Until(deadline))
			child, cancel := context.WithCancel(r.Context())
			defer cancel()
			r.AddFinishedCallback(func(r *web.Request) error { callbacks = append(callbacks, "finished"); return nil })
			r.AddResponseCallback(func(*web.Request, *web.Response) error { callbacks = append(callbacks, "response"); return nil })
			web.Drive(r).SetMatch(web.NewMatch(web.Routed{Route: "slow", Pattern: "/slow"}))
			web.Drive(r).Publish()
			<-r.Context().Done()
			assert.ErrorIs(t, r.Context().Err(), context.DeadlineExceeded)
			assert.ErrorIs(t, context.Cause(r.Context()), context.DeadlineExceeded)
			synctest.Wait()
			assert.ErrorIs(t, child.Err(), context.DeadlineExceeded)
			time.Sleep(300 * time.Millisecond) // outlives its deadline
			r.URL.Path = "/elsewhere"
			r.Header.Set("X-Late", "yes")
			_ = r.Text("late")
			r.Response().SetHeader("X-Late", "yes")
			resp := web.Respond(200)
			resp.SetReader(struct {
				io.Reader
				io.Closer
			}{strings.NewReader("late"), closer(func() { closed = true })}, 4)
			return resp, nil
		}
		r := web.Begin(&web.Application{Log: &logger}, httptest.NewRequest("GET", "/page", nil))
		h := around(t, tweens.Timeout(time.Second, tweens.TimeoutOptions{}), main)
		start := time.Now()
		resp, err := h(r)
		require.NoError(t, err)
		assert.Equal(t, time.Second, time.Since(start))
		assert.Equal(t, 504, resp.Status())
		assert.Equal(t, "/slow", r.Match().Pattern, "the slow route is known")
		require.NoError(t, web.Drive(r).RunResponseCallbacks(resp))
		w := httptest.NewRecorder()
		_, err = resp.Send(w, r)
		require.NoError(t, err)
		assert.True(t, w.Flushed, "it does not wait for the view")
		assert.Equal(t, 504, w.Code)
		assert.Empty(t, w.Header().Get("X-Late"))
		assert.Contains(t, w.Body.String(), "504 Gateway Timeout")
		assert.Empty(t, callbacks)
		require.NoError(t, web.Drive(r).RunFinishedCallbacks())
		assert.Equal(t, 1300*time.Millisecond, time.Since(start), "the end of the request waits for the view")
		assert.Equal(t, []string{"finished"}, callbacks)
		assert.True(t, closed)
		assert.Equal(t, "/page", r.URL.Path)
		assert.Contains(t, log.String(), `"message":"ended after its deadline"`)
		assert.Contains(t, log.String(), `"route":"/slow","limit":1000,"duration":1300`)
	})
}

func TestTimeoutOfAStraggler(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		gracePeriod, waits time.Duration
		end                func() (*web.Response, error)
		log                string
	}{
		{0, time.Second, func() (*web.Response, error) { return nil, errors.New("late error") }, `"level":"warn","request_id":"?","method":"GET","path":"/","limit":1000,"duration":10000,"error":"late error","message":"ended`},
		{3 * time.Second, 3 * time.Second, func() (*web.Response, error) { panic("late panic") }, `"error":"panic: late panic","stack":"`},
		{-1, 0, func() (*web.Response, error) { runtime.Goexit(); return nil, nil }, `"error":"a handler under a timeout ended its goroutine"`},
		{-1, 0, func() (*web.Response, error) { return nil, context.DeadlineExceeded }, `"duration":10000,"message":"ended`},
		{-1, 0, func() (*web.Response, error) { panic(http.ErrAbortHandler) }, `"duration":10000,"message":"ended`},
	} {
		synctest.Test(t, func(t *testing.T) {
			var log syncBuffer
			logger := zerolog.New(&log)
			main := func(r *web.Request) (*web.Response, error) {
				r.AddFinishedCallback(func(*web.Request) error { return errors.New("callback of a straggler") })
				time.Sleep(10 * time.Second)
				return test.end()
			}
			h := around(t, tweens.Timeout(time.Second, tweens.TimeoutOptions{GracePeriod: test.gracePeriod}), main)
			r := web.Begin(&web.Application{Log: &logger}, httptest.NewRequest("GET", "/", nil))
			_, err := h(r)
			require.NoError(t, err)
			start := time.Now()
			require.NoError(t, web.Drive(r).RunFinishedCallbacks())
			assert.Equal(t, test.waits, time.Since(start))
			assert.Contains(t, log.String(), `"message":"still running after its deadline"`)
			time.Sleep(time.Minute)
			text := strings.ReplaceAll(log.String(), r.ID(), "?")
			assert.Contains(t, text, test.log)
			assert.Contains(t, text, "callback of a straggler")
		})
	}
}

// Under ExcView the 504 is an error, which an error view handles; outside it is a response.
func TestTimeoutAndErrorViews(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow := func(r *web.Request) (*web.Response, error) { <-r.Context().Done(); return nil, r.Context().Err() }
		page := tweens.ErrorViews(func(r *web.Request, err error) (*web.Response, bool, error) {
			status, _ := web.StatusOf(err)
			resp := r.Text(fmt.Sprintf("page of %d", status))
			resp.SetStatus(status)
			return resp, true, nil
		})
		timeout := tweens.Timeout(time.Second, tweens.TimeoutOptions{})
		w, err := get(around(t, page, around(t, timeout, slow)))
		require.NoError(t, err)
		assert.Equal(t, "page of 504", w.Body.String())
		w, err = get(around(t, timeout, around(t, page, func(r *web.Request) (*web.Response, error) {
			time.Sleep(2 * time.Second)
			return nil, errors.New("too late")
		})))
		require.NoError(t, err)
		assert.Equal(t, "504 Gateway Timeout\n", strings.SplitAfter(w.Body.String(), "\n")[0])
	})
}

type ctxKey struct{}

// A stream has no deadline, even with contexts that the view derived.
func TestTimeoutLeavesStreamsAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		finished := false
		main := func(r *web.Request) (*web.Response, error) {
			ctx, cancel := context.WithCancel(context.WithValue(r.Context(), ctxKey{}, 1))
			resp := web.Respond(200)
			r.AddFinishedCallback(func(*web.Request) error {
				assert.NoError(t, r.Context().Err(), "inner callbacks still have it")
				finished = true
				return nil
			})
			resp.SetStream(func(w web.StreamWriter) error {
				defer cancel()
				for range 3 {
					time.Sleep(time.Hour)
					_, _ = io.WriteString(w, "tick ")
				}
				assert.NoError(t, ctx.Err())
				_, limited := r.Context().Deadline()
				assert.False(t, limited)
				return nil
			})
			return resp, nil
		}
		h := around(t, tweens.Timeout(time.Second, tweens.TimeoutOptions{}), main)
		ctx, leave := context.WithCancel(t.Context())
		r := web.Begin(nil, httptest.NewRequest("GET", "/", nil).WithContext(ctx))
		w := httptest.NewRecorder()
		require.NoError(t, respond(h, r, w))
		assert.Equal(t, "tick tick tick ", w.Body.String())
		assert.True(t, finished)

		var inner *web.Request
		h = around(t, tweens.Timeout(time.Second, tweens.TimeoutOptions{}), func(r *web.Request) (*web.Response, error) {
			inner = r
			return r.Text("x"), nil
		})
		r = web.Begin(nil, httptest.NewRequest("GET", "/", nil).WithContext(ctx))
		_, err := h(r)
		require.NoError(t, err)
		leave()
		<-inner.Context().Done()
		assert.ErrorIs(t, inner.Context().Err(), context.Canceled, "the context still ends when the client disconnects")
		require.NoError(t, web.Drive(r).RunFinishedCallbacks())
	})
}

func TestTimeoutFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := tweens.TimeoutOptions{For: func(r *web.Request, after time.Duration) time.Duration {
			switch r.URL.Path {
			case "/forever":
				return 0
			case "/long":
				return 10 * after
			}
			return after
		}}
		h := around(t, tweens.Timeout(time.Second, o), func(r *web.Request) (*web.Response, error) {
			_, ok := r.Context().Deadline()
			time.Sleep(5 * time.Second)
			return r.Text(fmt.Sprint(ok)), nil
		})
		for path, want := range map[string]string{"/forever": "false", "/long": "true", "/": "504 Gateway Timeout"} {
			w := httptest.NewRecorder()
			require.NoError(t, respond(h, request("GET", path), w))
			assert.Contains(t, w.Body.String(), want, path)
			time.Sleep(time.Minute)
		}
	})
}

// host runs a handler in a server, as an application does.
func host(t *testing.T, h web.Handler, configure ...func(*httptest.Server)) *httptest.Server {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		r := web.Begin(nil, hr)
		resp, err := h(r)
		if err == nil {
			err = web.Drive(r).RunResponseCallbacks(resp)
		}
		if err != nil {
			resp = web.InternalServerError("").With(err).Response(r)
		}
		_, err = resp.Send(w, r)
		_ = web.Drive(r).RunFinishedCallbacks()
		if err != nil {
			panic(http.ErrAbortHandler)
		}
	}))
	if len(configure) == 0 {
		s.Start()
	}
	for _, c := range configure {
		c(s)
	}
	t.Cleanup(s.Close)
	return s
}

// The response reaches the client while the view and the end of the request still wait, even if the
// view waits for a client that never ends its body.
func TestTimeoutReachesTheClient(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		method  string
		reading bool
		start   []func(*httptest.Server)
	}{
		{"get", "GET", false, nil},
		{"head", "HEAD", false, nil},
		{"post", "POST", false, nil},
		{"reading", "POST", true, nil},
		{"reading http2", "POST", true, []func(*httptest.Server){func(s *httptest.Server) { s.EnableHTTP2 = true; s.StartTLS() }}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			release := make(chan struct{})
			s := host(t, around(t, tweens.Timeout(50*time.Millisecond, tweens.TimeoutOptions{GracePeriod: time.Hour}), func(r *web.Request) (*web.Response, error) {
				if test.reading {
					_, _ = io.Copy(io.Discard, r.Body)
				}
				<-release
				return r.Text("late"), nil
			}), test.start...)
			defer close(release)
			pr, pw := io.Pipe()
			defer pw.Close()
			go func() { _, _ = pw.Write([]byte("some")) }()
			var body io.Reader = pr
			if test.method != "POST" {
				body = nil
			}
			hr, err := http.NewRequest(test.method, s.URL, body)
			require.NoError(t, err)
			resp, err := s.Client().Do(hr)
			require.NoError(t, err)
			defer resp.Body.Close()
			assert.Equal(t, 504, resp.StatusCode)
			if test.method != "HEAD" { // HTTP/2 says that this was all when the request has ended
				got := make([]byte, resp.ContentLength)
				_, err := io.ReadFull(resp.Body, got)
				require.NoError(t, err)
				assert.Contains(t, string(got), "504")
			}
			assert.Equal(t, resp.ProtoMajor == 1, resp.Close)
		})
	}
}

// A client that sends its body a byte at a time gets a response, too.
func TestTimeoutOfASlowUpload(t *testing.T) {
	t.Parallel()
	s := host(t, around(t, tweens.Timeout(50*time.Millisecond, tweens.TimeoutOptions{}), func(r *web.Request) (*web.Response, error) {
		_, err := r.Parameters()
		return r.Text("read"), err
	}))
	c, err := net.Dial("tcp", s.Listener.Addr().String())
	require.NoError(t, err)
	defer c.Close()
	_, err = io.WriteString(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\na")
	require.NoError(t, err)
	response, err := io.ReadAll(c)
	require.NoError(t, err)
	assert.Contains(t, string(response), "HTTP/1.1 504 Gateway Timeout\r\n")
}

// Middleware of net/http, with goroutines of its own, works inside and outside a timeout.
func TestTimeoutAndMiddleware(t *testing.T) {
	t.Parallel()
	streaming := tweens.FromMiddleware(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
			_, _ = io.WriteString(w, "before ")
			w.(http.Flusher).Flush()
			next.ServeHTTP(w, hr)
		})
	})
	timeout := tweens.Timeout(500*time.Millisecond, tweens.TimeoutOptions{GracePeriod: -1})
	ended := make(chan struct{})
	t.Cleanup(func() { close(ended) })
	slow := func(r *web.Request) (*web.Response, error) {
		if r.URL.Path == "/slow" {
			select {
			case <-time.After(time.Second):
			case <-ended:
			}
		}
		r.Header.Set("X-View", "was here")
		return r.Text("hello"), nil
	}
	for _, test := range []struct {
		name, quick, slow string
		h                 web.Handler
	}{
		{"inside", "before hello", "before hello", around(t, timeout, around(t, streaming, slow))}, // it begins in time
		{"outside", "before hello", "before 504", around(t, streaming, around(t, timeout, slow))},
		{"both", "before before hello", "before before hello", around(t, streaming, around(t, timeout, around(t, streaming, slow)))},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := host(t, test.h)
			for path, want := range map[string]string{"/": test.quick, "/slow": test.slow} {
				resp, err := s.Client().Get(s.URL + path)
				require.NoError(t, err)
				body, err := io.ReadAll(resp.Body)
				require.NoError(t, err)
				require.NoError(t, resp.Body.Close())
				assert.Contains(t, string(body), want, path)
			}
		})
	}
}

// Every request gets exactly one response, even if the view ends just at the deadline, without a
// race.
func TestTimeoutSoak(t *testing.T) {
	t.Parallel()
	var counts [2]atomic.Int64
	h := around(t, tweens.Timeout(2*time.Millisecond, tweens.TimeoutOptions{GracePeriod: time.Minute}), func(r *web.Request) (*web.Response, error) {
		if rand.N(2) == 0 {
			time.Sleep(time.Duration(rand.N(4000)) * time.Microsecond)
		} else if rand.N(2) == 0 {
			<-r.Context().Done()
		}
		r.Header.Set("X-View", "was here")
		r.Response().SetHeader("X-View", "was here")
		r.URL.Path = "/view"
		r.AddFinishedCallback(func(r *web.Request) error { r.Header.Set("X-Finished", "yes"); return nil })
		switch rand.N(4) {
		case 0:
			panic("bang")
		case 1:
			return nil, errors.New("boom")
		}
		return r.Text("in time"), nil
	})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				r := request("GET", "/page")
				w := httptest.NewRecorder()
				err := respond(h, r, w)
				switch {
				case err != nil, w.Body.String() == "in time":
					counts[0].Add(1)
				case w.Code == 504:
					counts[1].Add(1)
					assert.Equal(t, "/page", r.URL.Path)
					assert.Empty(t, r.Header.Get("X-View"))
					assert.Empty(t, w.Header().Get("X-View"))
				default:
					t.Errorf("response %d %s", w.Code, w.Body)
				}
			}
		})
	}
	wg.Wait()
	assert.EqualValues(t, 800, counts[0].Load()+counts[1].Load())
}

func BenchmarkTimeout(b *testing.B) {
	for _, bm := range []struct {
		name string
		h    web.Handler
	}{
		{"without", text("hello")},
		{"with", around(b, tweens.Timeout(time.Minute, tweens.TimeoutOptions{}), text("hello"))},
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
