package framework_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
)

// ask makes one request on a connection of its own.
func ask(t *testing.T, url string) (int, string) {
	t.Helper()
	transport := &http.Transport{DisableKeepAlives: true}
	resp, err := (&http.Client{Transport: transport}).Get(url)
	require.NoError(t, err)
	defer func() { require.NoError(t, resp.Body.Close()) }()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(body)
}

func TestServeFromStartToStop(t *testing.T) {
	noLeaks(t)
	var d diary
	app := hall(t, framework.Options{}, func(c *framework.Configurator) {
		c.OnStart(d.hook("start", nil))
		c.OnStop(d.hook("stop", nil))
	})
	s := serve(t, app, framework.ServerOptions{})
	assert.Equal(t, "start", d.String())
	status, body := ask(t, "http://"+s.addr+"/")
	assert.Equal(t, 200, status)
	assert.Equal(t, "Hello, world!\n", body)
	status, _ = ask(t, "http://"+s.addr+"/healthz")
	assert.Equal(t, 404, status, "the probes are an option")
	require.NoError(t, s.end())
	assert.Equal(t, "start stop", d.String())
	_, err := net.Dial("tcp", s.addr)
	require.Error(t, err)
	require.ErrorContains(t, framework.Serve(t.Context(), app, framework.ServerOptions{Addr: "127.0.0.1:0"}), "has been started before")
}

func TestServeFindsOutBeforeItStarts(t *testing.T) {
	noLeaks(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, taken.Close()) }()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	for name, tt := range map[string]struct {
		o    framework.ServerOptions
		want string
	}{
		"address in use":   {framework.ServerOptions{Addr: taken.Addr().String()}, "address already in use"},
		"no address":       {framework.ServerOptions{Addr: "nowhere"}, "missing port"},
		"not a socket":     {framework.ServerOptions{Addr: "unix:" + file}, "something else than a socket is there"},
		"no path":          {framework.ServerOptions{Addr: "unix:"}, "the path is empty"},
		"long path":        {framework.ServerOptions{Addr: "unix:" + strings.Repeat("x", 200)}, "too long for a socket (200 bytes)"},
		"no directory":     {framework.ServerOptions{Addr: "unix:" + file + "/x"}, "not a directory"},
		"half a pair":      {framework.ServerOptions{CertFile: file}, "ServerOptions.CertFile: \"" + file + "\": a certificate and its key go together"},
		"the other half":   {framework.ServerOptions{KeyFile: file}, "ServerOptions.KeyFile: \"" + file + "\": a certificate and its key go together"},
		"no port":          {framework.ServerOptions{Addr: "127.0.0.1:99999"}, "neither HOST:PORT nor unix:PATH: address 99999: invalid port"},
		"no such file":     {framework.ServerOptions{CertFile: file + "x", KeyFile: file}, "no such file"},
		"no certificate":   {framework.ServerOptions{CertFile: file, KeyFile: file}, "certificate " + file},
		"unbounded header": {framework.ServerOptions{MaxHeader: -1}, "a header cannot be unbounded"},
	} {
		var d diary
		app := hall(t, framework.Options{}, func(c *framework.Configurator) { c.OnStart(d.hook("start", nil)) })
		require.ErrorContains(t, framework.Serve(t.Context(), app, tt.o), tt.want, name)
		assert.Empty(t, d.String(), name)
	}
	require.ErrorContains(t, framework.Serve(t.Context(), nil, framework.ServerOptions{}), "the application is nil")
}

func TestServerOptionsCheck(t *testing.T) {
	t.Parallel()
	wrong := framework.ServerOptions{Addr: "nowhere", KeyFile: "k.pem", MaxHeader: -1}
	err := wrong.Check()
	for _, field := range []string{"Addr", "KeyFile", "MaxHeader"} {
		assert.ErrorContains(t, err, "ServerOptions."+field+": ", "all are told together")
	}
	for _, o := range []framework.ServerOptions{
		{}, {Addr: ":http"}, {Addr: ":0"}, {Addr: "[::1]:80"}, {Addr: "unix:x.sock"}, {CertFile: "not there", KeyFile: "nor there"},
		{Addr: "of the listener", Listener: refusingListener{}},
	} {
		assert.NoError(t, o.Check())
	}
}

