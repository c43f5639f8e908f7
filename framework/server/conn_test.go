package server_test

import (
	"bytes"
	"context"
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

func TestHeaderOfOneByteASecond(t *testing.T) {
	t.Parallel()
	slowly := strings.Repeat("x", 100)
	for name, begun := range map[string]string{
		"in the request line":               "",
		"in a header's name":                "GET / HTTP/1.1\r\nHost: x\r\nX-",
		"in a header's value":               "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
		"in the header of a second request": "GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
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
				checkAlive(t, p)
				if strings.Contains(begun, "\r\n\r\n") {
					resp, _ := c.response()
					assert.Equal(t, http.StatusOK, resp.StatusCode)
				}
				resp, text := c.response()
				assert.Equal(t, http.StatusRequestTimeout, resp.StatusCode)
				assert.Equal(t, "408 Request Timeout: timed out reading the request header\n", text)
				assert.True(t, resp.Close)
				assert.Empty(t, c.closed())
				assert.Equal(t, 10*time.Second, time.Since(begin))
				require.Error(t, <-refused)
				checkAlive(t, p)
			})
		})
	}
}

// A client whose second header stops after its beginning receives a 408, for which net/http has no
// hook. An idle connection is closed without a response.
func TestHeaderThatStops(t *testing.T) {
	t.Parallel()
	for begun, want := range map[string]time.Duration{"GET / HTTP/1.1\r\nHost:": 10 * time.Second, "\r\n": 2 * time.Minute, "": 2 * time.Minute} {
		t.Run(strconv.Quote(begun), func(t *testing.T) {
			t.Parallel()
			inBubble(t, nil, func(t *testing.T, p *pipes) {
				c := p.dial(t)
				for range 3 {
					c.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
					resp, _ := c.response()
					assert.Equal(t, http.StatusOK, resp.StatusCode)
				}
				synctest.Wait()
				begin := time.Now()
				c.send(begun)
				if want == 10*time.Second {
					resp, text := c.response()
					assert.Equal(t, http.StatusRequestTimeout, resp.StatusCode)
					assert.Equal(t, "408 Request Timeout: timed out reading the request header\n", text)
				}
				assert.Empty(t, c.closed())
				assert.Equal(t, want, time.Since(begin))
				checkAlive(t, p)
			})
		})
	}
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
			return sendZeros(r)
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
		checkAlive(t, p)
	})
}

func TestSlowSteadyReader(t *testing.T) {
	t.Parallel()
	inBubble(t, nil, func(t *testing.T, p *pipes) {
		c, begin := p.dial(t), time.Now()
		c.send("GET /zeros HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		var total int
		for chunk := make([]byte, 64<<10); ; {
			n, err := io.ReadFull(c.Conn, chunk)
			if total += n; err != nil {
				break
			}
			time.Sleep(20 * time.Second)
		}
		assert.Greater(t, total, zerosLength)
		assert.Greater(t, time.Since(begin), 5*time.Hour)
	})
}

func TestIdleTimeout(t *testing.T) {
	t.Parallel()
	inBubble(t, nil, func(t *testing.T, p *pipes) {
		c := p.dial(t)
		c.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		c.response()
		begin := time.Now()
		assert.Empty(t, c.closed())
		assert.Equal(t, 2*time.Minute, time.Since(begin))
	})
}

// A hijacked connection has no deadlines.
func TestHijackedConnection(t *testing.T) {
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
