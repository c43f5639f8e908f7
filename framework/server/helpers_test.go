package server_test

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
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/server"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// TestMain checks that no goroutine is left after all tests.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// noLeaks checks at the end of the test that it left no goroutine behind. Tests that use
// it do not run in parallel, because it sees the goroutines of all.
func noLeaks(t *testing.T) {
	t.Helper()
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
}

// served is an application that is served in this process.
type served struct {
	addr string
	stop func() error // stops the server, and returns what Serve returned
}

// serve serves h on loopback, or on o.Listener, until stop is called or the test ends.
func serve(t *testing.T, h http.Handler, o server.Options) *served {
	t.Helper()
	if o.Listener == nil && o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	addr := make(chan string, 1)
	o.Started = func(a net.Addr) { addr <- a.String() }
	ended := serveUntil(ctx, h, o)
	s := &served{stop: sync.OnceValue(func() error {
		cancel()
		return <-ended
	})}
	select {
	case s.addr = <-addr:
	case err := <-ended:
		cancel()
		t.Fatalf("serve: %v", err)
	}
	t.Cleanup(func() { assert.NoError(t, s.stop()) })
	return s
}

// serveUntil serves h without signals until ctx ends, and then sends what Serve returned.
func serveUntil(ctx context.Context, h http.Handler, o server.Options) <-chan error {
	o.DisableSignals = true
	if o.Logger == nil {
		silent := zerolog.Nop()
		o.Logger = &silent
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx, h, o) }()
	return ended
}

// dial opens a connection to write a request by hand.
func (s *served) dial(t *testing.T) *client {
	t.Helper()
	c, err := net.Dial("tcp", s.addr)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return &client{t, c, bufio.NewReader(c)}
}

// alive requests the front page on a new connection.
func (s *served) alive(t *testing.T) {
	t.Helper()
	c := s.dial(t)
	c.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	resp, body := c.response()
	assert.Equal(t, http.StatusOK, resp.StatusCode)
	assert.Equal(t, "Hello, world!\n", body)
	_ = c.Close()
}

// client is one connection, with requests written by hand.
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

// response reads one whole response.
func (c *client) response() (*http.Response, string) {
	c.t.Helper()
	resp, err := http.ReadResponse(c.r, nil)
	require.NoError(c.t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(c.t, err)
	return resp, string(body)
}

// closed reads the rest, until the server closes the connection.
func (c *client) closed() string {
	c.t.Helper()
	rest, err := io.ReadAll(c.r)
	if !errors.Is(err, io.ErrClosedPipe) && (err == nil || !strings.Contains(err.Error(), "connection reset")) {
		require.NoError(c.t, err)
	}
	return string(rest)
}

// newApp builds an application to serve: a greeting, and views that read or ignore a body or
// send a large response.
func newApp(t testing.TB, o framework.Options, more ...func(*framework.Configurator)) *framework.App {
	t.Helper()
	if o.Logger == nil {
		silent := zerolog.Nop()
		o.Logger = &silent
	}
	config := framework.New(o)
	config.AddView(views.Func(sayHello))
	config.AddView(views.Func(countBody), views.Name("count"))
	config.AddView(views.Func(countBody), views.Name("small"), views.BodyLimit(100))
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		return r.Text("not read\n"), nil
	}), views.Name("ignore"))
	config.AddView(views.Func(sendZeros), views.Name("zeros"))
	for _, add := range more {
		add(config)
	}
	app, err := config.App()
	require.NoError(t, err)
	return app
}

func sayHello(r *framework.Request) (*framework.Response, error) {
	return r.Text("Hello, world!\n"), nil
}

func countBody(r *framework.Request) (map[string]int64, error) {
	n, err := io.Copy(io.Discard, r.Body)
	return map[string]int64{"bytes": n}, err
}

// zerosLength is the length of the body that sendZeros sends.
const zerosLength = 64 << 20

var zeros = make([]byte, 1<<20)

func sendZeros(r *framework.Request) (*framework.Response, error) {
	resp := r.Response()
	resp.SetStream(func(w web.StreamWriter) error {
		for range zerosLength / len(zeros) {
			if _, err := w.Write(zeros); err != nil {
				return err
			}
		}
		return nil
	})
	return resp, nil
}

// pipes is a listener whose connections are pipes in memory, for tests in a bubble of
// synctest.
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

// diary records the calls of hooks.
type diary struct {
	mu    sync.Mutex // guards lines
	lines []string
}

func (d *diary) String() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return strings.Join(d.lines, " ")
}

// hook returns a hook that records its name.
func (d *diary) hook(name string) func(context.Context, *framework.App) error {
	return func(context.Context, *framework.App) error {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.lines = append(d.lines, name)
		return nil
	}
}

// get requests url on a new connection.
func get(t *testing.T, url string) (int, string) {
	t.Helper()
	transport := &http.Transport{DisableKeepAlives: true}
	resp, err := (&http.Client{Transport: transport}).Get(url)
	require.NoError(t, err)
	defer func() { require.NoError(t, resp.Body.Close()) }()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(body)
}

// inBubble serves an application on pipes, with default options, in the time of synctest: slow
// clients take no real time there.
func inBubble(t *testing.T, more func(*framework.Configurator), test func(t *testing.T, p *pipes)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p := newPipes()
		if more == nil {
			more = func(*framework.Configurator) {}
		}
		s := serve(t, newApp(t, framework.Options{}, more), server.Options{Listener: p})
		test(t, p)
		require.NoError(t, s.stop())
	})
}

// drip writes text at the given pace, until the server closes the connection.
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

// checkAlive checks that the server still serves other clients.
func checkAlive(t *testing.T, p *pipes) {
	t.Helper()
	c := p.dial(t)
	c.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	resp, _ := c.response()
	assert.Equal(t, http.StatusOK, resp.StatusCode)
	require.NoError(t, c.Close())
}
