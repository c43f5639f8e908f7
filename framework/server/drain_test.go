package server_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/server"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// gate is a view that reports when it is called, and waits until it is released.
type gate struct{ entered, release chan struct{} }

func newGate() gate { return gate{make(chan struct{}, 100), make(chan struct{})} }

func (g gate) add(c *framework.Configurator) {
	c.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		g.entered <- struct{}{}
		<-g.release
		return r.Text("late\n"), nil
	}), views.Name("wait"))
}

func TestDrainWaitsForRequestsInFlight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g, p := newGate(), newPipes()
		app := newApp(t, framework.Options{}, g.add)
		s := serve(t, app, server.Options{Listener: p})
		busy, idle, silent, fresh := p.dial(t), p.dial(t), p.dial(t), p.dial(t)
		busy.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n")
		idle.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		resp, _ := idle.response()
		assert.False(t, resp.Close)
		<-g.entered
		ended := make(chan error, 1)
		go func() { ended <- s.stop() }()
		<-app.Draining()
		<-p.done // the listener is closed

		// Requests on open connections are served, and asked to close.
		time.Sleep(200 * time.Millisecond)
		for _, c := range []*client{idle, fresh} {
			c.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
			resp, _ = c.response()
			assert.Equal(t, http.StatusOK, resp.StatusCode)
			assert.True(t, resp.Close)
			assert.Empty(t, c.closed())
		}
		assert.Empty(t, silent.closed())
		time.Sleep(5 * time.Second)
		close(g.release)
		resp, body := busy.response()
		assert.Equal(t, http.StatusOK, resp.StatusCode)
		assert.Equal(t, "late\n", body)
		assert.Empty(t, busy.closed())
		require.NoError(t, <-ended)
	})
}

func TestNotReadyBeforeTheListenerCloses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPipes()
		s := serve(t, newApp(t, framework.Options{}), server.Options{Listener: p, Health: true, DrainDelay: 10 * time.Second})
		look := func(path string) (int, bool) {
			c := p.dial(t)
			defer func() { require.NoError(t, c.Close()) }()
			c.send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n")
			resp, _ := c.response()
			return resp.StatusCode, resp.Close
		}
		status, last := look("/readyz")
		assert.Equal(t, 200, status)
		assert.False(t, last)
		begin := time.Now()
		ended := make(chan error, 1)
		go func() { ended <- s.stop() }()
		synctest.Wait()
		for range 9 {
			status, _ = look("/readyz")
			assert.Equal(t, 503, status)
			status, _ = look("/healthz")
			assert.Equal(t, 200, status)
			status, last = look("/")
			assert.Equal(t, 200, status)
			assert.True(t, last)
			time.Sleep(time.Second)
		}
		require.NoError(t, <-ended)
		assert.InDelta(t, 10, time.Since(begin).Seconds(), 0.5)
	})
}

// stubborn adds a view that returns when until does.
func stubborn(c *framework.Configurator, until func(r *framework.Request) error) {
	c.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		if err := until(r); err != nil {
			return nil, err
		}
		return r.Text("done\n"), nil
	}), views.Name("stubborn"))
}

func TestDrainTimeout(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		until    func(r *framework.Request) error
		response bool
		took     time.Duration
		err      string
	}{
		"a view that watches Draining": {func(r *framework.Request) error {
			<-r.Draining()
			return nil
		}, true, 5 * time.Millisecond, ""},
		"a view that watches its context": {func(r *framework.Request) error {
			<-r.Context().Done()
			if cause := context.Cause(r.Context()); !errors.Is(cause, server.ErrDraining) {
				return cause
			}
			return nil
		}, true, 19 * time.Second, ""},
		"a view that watches nothing": {func(*framework.Request) error {
			time.Sleep(time.Minute)
			return nil
		}, false, 20*time.Second + 250*time.Millisecond, "drain: timed out after 20s with 1 request in flight; connections closed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := newPipes()
				var d diary
				app := newApp(t, framework.Options{}, func(c *framework.Configurator) {
					stubborn(c, tt.until)
					c.OnStop(d.hook("stopped"))
				})
				ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
				ended := serveUntil(ctx, app, server.Options{Listener: p})
				c := p.dial(t)
				c.send("GET /stubborn HTTP/1.1\r\nHost: x\r\n\r\n")
				synctest.Wait()
				begin := time.Now()
				cancel()
				if tt.response {
					_, body := c.response()
					assert.Equal(t, "done\n", body)
				}
				assert.Empty(t, c.closed())
				err := <-ended
				if tt.err == "" {
					require.NoError(t, err)
				} else {
					require.EqualError(t, err, tt.err)
				}
				assert.InDelta(t, tt.took.Seconds(), time.Since(begin).Seconds(), 0.3)
				assert.Equal(t, "stopped", d.String())
				time.Sleep(time.Minute) // the view that watches nothing ends as well
			})
		})
	}
}

