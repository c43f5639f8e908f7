package tweens_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// hints sends 103 Early Hints, then calls next.
func hints(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		w.Header().Set("Link", "</style.css>; rel=preload")
		w.WriteHeader(http.StatusEarlyHints)
		next.ServeHTTP(w, hr)
	})
}

// early is an http.Handler that sends 103, and then a page.
var early = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Link", "</style.css>; rel=preload")
	w.WriteHeader(http.StatusEarlyHints)
	w.Header().Del("Link")
	_, _ = io.WriteString(w, "page")
})

// Informational responses reach the client at once, and leave the response as it is.
func TestInformationalResponses(t *testing.T) {
	t.Parallel()
	plain := func(c *framework.Configurator, o ...views.Option) {
		c.AddView(views.Func(func(r *web.Request) (*web.Response, error) { return r.Text("page"), nil }), o...)
	}
	through := func(m func(http.Handler) http.Handler) tweens.Factory { return tweens.FromMiddleware(m) }
	for name, test := range map[string]struct {
		configure func(c *framework.Configurator)
		status    int
		body      string
		informed  int
	}{
		"middleware": {func(c *framework.Configurator) { plain(c); c.AddTween("hints", through(hints)) }, 200, "page", 1},
		"middleware twice": {func(c *framework.Configurator) {
			plain(c)
			c.AddTween("hints", through(hints))
			c.AddTween("outer", through(hints))
		}, 200, "page", 2},
		"middleware that refuses": {func(c *framework.Configurator) {
			plain(c)
			c.AddTween("hints", through(handle(func(_ http.Handler, w http.ResponseWriter, hr *http.Request) {
				hints(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusForbidden) })).ServeHTTP(w, hr)
			})))
		}, 403, "no\n", 1},
		"around a view": {func(c *framework.Configurator) { plain(c, views.Around(through(hints))) }, 200, "page", 1},
		"handler":       {func(c *framework.Configurator) { c.AddView(views.HTTP(early)) }, 200, "page", 1},
		"handler under Compress": {func(c *framework.Configurator) {
			c.AddView(views.HTTP(early))
			c.AddTween("c", tweens.Compress(tweens.CompressOptions{}))
		}, 200, "page", 1},
		"handler under middleware": {func(c *framework.Configurator) { c.AddView(views.HTTP(early)); c.AddTween("hints", through(hints)) }, 200, "page", 2},
		"middleware under Timeout": {func(c *framework.Configurator) {
			plain(c)
			c.AddTween("hints", through(hints))
			c.AddTween("timeout", tweens.Timeout(time.Minute, tweens.TimeoutOptions{}))
		}, 200, "page", 1},
		// TimeoutHandler would take the 103 for the response.
		"handler under http.TimeoutHandler": {func(c *framework.Configurator) {
			c.AddView(views.HTTP(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Link", "</style.css>; rel=preload")
				w.WriteHeader(http.StatusEarlyHints)
				http.Error(w, "nothing here", http.StatusNotFound)
			})))
			c.AddTween("deadline", through(func(next http.Handler) http.Handler { return http.TimeoutHandler(next, time.Minute, "") }))
		}, 404, "nothing here\n", 1},
		"too late": {func(c *framework.Configurator) {
			plain(c)
			c.AddTween("late", through(handle(func(_ http.Handler, w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, "page")
				w.WriteHeader(http.StatusEarlyHints)
				_ = http.NewResponseController(w).Flush()
				w.WriteHeader(http.StatusEarlyHints)
			})))
		}, 200, "page", 0},
		"failing view": {func(c *framework.Configurator) {
			c.AddView(views.Func(func(*web.Request) (*web.Response, error) { return nil, web.Gone("") }))
			c.AddTween("hints", through(hints))
		}, 410, "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			nop := zerolog.Nop()
			config := framework.New(framework.Options{Logger: &nop})
			test.configure(config)
			config.AddTween("own header", tweens.Wrap(func(next web.Handler) web.Handler {
				return func(r *web.Request) (*web.Response, error) {
					resp, err := next(r)
					if err == nil {
						resp.SetHeader("X-Final", "yes")
					}
					return resp, err
				}
			}))
			app, err := config.App()
			require.NoError(t, err)
			for _, http2 := range []bool{false, true} {
				s := httptest.NewUnstartedServer(app)
				s.EnableHTTP2 = http2
				if http2 {
					s.StartTLS()
				} else {
					s.Start()
				}
				defer s.Close()
				var informed []textproto.MIMEHeader
				hr, err := http.NewRequestWithContext(httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
					Got1xxResponse: func(_ int, h textproto.MIMEHeader) error { informed = append(informed, h); return nil },
				}), "GET", s.URL, nil)
				require.NoError(t, err)
				resp, err := s.Client().Do(hr)
				require.NoError(t, err)
				body, err := io.ReadAll(resp.Body)
				require.NoError(t, err)
				require.NoError(t, resp.Body.Close())
				assert.Equal(t, test.status, resp.StatusCode)
				if test.body != "" {
					assert.Equal(t, test.body, string(body))
				}
				assert.Equal(t, "yes", resp.Header.Get("X-Final"))
				assert.Len(t, informed, test.informed)
				for _, h := range informed {
					assert.Equal(t, "</style.css>; rel=preload", h.Get("Link"))
				}
			}
			w := httptest.NewRecorder() // no client
			app.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
			if name != "handler" && name != "handler under Compress" { // whose writer is the recorder
				assert.Equal(t, test.status, w.Code)
			}
			old := oldClient(t, app)
			assert.Equal(t, test.status, old, "HTTP/1.0 has no informational responses (RFC 9110 15.2)")
		})
	}
}