// refusingListener is one that nobody may touch.
type refusingListener struct{ net.Listener }

func TestServeWhoseStartFailsListensNoMore(t *testing.T) {
	noLeaks(t)
	app := hall(t, framework.Options{}, func(c *framework.Configurator) {
		c.OnStart(func(context.Context, *framework.App) error { return errNoDatabase })
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	err = framework.Serve(t.Context(), app, framework.ServerOptions{Listener: l})
	require.ErrorIs(t, err, errNoDatabase)
	_, err = net.Dial("tcp", l.Addr().String())
	require.Error(t, err)
}

func TestServeWhoseListenerBreaks(t *testing.T) {
	noLeaks(t)
	var d diary
	app := hall(t, framework.Options{}, func(c *framework.Configurator) { c.OnStop(d.hook("stop", nil)) })
	err := framework.Serve(t.Context(), app, framework.ServerOptions{Listener: brokenListener{}, DisableSignals: true})
	require.ErrorIs(t, err, errBrokenListener)
	assert.Equal(t, "stop", d.String())
}

var errBrokenListener = errors.New("the cable was pulled")

type brokenListener struct{}

func (brokenListener) Accept() (net.Conn, error) { return nil, errBrokenListener }
func (brokenListener) Close() error              { return nil }
func (brokenListener) Addr() net.Addr            { return &net.UnixAddr{Name: "broken"} }

func TestServeOnAUnixSocket(t *testing.T) {
	noLeaks(t)
	path := filepath.Join(t.TempDir(), "app.sock")
	stale, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	require.NoError(t, err)
	stale.SetUnlinkOnClose(false)
	require.NoError(t, stale.Close())

	s := serve(t, hall(t, framework.Options{}), framework.ServerOptions{Addr: "unix:" + path, SocketMode: 0o660})
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o660), info.Mode().Perm())
	transport := &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", path)
		},
	}
	resp, err := (&http.Client{Transport: transport}).Get("http://app/")
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, 200, resp.StatusCode)

	other := hall(t, framework.Options{})
	err = framework.Serve(t.Context(), other, framework.ServerOptions{Addr: "unix:" + path})
	require.ErrorContains(t, err, "another process listens there")
	require.NoError(t, s.end())
	assert.NoFileExists(t, path)
}

func TestHealth(t *testing.T) {
	noLeaks(t)
	var broken atomic.Bool
	o := framework.ServerOptions{Health: true, Ready: func(context.Context) error {
		if broken.Load() {
			return errNoDatabase
		}
		return nil
	}}
	s := serve(t, hall(t, framework.Options{}), o)
	for path, want := range map[string]string{"/healthz": "ok\n", "/readyz": "ok\n", "/": "Hello, world!\n"} {
		status, body := ask(t, "http://"+s.addr+path)
		assert.Equal(t, 200, status, path)
		assert.Equal(t, want, body, path)
	}
	broken.Store(true)
	status, body := ask(t, "http://"+s.addr+"/readyz")
	assert.Equal(t, 503, status)
	assert.Equal(t, "not ready\n", body, "the reason is for the log")
	status, _ = ask(t, "http://"+s.addr+"/healthz")
	assert.Equal(t, 200, status)
}

func TestHandlerAnswersInPlaceOfTheApplication(t *testing.T) {
	noLeaks(t)
	app := hall(t, framework.Options{})
	s := serve(t, app, framework.ServerOptions{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Around", "yes")
		app.ServeHTTP(w, r)
	})})
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Get("http://" + s.addr)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, "yes", resp.Header.Get("X-Around"))
}
