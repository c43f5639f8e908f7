package framework_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// The tests of this file run with the defaults, in the time of synctest: a
// client of one byte a second costs nothing there.

// inBubble serves app by pipes.
func inBubble(t *testing.T, more func(*framework.Configurator), test func(t *testing.T, p *pipes)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p := newPipes()
		if more == nil {
			more = func(*framework.Configurator) {}
		}
		s := serve(t, hall(t, framework.Options{}, more), framework.ServerOptions{Listener: p})
		test(t, p)
		require.NoError(t, s.end())
	})
}

// drip writes text at the given pace until it is written or refused.
func (c *client) drip(text string, chunk int, every time.Duration) error {
	for len(text) > 0 {
		n := min(chunk, len(text))
		if _, err := io.WriteString(c.Conn, text[:n]); err != nil {
			return err
		}
		text = text[n:]
		time.Sleep(every)
	}
	return nil
}

// greeted holds that the server goes on serving others.
func greeted(t *testing.T, p *pipes) {
	t.Helper()
	c := p.dial(t)
	c.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	resp, _ := c.answer()
	assert.Equal(t, http.StatusOK, resp.StatusCode)
	require.NoError(t, c.Close())
}

func TestHeaderOfOneByteASecond(t *testing.T) {
	t.Parallel()
	slowly := strings.Repeat("x", 100)
	for name, begun := range map[string]string{
		"in the request line":     "",
		"in a header's name":      "GET / HTTP/1.1\r\nHost: x\r\nX-",
		"in a header's value":     "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
		"in that of a second one": "GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, nil, func(t *testing.T, p *pipes) {
				c, begin := p.dial(t), time.Now()
				refused := make(chan error, 1)
				go func() {
					if begun != "" {
						_, _ = io.WriteString(c.Conn, begun)
					}
					refused <- c.drip(slowly, 1, time.Second)
				}()
				greeted(t, p)
				if strings.Contains(begun, "\r\n\r\n") {
					resp, _ := c.answer()
					assert.Equal(t, http.StatusOK, resp.StatusCode)
				}
				resp, text := c.answer()
				assert.Equal(t, http.StatusRequestTimeout, resp.StatusCode)
				assert.Equal(t, "408 Request Timeout: the header of this request is late\n", text)
				assert.True(t, resp.Close)
				assert.Empty(t, c.closed())
				assert.Equal(t, 10*time.Second, time.Since(begin))
				require.Error(t, <-refused)
				greeted(t, p)
			})
		})
	}
}

// net/http says nothing of a second header whose beginning came at once and whose
// rest never does, and nothing has to be said of a connection that only waits.
func TestHeaderThatStops(t *testing.T) {
	t.Parallel()
	for begun, want := range map[string]time.Duration{"GET / HTTP/1.1\r\nHost:": 10 * time.Second, "\r\n": 2 * time.Minute, "": 2 * time.Minute} {
		t.Run(strconv.Quote(begun), func(t *testing.T) {
			t.Parallel()
			inBubble(t, nil, func(t *testing.T, p *pipes) {
				c := p.dial(t)
				for range 3 {
					c.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
					resp, _ := c.answer()
					assert.Equal(t, http.StatusOK, resp.StatusCode)
				}
				synctest.Wait()
				begin := time.Now()
				c.send(begun)
				if want == 10*time.Second {
					resp, text := c.answer()
					assert.Equal(t, http.StatusRequestTimeout, resp.StatusCode)
					assert.Equal(t, "408 Request Timeout: the header of this request is late\n", text)
				}
				assert.Empty(t, c.closed())
				assert.Equal(t, want, time.Since(begin))
				greeted(t, p)
			})
		})
	}
}

func TestBodyOfOneByteASecond(t *testing.T) {
	t.Parallel()
	inBubble(t, nil, func(t *testing.T, p *pipes) {
		c, begin := p.dial(t), time.Now()
		c.send("POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n")
		refused := make(chan error, 1)
		go func() { refused <- c.drip(strings.Repeat("x", 1000), 1, time.Second) }()
		greeted(t, p)
		resp, body := c.answer()
		assert.Equal(t, http.StatusRequestTimeout, resp.StatusCode)
		assert.Contains(t, body, "the body of the request came too slowly")
		assert.True(t, resp.Close)
		assert.InDelta(t, 30, time.Since(begin).Seconds(), 1)
		c.closed()
		require.Error(t, <-refused)
		greeted(t, p)
	})
}