// oldClient returns the first status that a client of HTTP/1.0 gets.
func oldClient(t *testing.T, app http.Handler) (status int) {
	t.Helper()
	s := httptest.NewServer(app)
	defer s.Close()
	conn, err := net.Dial("tcp", s.Listener.Addr().String())
	require.NoError(t, err)
	defer conn.Close()
	_, err = io.WriteString(conn, "GET / HTTP/1.0\r\n\r\n")
	require.NoError(t, err)
	_, err = fmt.Fscanf(bufio.NewReader(conn), "HTTP/1.0 %d", &status)
	require.NoError(t, err)
	return status
}

// The client has the hints while the view still works.
func TestInformationalResponseIsNotHeldBack(t *testing.T) {
	t.Parallel()
	informed := make(chan struct{})
	nop := zerolog.Nop()
	config := framework.New(framework.Options{Logger: &nop})
	config.AddView(views.Func(func(r *web.Request) (*web.Response, error) { <-informed; return r.Text("page"), nil }))
	config.AddTween("hints", tweens.FromMiddleware(hints))
	app, err := config.App()
	require.NoError(t, err)
	s := httptest.NewServer(app)
	defer s.Close()
	hr, err := http.NewRequestWithContext(httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
		Got1xxResponse: func(int, textproto.MIMEHeader) error { close(informed); return nil },
	}), "GET", s.URL, nil)
	require.NoError(t, err)
	resp, err := s.Client().Do(hr)
	require.NoError(t, err)
	defer resp.Body.Close()
	assert.Equal(t, 200, resp.StatusCode)
}

// A straggler that missed its deadline reaches no client.
func TestInformationalResponseAfterTheDeadline(t *testing.T) {
	t.Parallel()
	release, done := make(chan struct{}), make(chan struct{})
	nop := zerolog.Nop()
	config := framework.New(framework.Options{Logger: &nop})
	config.AddView(views.Func(func(r *web.Request) (*web.Response, error) { return r.Text("page"), nil }))
	config.AddTween("late hints", tweens.FromMiddleware(handle(func(_ http.Handler, w http.ResponseWriter, _ *http.Request) {
		defer close(done)
		<-release
		w.WriteHeader(http.StatusEarlyHints)
	})))
	config.AddTween("timeout", tweens.Timeout(time.Millisecond, tweens.TimeoutOptions{GracePeriod: time.Millisecond}))
	app, err := config.App()
	require.NoError(t, err)
	s := httptest.NewServer(app)
	defer s.Close()
	resp, err := s.Client().Get(s.URL)
	require.NoError(t, err)
	defer resp.Body.Close()
	assert.Equal(t, 504, resp.StatusCode)
	close(release)
	<-done
}
