package framework_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// noLeaks holds, at the end of the test, that it left no goroutine behind.
// Tests that use it do not run in parallel: it counts the goroutines of all.
func noLeaks(t *testing.T) {
	t.Helper()
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
}

// served is an application that is served in this process.
type served struct {
	addr string
	end  func() error // ends the serving, and gives what Serve returned
}

// serve serves app on loopback, or by o.Listener, until end is called or the
// test ends.
func serve(t *testing.T, app *framework.App, o framework.ServerOptions) *served {
	t.Helper()
	o.DisableSignals = true
	if o.Listener == nil && o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	addr, ended := make(chan string, 1), make(chan error, 1)
	o.Started = func(a net.Addr) { addr <- a.String() }
	go func() { ended <- framework.Serve(ctx, app, o) }()
	s := &served{end: sync.OnceValue(func() error {
		cancel()
		return <-ended
	})}
	select {
	case s.addr = <-addr:
	case err := <-ended:
		cancel()
		t.Fatalf("serve: %v", err)
	}
	t.Cleanup(func() { assert.NoError(t, s.end()) })
	return s
}

// dial opens a connection to write a request by hand.
func (s *served) dial(t *testing.T) *client {
	t.Helper()
	c, err := net.Dial("tcp", s.addr)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return &client{t, c, bufio.NewReader(c)}
}

// alive asks for the front page on a connection of its own.
func (s *served) alive(t *testing.T) {
	t.Helper()
	c := s.dial(t)
	c.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	resp, body := c.answer()
	assert.Equal(t, http.StatusOK, resp.StatusCode)
	assert.Equal(t, "Hello, world!\n", body)
	_ = c.Close()
}

// client is one connection, by hand.
type client struct {
	t *testing.T
	net.Conn
	r *bufio.Reader
}

func (c *client) send(text string) {
	c.t.Helper()
	_, err := io.WriteString(c.Conn, text)
	require.NoError(c.t, err)
}

// answer reads one response whole.
func (c *client) answer() (*http.Response, string) {
	c.t.Helper()
	resp, err := http.ReadResponse(c.r, nil)
	require.NoError(c.t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(c.t, err)
	return resp, string(body)
}

// closed reads what is left and holds that the server then closed.
func (c *client) closed() string {
	c.t.Helper()
	rest, err := io.ReadAll(c.r)
	if !errors.Is(err, io.ErrClosedPipe) && (err == nil || !strings.Contains(err.Error(), "connection reset")) {
		require.NoError(c.t, err)
	}
	return string(rest)
}

// hall is an application for tests of the server: a greeting, and views that
// read, ignore, echo, and send much.
func hall(t testing.TB, o framework.Options, more ...func(*framework.Configurator)) *framework.App {
	t.Helper()
	config := quiet(o)
	config.AddView(views.Func(sayHello))
	config.AddView(views.Func(countBody), views.Name("count"))
	config.AddView(views.Func(countBody), views.Name("small"), views.BodyLimit(100))
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		return r.Text("not read\n"), nil
	}), views.Name("ignore"))
	config.AddView(views.Func(sendMuch), views.Name("much"))
	for _, add := range more {
		add(config)
	}
	return build(t, config)
}

func countBody(r *framework.Request) (map[string]int64, error) {
	n, err := io.Copy(io.Discard, r.Body)
	return map[string]int64{"bytes": n}, err
}

// muchBytes is the length of what sendMuch sends.
const muchBytes = 64 << 20

var zeros = make([]byte, 1<<20)

func sendMuch(r *framework.Request) (*framework.Response, error) {
	resp := r.Response()
	resp.SetStream(func(w web.StreamWriter) error {
		for range muchBytes / len(zeros) {
			if _, err := w.Write(zeros); err != nil {
				return err
			}
		}
		return nil
	})
	return resp, nil
}

// pipes is a listener whose connections are pipes in memory, for tests in a
// bubble of synctest, where only that waits which the test knows.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
	close func()
}

func newPipes() *pipes {
	p := &pipes{conns: make(chan net.Conn), done: make(chan struct{})}
	p.close = sync.OnceFunc(func() { close(p.done) })
	return p
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { p.close(); return nil }
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipes"} }

func (p *pipes) dial(t *testing.T) *client {
	t.Helper()
	here, there := net.Pipe()
	p.conns <- there
	return &client{t, here, bufio.NewReader(here)}
}