func TestBodyThatPausesTooLong(t *testing.T) {
	t.Parallel()
	inBubble(t, nil, func(t *testing.T, p *pipes) {
		c, begin := p.dial(t), time.Now()
		c.send("POST /count HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
		for range 10 { // much more than it must
			c.send("8000\r\n" + strings.Repeat("x", 0x8000) + "\r\n")
			time.Sleep(29 * time.Second)
		}
		resp, _ := c.answer()
		assert.Equal(t, http.StatusRequestTimeout, resp.StatusCode)
		assert.Equal(t, (9*29+30)*time.Second, time.Since(begin))
		c.closed()
	})
}

func TestBodyThatIsSlowButSteady(t *testing.T) {
	t.Parallel()
	inBubble(t, nil, func(t *testing.T, p *pipes) {
		c, begin := p.dial(t), time.Now()
		c.send("POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 614400\r\n\r\n")
		require.NoError(t, c.drip(strings.Repeat("x", 614400), 1024, time.Second))
		resp, body := c.answer()
		assert.Equal(t, http.StatusOK, resp.StatusCode)
		assert.JSONEq(t, `{"bytes":614400}`, body)
		assert.GreaterOrEqual(t, time.Since(begin), 10*time.Minute)
		assert.False(t, resp.Close)
		require.NoError(t, c.Close())
	})
}

// The time of the view is not the client's.
func TestViewThatIsSlowToReadIsNotTheClientsFault(t *testing.T) {
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
		resp, body := c.answer()
		assert.Equal(t, http.StatusOK, resp.StatusCode)
		assert.Equal(t, `"9999 \u003cnil\u003e"`, body)
		require.NoError(t, c.Close())
	})
}

// A view that does not read a slow body still gets its answer out.
func TestSlowBodyThatNobodyReads(t *testing.T) {
	t.Parallel()
	inBubble(t, nil, func(t *testing.T, p *pipes) {
		c, begin := p.dial(t), time.Now()
		c.send("POST /ignore HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n")
		refused := make(chan error, 1)
		go func() { refused <- c.drip(strings.Repeat("x", 1000), 1, time.Second) }()
		resp, body := c.answer()
		assert.Equal(t, http.StatusOK, resp.StatusCode)
		assert.Equal(t, "not read\n", body)
		assert.True(t, resp.Close)
		assert.Equal(t, 5*time.Second, time.Since(begin))
		c.closed()
		require.Error(t, <-refused)
	})
}

// After a body that nobody read, the server listens for the client to go
// away, and must not take a deadline of the body for that.
func TestLongStreamAfterABodyThatNobodyReads(t *testing.T) {
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
			resp, text := c.answer()
			assert.Equal(t, http.StatusOK, resp.StatusCode)
			assert.Equal(t, 10, strings.Count(text, "<nil>"))
			c.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
			resp, _ = c.answer()
			assert.Equal(t, http.StatusOK, resp.StatusCode, "the connection is used again")
			require.NoError(t, c.Close())
		}
	})
}

func TestReaderOfOneByteASecond(t *testing.T) {
	t.Parallel()
	gone := make(chan error, 1)
	watch := func(c *framework.Configurator) {
		c.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			r.AddFinishedCallback(func(r *web.Request) error {
				gone <- r.Context().Err()
				return nil
			})
			return sendMuch(r)
		}), views.Name("watched"))
	}
	inBubble(t, watch, func(t *testing.T, p *pipes) {
		c, begin := p.dial(t), time.Now()
		c.send("GET /watched HTTP/1.1\r\nHost: x\r\n\r\n")
		read := 0
		for one := make([]byte, 1); ; read++ {
			if _, err := c.Read(one); err != nil {
				break
			}
			time.Sleep(time.Second)
		}
		assert.InDelta(t, 30, time.Since(begin).Seconds(), 9)
		assert.Less(t, read, 40)
		require.ErrorIs(t, <-gone, context.Canceled)
		greeted(t, p)
	})
}

func TestReaderThatIsSlowButSteady(t *testing.T) {
	t.Parallel()
	inBubble(t, nil, func(t *testing.T, p *pipes) {
		c, begin := p.dial(t), time.Now()
		c.send("GET /much HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		var total int
		for chunk := make([]byte, 64<<10); ; {
			n, err := io.ReadFull(c.Conn, chunk)
			if total += n; err != nil {
				break
			}
			time.Sleep(20 * time.Second)
		}
		assert.Greater(t, total, muchBytes)
		assert.Greater(t, time.Since(begin), 5*time.Hour)
	})
}

func TestConnectionThatIsIdle(t *testing.T) {
	t.Parallel()
	inBubble(t, nil, func(t *testing.T, p *pipes) {
		c := p.dial(t)
		c.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		c.answer()
		begin := time.Now()
		assert.Empty(t, c.closed())
		assert.Equal(t, 2*time.Minute, time.Since(begin))
	})
}

// A view may set a deadline of its own, and take a connection over.
func TestConnectionThatAViewTookOver(t *testing.T) {
	t.Parallel()
	echo := func(c *framework.Configurator) {
		c.AddView(views.HTTP(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			conn, buffered, err := http.NewResponseController(w).Hijack()
			if err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			defer func() { _ = conn.Close() }()
			line, err := buffered.ReadString('\n') // an hour later
			if err == nil {
				_, err = conn.Write(bytes.Repeat([]byte(line), 100_000)) // at the reader's pace
			}
			assert.NoError(t, err)
		})), views.Name("socket"))
	}
	inBubble(t, echo, func(t *testing.T, p *pipes) {
		for _, header := range []string{"", "Content-Length: 5\r\n"} {
			c := p.dial(t)
			c.send("POST /socket HTTP/1.1\r\nHost: x\r\n" + header + "\r\n")
			time.Sleep(time.Hour)
			c.send("ping\n")
			time.Sleep(time.Hour)
			assert.Len(t, c.closed(), 500_000)
		}
	})
}
