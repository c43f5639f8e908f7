package server_test

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
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

func TestBodyOfOneByteASecond(t *testing.T) {
	t.Parallel()
	inBubble(t, nil, func(t *testing.T, p *pipes) {
		c, begin := p.dial(t), time.Now()
		c.send("POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n")
		refused := make(chan error, 1)
		go func() { refused <- c.drip(strings.Repeat("x", 1000), 1, time.Second) }()
		checkAlive(t, p)
		resp, body := c.response()
		assert.Equal(t, http.StatusRequestTimeout, resp.StatusCode)
		assert.Contains(t, body, "the request body arrived too slowly")
		assert.True(t, resp.Close)
		assert.InDelta(t, 30, time.Since(begin).Seconds(), 1)
		c.closed()
		require.Error(t, <-refused)
		checkAlive(t, p)
	})
}

func TestBodyThatStalls(t *testing.T) {
	t.Parallel()
	inBubble(t, nil, func(t *testing.T, p *pipes) {
		c, begin := p.dial(t), time.Now()
		c.send("POST /count HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
		for range 10 { // much more than it must
			c.send("8000\r\n" + strings.Repeat("x", 0x8000) + "\r\n")
			time.Sleep(29 * time.Second)
		}
		resp, _ := c.response()
		assert.Equal(t, http.StatusRequestTimeout, resp.StatusCode)
		assert.Equal(t, (9*29+30)*time.Second, time.Since(begin))
		c.closed()
	})
}

func TestSlowSteadyBody(t *testing.T) {
	t.Parallel()
	inBubble(t, nil, func(t *testing.T, p *pipes) {
		c, begin := p.dial(t), time.Now()
		c.send("POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 614400\r\n\r\n")
		require.NoError(t, c.drip(strings.Repeat("x", 614400), 1024, time.Second))
		resp, body := c.response()
		assert.Equal(t, http.StatusOK, resp.StatusCode)
		assert.JSONEq(t, `{"bytes":614400}`, body)
		assert.GreaterOrEqual(t, time.Since(begin), 10*time.Minute)
		assert.False(t, resp.Close)
		require.NoError(t, c.Close())
	})
}

// The time that a view takes does not count against the client.
func TestViewThatReadsSlowly(t *testing.T) {
	t.Parallel()
	slow := func(c *framework.Configurator) {
		c.AddView(views.Func(func(r *framework.Request) (string, error) {
			var first [1]byte
			if _, err := io.ReadFull(r.Body, first[:]); err != nil {
				return "", err
			}
			time.Sleep(time.Hour)
			rest, err := io.ReadAll(r.Body)
			return fmt.Sprint(len(rest), r.Context().Err()), err
		}), views.Name("slow"))
	}
	inBubble(t, slow, func(t *testing.T, p *pipes) {
		c := p.dial(t)
		go func() {
			_, _ = io.WriteString(c.Conn, "POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 10000\r\n\r\n"+strings.Repeat("x", 10000))
		}()
		resp, body := c.response()
		assert.Equal(t, http.StatusOK, resp.StatusCode)
		assert.Equal(t, `"9999 \u003cnil\u003e"`, body)
		require.NoError(t, c.Close())
	})
}

// The response of a view that ignores a slow body is still sent.
func TestUnreadSlowBody(t *testing.T) {
	t.Parallel()
	inBubble(t, nil, func(t *testing.T, p *pipes) {
		c, begin := p.dial(t), time.Now()
		c.send("POST /ignore HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n")
		refused := make(chan error, 1)
		go func() { refused <- c.drip(strings.Repeat("x", 1000), 1, time.Second) }()
		resp, body := c.response()
		assert.Equal(t, http.StatusOK, resp.StatusCode)
		assert.Equal(t, "not read\n", body)
		assert.True(t, resp.Close)
		assert.Equal(t, 5*time.Second, time.Since(begin))
		c.closed()
		require.Error(t, <-refused)
	})
}

// After an unread body, net/http reads on to notice a disconnecting client. A deadline of the
// body must not end that read.
func TestLongStreamAfterUnreadBody(t *testing.T) {
	t.Parallel()
	stream := func(c *framework.Configurator) {
		c.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			resp := r.Response()
			resp.SetStream(func(w web.StreamWriter) error {
				for i := range 10 {
					if _, err := fmt.Fprintln(w, i, r.Context().Err()); err != nil {
						return err
					}
					if err := w.Flush(); err != nil {
						return err
					}
					time.Sleep(time.Minute)
				}
				return nil
			})
			return resp, nil
		}), views.Name("events"))
	}
	inBubble(t, stream, func(t *testing.T, p *pipes) {
		for _, body := range []string{"", "a=1"} {
			c := p.dial(t)
			c.send(fmt.Sprintf("POST /events HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", len(body), body))
			resp, text := c.response()
			assert.Equal(t, http.StatusOK, resp.StatusCode)
			assert.Equal(t, 10, strings.Count(text, "<nil>"))
			c.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
			resp, _ = c.response()
			assert.Equal(t, http.StatusOK, resp.StatusCode, "the connection is used again")
			require.NoError(t, c.Close())
		}
	})
}

