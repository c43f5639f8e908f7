package server_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/server"
)

// A Lifecycle is started before the first request and shut down after the last.
func TestLifecycle(t *testing.T) {
	noLeaks(t)
	var d diary
	app := newApp(t, framework.Options{}, func(c *framework.Configurator) {
		c.OnStart(d.hook("start"))
		c.OnStop(d.hook("stop"))
	})
	s := serve(t, app, server.Options{})
	assert.Equal(t, "start", d.String())
	status, body := get(t, "http://"+s.addr+"/")
	assert.Equal(t, 200, status)
	assert.Equal(t, "Hello, world!\n", body)
	status, _ = get(t, "http://"+s.addr+"/healthz")
	assert.Equal(t, 404, status, "the probes are an option")
	require.NoError(t, s.stop())
	assert.Equal(t, "start stop", d.String())
	_, err := net.Dial("tcp", s.addr)
	require.Error(t, err)
	require.ErrorContains(t, <-serveUntil(t.Context(), app, server.Options{Addr: "127.0.0.1:0"}), "was started before")
}

func TestServeErrorsBeforeStart(t *testing.T) {
	noLeaks(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, taken.Close()) }()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	for name, tt := range map[string]struct {
		o    server.Options
		want string
	}{
		"address in use":     {server.Options{Addr: taken.Addr().String()}, "address already in use"},
		"no address":         {server.Options{Addr: "nowhere"}, "missing port"},
		"not a socket":       {server.Options{Addr: "unix:" + file}, "file exists and is not a socket"},
		"no path":            {server.Options{Addr: "unix:"}, "the path is empty"},
		"long path":          {server.Options{Addr: "unix:" + strings.Repeat("x", 200)}, "too long for a socket (200 bytes)"},
		"no directory":       {server.Options{Addr: "unix:" + file + "/x"}, "not a directory"},
		"only a certificate": {server.Options{CertFile: file}, "server.Options.CertFile: certificate \"" + file + "\" without a key: give both files or neither"},
		"only a key":         {server.Options{KeyFile: file}, "server.Options.KeyFile: key \"" + file + "\" without a certificate: give both files or neither"},
		"no port":            {server.Options{Addr: "127.0.0.1:99999"}, "invalid address \"127.0.0.1:99999\": invalid port (want HOST:PORT or unix:PATH)"},
		"no such file":       {server.Options{CertFile: file + "x", KeyFile: file}, "no such file"},
		"no certificate":     {server.Options{CertFile: file, KeyFile: file}, "certificate \"" + file + "\" with key"},
		"unbounded header":   {server.Options{MaxHeader: -1}, "server.Options.MaxHeader: invalid limit -1: the header must have a limit"},
	} {
		var d diary
		app := newApp(t, framework.Options{}, func(c *framework.Configurator) { c.OnStart(d.hook("start")) })
		require.ErrorContains(t, <-serveUntil(t.Context(), app, tt.o), tt.want, name)
		assert.Empty(t, d.String(), name)
	}
	require.ErrorContains(t, <-serveUntil(t.Context(), nil, server.Options{}), "the handler is nil")
}

func TestStartErrorStopsListening(t *testing.T) {
	noLeaks(t)
	app := newApp(t, framework.Options{}, func(c *framework.Configurator) {
		c.OnStart(func(context.Context, *framework.App) error { return errNoDatabase })
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	err = <-serveUntil(t.Context(), app, server.Options{Listener: l})
	require.ErrorIs(t, err, errNoDatabase)
	_, err = net.Dial("tcp", l.Addr().String())
	require.Error(t, err)
}

func TestListenerError(t *testing.T) {
	noLeaks(t)
	var d diary
	app := newApp(t, framework.Options{}, func(c *framework.Configurator) { c.OnStop(d.hook("stop")) })
	err := <-serveUntil(t.Context(), app, server.Options{Listener: brokenListener{}, DisableSignals: true})
	require.ErrorIs(t, err, errBrokenListener)
	assert.Equal(t, "stop", d.String())
}

var errBrokenListener = errors.New("the cable was pulled")

type brokenListener struct{}

func (brokenListener) Accept() (net.Conn, error) { return nil, errBrokenListener }
func (brokenListener) Close() error              { return nil }
func (brokenListener) Addr() net.Addr            { return &net.UnixAddr{Name: "broken"} }

func TestMiddleware(t *testing.T) {
	noLeaks(t)
	var d diary
	app := newApp(t, framework.Options{}, func(c *framework.Configurator) { c.OnStop(d.hook("stop")) })
	s := serve(t, app, server.Options{Middleware: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Around", "yes")
			next.ServeHTTP(w, r)
		})
	}})
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Get("http://" + s.addr)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, "yes", resp.Header.Get("X-Around"))
	require.NoError(t, s.stop())
	assert.Equal(t, "stop", d.String(), "the handler's Lifecycle is kept")
}

// A handler without a Lifecycle is served like any other.
func TestPlainHandler(t *testing.T) {
	noLeaks(t)
	s := serve(t, http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		_, private := hr.Body.(interface{ PrivateRequest() })
		n, err := io.Copy(io.Discard, hr.Body)
		_, _ = fmt.Fprint(w, n, private, err)
	}), server.Options{BodyTimeout: 100 * time.Millisecond})
	for request, want := range map[string]string{
		"GET / HTTP/1.1\r\nHost: x\r\n\r\n":                          "0 false <nil>",
		"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc": "3 true <nil>",
		"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nabc": "3 true read tcp " + s.addr + "->",
	} {
		c := s.dial(t)
		c.send(request)
		_, body := c.response()
		assert.True(t, strings.HasPrefix(body, want), body)
	}
}
