package tweens_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/web"
)

// outcome is what middleware around a handler sees of it.
type outcome struct {
	returned bool // committed, cached or counted as a success
	panicked any
}

// observing returns middleware that stores the outcome of each call.
func observing(seen *outcome) middleware {
	return handle(func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		defer func() {
			if seen.panicked = recover(); seen.panicked != nil {
				panic(seen.panicked)
			}
		}()
		next.ServeHTTP(w, r)
		seen.returned = true
	})
}

// A failure of the inner handler unwinds the middleware, as a panic does in net/http. Otherwise a
// cache would store an empty 200.
func TestFailureUnwindsMiddleware(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	stream := func(fn func(w web.StreamWriter) error) web.Handler {
		return func(r *web.Request) (*web.Response, error) {
			resp := r.Empty(200)
			resp.SetStream(fn)
			return resp, nil
		}
	}
	long := make([]byte, 200_000)
	tests := []struct {
		name string
		main web.Handler
		want any // the value of the panic in the middleware
	}{
		{"error", failing(boom), http.ErrAbortHandler},
		{"error with a status", failing(web.NotFound("")), http.ErrAbortHandler},
		{"panic", func(*web.Request) (*web.Response, error) { panic(boom) }, boom},
		{"abort", func(*web.Request) (*web.Response, error) { panic(http.ErrAbortHandler) }, http.ErrAbortHandler},
		{"neither", func(*web.Request) (*web.Response, error) { return nil, nil }, http.ErrAbortHandler},
		{"error of a short body", stream(func(w web.StreamWriter) error {
			_, err := io.WriteString(w, "half")
			return errors.Join(err, boom)
		}), http.ErrAbortHandler},
		{"error of a long body", stream(func(w web.StreamWriter) error {
			_, err := w.Write(long)
			return errors.Join(err, boom)
		}), http.ErrAbortHandler},
		{"abort of a long body", stream(func(w web.StreamWriter) error {
			_, _ = w.Write(long)
			panic(http.ErrAbortHandler)
		}), http.ErrAbortHandler},
		{"panic of a body", stream(func(web.StreamWriter) error { panic(boom) }), boom},
	}
	timeout := func(h http.Handler) http.Handler { return http.TimeoutHandler(h, time.Hour, "slow") }
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			serve := func(h web.Handler) {
				defer func() { _ = recover() }()
				_, err := get(h)
				assert.Error(t, err, "the response of the middleware does not count")
			}
			var plain, nested, around, far outcome
			serve(through(t, observing(&plain), tt.main))
			serve(through(t, observing(&nested), through(t, corsMiddleware, tt.main)))
			serve(through(t, func(h http.Handler) http.Handler { return observing(&around)(timeout(h)) }, tt.main))
			serve(through(t, func(h http.Handler) http.Handler { return observing(&far)(onGoroutine(h)) }, tt.main))
			for _, seen := range []outcome{plain, nested, around} {
				assert.Equal(t, outcome{panicked: tt.want}, seen)
			}
			assert.Equal(t, outcome{panicked: http.ErrAbortHandler}, far, "unwound where it uses its writer")
		})
	}
}

// onGoroutine is middleware that calls next on a goroutine that does not recover.
func onGoroutine(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		done := make(chan struct{})
		go func() {
			defer close(done)
			next.ServeHTTP(w, r)
		}()
		<-done
		_, _ = io.WriteString(w, "the end")
	})
}

// Whatever the middleware makes of the panic, the response is that of the failure.
func TestMiddlewareThatRecovers(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	for name, then := range map[string]func(w http.ResponseWriter){
		"responds":     func(w http.ResponseWriter) { http.Error(w, "sorry", http.StatusInternalServerError) },
		"panics again": func(http.ResponseWriter) { panic("another") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := handle(func(next http.Handler, w http.ResponseWriter, r *http.Request) {
				defer func() {
					if recover() != nil {
						then(w)
					}
				}()
				next.ServeHTTP(w, r)
			})
			_, err := get(through(t, m, failing(boom)))
			assert.ErrorIs(t, err, boom)
			_, err = get(through(t, m, func(*web.Request) (*web.Response, error) { panic(boom) }))
			panicked, ok := errors.AsType[*web.PanicError](err)
			require.True(t, ok)
			assert.Equal(t, boom, panicked.Value)
		})
	}
}

func TestSecondCallOfNextUnwinds(t *testing.T) {
	t.Parallel()
	var seen outcome
	twice := func(next http.Handler) http.Handler {
		return observing(&seen)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r)
			next.ServeHTTP(w, r)
		}))
	}
	_, err := get(through(t, twice, text("x")))
	assert.ErrorContains(t, err, "called next twice")
	assert.Equal(t, outcome{panicked: http.ErrAbortHandler}, seen)
}

// A client that disconnects unwinds the middleware too: the rest of the body is missing.
func TestClientThatDisconnectsUnwinds(t *testing.T) {
	t.Parallel()
	for _, left := range []int{0, 100_000} {
		var seen outcome
		ended := make(chan error, 1)
		r := request("GET", "/")
		err := respond(through(t, observing(&seen), endless(ended)), r, &brokenWriter{httptest.NewRecorder(), left})
		require.ErrorIs(t, err, errGone)
		assert.Equal(t, outcome{panicked: http.ErrAbortHandler}, seen)
	}
}

// If the middleware itself ended the context of the inner request, it goes on and responds.
func TestMiddlewareThatCancelsIsNotUnwound(t *testing.T) {
	t.Parallel()
	m := handle(func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithCancel(r.Context())
		cancel()
		next.ServeHTTP(w, r.WithContext(ctx))
		w.WriteHeader(http.StatusGatewayTimeout)
	})
	w, err := get(through(t, m, func(r *web.Request) (*web.Response, error) { return nil, r.Context().Err() }))
	require.NoError(t, err)
	assert.Equal(t, http.StatusGatewayTimeout, w.Code)
}
