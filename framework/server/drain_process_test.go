package server_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/server"
	"github.com/mastaba-go/mastaba/views"
)

// childDelay makes this test binary a server that drains with that delay.
const childDelay = "MASTABA_TEST_SERVE_WITH_DELAY"

// TestChild is the process that TestNoRequestIsLost sends signals to.
func TestChild(t *testing.T) {
	delay, err := time.ParseDuration(os.Getenv(childDelay))
	if err != nil {
		t.Skip("this is the child of TestNoRequestIsLost")
	}
	var responses atomic.Int64
	silent := zerolog.Nop()
	app := newApp(t, framework.Options{}, func(c *framework.Configurator) {
		c.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			time.Sleep(100 * time.Millisecond) // what a database would do
			return r.Text("slow\n"), nil
		}), views.Name("slow"))
	})
	err = server.Serve(t.Context(), app, server.Options{
		Addr: "127.0.0.1:0", Health: true, DrainDelay: delay, DrainTimeout: 10 * time.Second,
		Started: func(a net.Addr) { fmt.Println("serving", a) },
		Middleware: func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				next.ServeHTTP(w, r)
				responses.Add(1)
			})
		},
		Logger: &silent,
	})
	require.NoError(t, err)
	fmt.Println("responses", responses.Load())
}

// child is a server in a process of its own.
type child struct {
	addr string
	cmd  *exec.Cmd
	out  *bufio.Reader
}

func newChild(t *testing.T, delay time.Duration) *child {
	t.Helper()
	c := &child{cmd: exec.Command(os.Args[0], "-test.run=^TestChild$", "-test.timeout=60s")}
	c.cmd.Env = append(os.Environ(), childDelay+"="+delay.String())
	c.cmd.Stderr = os.Stderr
	out, err := c.cmd.StdoutPipe()
	require.NoError(t, err)
	c.out = bufio.NewReader(out)
	require.NoError(t, c.cmd.Start())
	t.Cleanup(func() { _ = c.cmd.Process.Kill() })
	c.addr = c.line(t, "serving ")
	return c
}

// line waits for a line of the child.
func (c *child) line(t *testing.T, prefix string) string {
	t.Helper()
	for {
		line, err := c.out.ReadString('\n')
		require.NoError(t, err)
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), prefix); ok {
			return rest
		}
	}
}

// load is what the clients saw.
type load struct {
	responses atomic.Int64
	lost      sync.Map
}

// run sends one request after the other until stop returns true or the server refuses
// connections. It retries none. With keep it uses a connection for as long as the server
// lets it.
func (l *load) run(addr string, keep bool, stop func() bool) {
	var c net.Conn
	defer func() {
		if c != nil {
			_ = c.Close()
		}
	}()
	for i := 0; !stop(); i++ {
		if c == nil {
			var err error
			if c, err = net.Dial("tcp", addr); errors.Is(err, syscall.ECONNREFUSED) {
				return
			} else if err != nil {
				l.lost.Store(fmt.Sprintf("dial: %v", err), true)
				return
			}
		}
		last, err := exchange(c, i, keep)
		if err != nil {
			l.lost.Store(fmt.Sprintf("request %d of a client, keep %v: %v", i, keep, err), true)
			return
		}
		l.responses.Add(1)
		if last {
			_ = c.Close()
			c = nil
		}
	}
}

// exchange sends one request; last reports whether the server will close the connection.
func exchange(c net.Conn, i int, keep bool) (last bool, err error) {
	head, want := "GET / HTTP/1.1\r\nHost: x\r\n", "Hello, world!\n"
	body := ""
	switch {
	case i%20 == 19:
		head, want = "GET /slow HTTP/1.1\r\nHost: x\r\n", "slow\n"
	case i%3 == 2:
		body = strings.Repeat("x", 20_000)
		head, want = "POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 20000\r\n", `{"bytes":20000}`
	}
	if !keep {
		head += "Connection: close\r\n"
	}
	if _, err := io.WriteString(c, head+"\r\n"+body); err != nil {
		return false, err
	}
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return false, err
	}
	text, err := io.ReadAll(resp.Body)
	if err == nil && (resp.StatusCode != http.StatusOK || string(text) != want) {
		err = fmt.Errorf("%s: %q", resp.Status, text)
	}
	return resp.Close, err
}

// A process that receives SIGTERM under load loses no request: every client that could
// connect receives its response without a retry.
func TestNoRequestIsLost(t *testing.T) {
	for name, tt := range map[string]struct {
		delay    time.Duration
		balanced bool // clients stop when /readyz responds with 503
		keep     func(i int) bool
	}{
		"clients keep their connections": {0, false, func(int) bool { return true }},
		"a load balancer stops them":     {300 * time.Millisecond, true, func(i int) bool { return i%2 == 0 }},
	} {
		t.Run(name, func(t *testing.T) {
			const clients = 8
			server := newChild(t, tt.delay)
			var l load
			var away atomic.Bool
			var all sync.WaitGroup
			for i := range clients {
				all.Go(func() { l.run(server.addr, tt.keep(i), away.Load) })
			}
			for l.responses.Load() < 2000 && !failed(&l) {
				time.Sleep(time.Millisecond)
			}
			before := l.responses.Load()
			require.NoError(t, server.cmd.Process.Signal(syscall.SIGTERM))
			if tt.balanced {
				for !away.Load() && !failed(&l) {
					status, _ := get(t, "http://"+server.addr+"/readyz")
					away.Store(status == http.StatusServiceUnavailable)
				}
			}
			all.Wait()
			l.lost.Range(func(what, _ any) bool {
				t.Error("lost: ", what)
				return true
			})
			assert.Equal(t, fmt.Sprint(l.responses.Load()), server.line(t, "responses "))
			assert.Greater(t, l.responses.Load(), before, "requests after the signal")
			require.NoError(t, server.cmd.Wait())
			t.Logf("%d requests, %d of them after the signal", l.responses.Load(), l.responses.Load()-before)
		})
	}
}

func failed(l *load) (some bool) {
	l.lost.Range(func(_, _ any) bool { some = true; return false })
	return some
}

// A second signal ends the process at once.
func TestSecondSignal(t *testing.T) {
	server := newChild(t, time.Hour)
	require.NoError(t, server.cmd.Process.Signal(syscall.SIGTERM))
	for status := 0; status != http.StatusServiceUnavailable; {
		status, _ = get(t, "http://"+server.addr+"/readyz")
	}
	require.NoError(t, server.cmd.Process.Signal(syscall.SIGINT))
	err := server.cmd.Wait()
	exit, ok := errors.AsType[*exec.ExitError](err)
	require.True(t, ok, "%v", err)
	status, ok := exit.Sys().(syscall.WaitStatus)
	require.True(t, ok)
	assert.True(t, status.Signaled())
	assert.Equal(t, syscall.SIGINT, status.Signal())
}