func TestDrainOfHijackedConnections(t *testing.T) {
	t.Parallel()
	for _, obedient := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			p := newPipes()
			app := newApp(t, framework.Options{}, func(c *framework.Configurator) {
				c.AddView(views.HTTP(http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
					conn, _, err := http.NewResponseController(w).Hijack()
					if !assert.NoError(t, err) {
						return
					}
					if !obedient {
						_, _ = conn.Read(make([]byte, 1)) // until it is closed
						return
					}
					defer func() { _ = conn.Close() }()
					if r, ok := web.FromContext(hr.Context()); assert.True(t, ok) {
						<-r.Draining()
					}
					_, _ = io.WriteString(conn, "bye")
				})), views.Name("socket"))
			})
			ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
			ended := serveUntil(ctx, app, server.Options{Listener: p})
			c := p.dial(t)
			c.send("GET /socket HTTP/1.1\r\nHost: x\r\n\r\n")
			synctest.Wait()
			begin := time.Now()
			cancel()
			farewell := c.closed()
			err := <-ended
			if obedient {
				require.NoError(t, err)
				assert.Equal(t, "bye", farewell)
				assert.Less(t, time.Since(begin), time.Second)
				return
			}
			require.ErrorContains(t, err, "connections closed")
			assert.InDelta(t, 20, time.Since(begin).Seconds(), 0.3)
		})
	}
}

// A client of HTTP/2 that ignores the GOAWAY holds up the drain no longer than an idle one of
// HTTP/1, and is no error.
func TestDrainOfIdleHTTP2(t *testing.T) {
	t.Parallel()
	for _, secure := range []bool{false, true} {
		for _, timeout := range []time.Duration{20 * time.Second, 500 * time.Millisecond, 50 * time.Millisecond} {
			t.Run(fmt.Sprintf("TLS %v, %v", secure, timeout), func(t *testing.T) {
				o := server.Options{CleartextHTTP2: true, DrainTimeout: timeout}
				synctest.Test(t, func(t *testing.T) {
					p := newPipes()
					o.Listener = p
					if secure {
						o = withCertificate(t, o)
					}
					s := serve(t, newApp(t, framework.Options{}), o)
					c := p.dial(t)
					if secure {
						config := unverified()
						config.NextProtos = []string{"h2"}
						c.Conn = tls.Client(c.Conn, config)
					}
					f := newFrames(c)
					f.get()
					synctest.Wait()
					require.Equal(t, 1, f.count(frameHeaders))
					begin := time.Now()
					require.NoError(t, s.stop())
					assert.LessOrEqual(t, time.Since(begin), min(timeout, 400*time.Millisecond))
					synctest.Wait()
					if timeout > 100*time.Millisecond {
						assert.Equal(t, 1, f.count(frameGoAway))
					}
				})
			})
		}
	}
}

// A response is lost at the timeout although its handler has returned.
func TestDrainTimeoutOfResponses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPipes()
		ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
		ended := serveUntil(ctx, newApp(t, framework.Options{}), server.Options{Listener: p})
		for range 2 { // these clients do not read
			p.dial(t).send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		}
		synctest.Wait()
		cancel()
		require.EqualError(t, <-ended, "drain: timed out after 20s with 2 responses still being sent; connections closed")
	})
}

func TestStopTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPipes()
		app := newApp(t, framework.Options{}, func(c *framework.Configurator) {
			c.OnStop(func(ctx context.Context, _ *framework.App) error {
				<-ctx.Done()
				return ctx.Err()
			})
		})
		ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
		ended := serveUntil(ctx, app, server.Options{Listener: p})
		synctest.Wait()
		begin := time.Now()
		cancel()
		err := <-ended
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.True(t, strings.HasPrefix(err.Error(), "stop "), err.Error())
		assert.InDelta(t, 5, time.Since(begin).Seconds(), 0.3)
	})
}
