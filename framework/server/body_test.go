package server_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
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