// A proxy's transport may still read the body while the proxy sends the response, and after it
// has returned. Mistakes show with -race.
func TestBodyReadByAProxy(t *testing.T) {
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		_ = control.EnableFullDuplex()
		_, _ = io.WriteString(w, "early ")
		_ = control.Flush()
		if r.URL.Path == "/all" {
			_, _ = io.Copy(io.Discard, r.Body)
		}
		_, _ = io.WriteString(w, "late")
	}))
	defer backend.Close()
	target, err := url.Parse(backend.URL)
	require.NoError(t, err)
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ErrorLog = log.New(io.Discard, "", 0)
	duplex := func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).EnableFullDuplex()
		proxy.ServeHTTP(w, r)
	}
	view := newApp(t, framework.Options{}, func(config *framework.Configurator) {
		config.AddView(views.HTTP(proxy), views.Name("all"), views.BodyLimit(-1))
		config.AddView(views.HTTP(proxy), views.Name("none"), views.BodyLimit(-1))
	})
	for name, h := range map[string]http.Handler{"handler": proxy, "full duplex": http.HandlerFunc(duplex), "view": view} {
		s := serve(t, h, server.Options{})
		for _, path := range []string{"/all", "/none"} {
			t.Run(name+path, func(t *testing.T) {
				for range 3 {
					c := s.dial(t)
					c.send("POST " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n")
					sent := make(chan error, 1)
					go func() {
						chunk := fmt.Sprintf("400\r\n%s\r\n", strings.Repeat("x", 1<<10))
						err := c.drip(strings.Repeat(chunk, 30), len(chunk), 2*time.Millisecond)
						_, _ = io.WriteString(c.Conn, "0\r\n\r\n")
						sent <- err
					}()
					require.NoError(t, c.SetReadDeadline(time.Now().Add(4*time.Second)))
					resp, err := http.ReadResponse(c.r, nil)
					require.NoError(t, err)
					assert.Equal(t, http.StatusOK, resp.StatusCode)
					text, err := io.ReadAll(resp.Body)
					if name == "full duplex" { // otherwise the server may have read the body first
						assert.NoError(t, err)
						assert.Equal(t, "early late", string(text))
					}
					<-sent
					require.NoError(t, c.Close())
				}
			})
		}
	}
}

// The response header does not wait for a goroutine that reads the body, and neither does
// closing the body.
func TestBodyReadByAnotherGoroutine(t *testing.T) {
	t.Parallel()
	for name, respond := range map[string]func(w http.ResponseWriter, r *http.Request){
		"return": func(http.ResponseWriter, *http.Request) {},
		"header": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) },
		"close":  func(_ http.ResponseWriter, r *http.Request) { _ = r.Body.Close() },
		"full duplex": func(w http.ResponseWriter, _ *http.Request) {
			_ = http.NewResponseController(w).EnableFullDuplex()
			_, _ = io.WriteString(w, "hello")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p, read := newPipes(), make(chan error, 1)
				s := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					go func() {
						_, err := io.Copy(io.Discard, r.Body)
						read <- err
					}()
					synctest.Wait() // until the read blocks
					respond(w, r)
				}), server.Options{Listener: p})
				c, begin := p.dial(t), time.Now()
				c.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nxxx")
				resp, _ := c.response()
				assert.Equal(t, http.StatusOK, resp.StatusCode)
				require.Error(t, <-read)
				assert.Zero(t, time.Since(begin))
				assert.Empty(t, c.closed())
				require.NoError(t, c.Close())
				require.NoError(t, s.stop())
			})
		})
	}
}
