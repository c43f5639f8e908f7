package websocket_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/server"
	"github.com/mastaba-go/mastaba/views/web"
	"github.com/mastaba-go/mastaba/views/websocket"
)

// serve serves an application until stop is called, which returns what Serve returned.
func serve(t *testing.T, app *framework.App, drain time.Duration) (address string, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	started, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		ended <- framework.Serve(ctx, app, server.Options{
			Addr: "127.0.0.1:0", DisableSignals: true, DrainTimeout: drain,
			Started: func(a net.Addr) { started <- a.String() },
		})
	}()
	return <-started, func() error {
		cancel()
		return <-ended
	}
}

// TestShutdown: a server that stops closes its sockets with 1001 and waits for their views, but not
// for longer than its drain may take.
func TestShutdown(t *testing.T) {
	t.Parallel()
	t.Run("views that end", func(t *testing.T) {
		t.Parallel()
		app, _ := build(t, websocket.Options{}, echo)
		address, stop := serve(t, app.App, 10*time.Second)
		c := dialRaw(t, address, "")
		c.write(frame(0x81, "hello"))
		assert.Equal(t, "\x81\x05hello", c.read(7))
		seen := make(chan []string, 1)
		go func() {
			head := c.read(2)
			rest := c.read(int(head[1]))
			_, _ = c.conn.Write([]byte(frame(0x88, rest[:2])))
			seen <- append(c.frames(), rest)
		}()
		require.NoError(t, stop())
		assert.Equal(t, []string{"\x03\xe9the server is stopping"}, <-seen)
	})
	t.Run("a view that does not", func(t *testing.T) {
		t.Parallel()
		over := make(chan struct{})
		app, _ := build(t, websocket.Options{}, func(*web.Request, any, *websocket.Conn) error {
			<-over
			return nil
		})
		address, stop := serve(t, app.App, 300*time.Millisecond)
		dialRaw(t, address, "")
		require.ErrorContains(t, stop(), "1 request in flight")
		close(over)
	})
}

// TestName: listings and conflicts name the function of a socket, not what wraps it.
func TestName(t *testing.T) {
	t.Parallel()
	view := websocket.On(echo, websocket.Options{})
	assert.Equal(t, "websocket_test.echo", view.FuncName())
	assert.Contains(t, view.Source().String(), "websocket_test.go:")
	config := framework.New(framework.Options{})
	config.AddView(view)
	app, err := config.App()
	require.NoError(t, err)
	assert.Contains(t, app.Explain(httptest.NewRequest(http.MethodGet, "/", nil)).String(), "websocket_test.echo")
}
