package framework_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/framework/server"
	"github.com/mastaba-go/mastaba/views"
)

// noLeaks checks at the end of the test that it left no goroutine behind. Tests that use
// it do not run in parallel, because it sees the goroutines of all.
func noLeaks(t *testing.T) {
	t.Helper()
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
}

// serve serves app on loopback until stop is called, which returns what Serve returned.
func serve(t testing.TB, app *framework.App) (addr string, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	started, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		ended <- framework.Serve(ctx, app, server.Options{
			Addr: "127.0.0.1:0", DisableSignals: true, Health: true,
			Started: func(a net.Addr) { started <- a.String() },
		})
	}()
	stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	t.Cleanup(func() { assert.NoError(t, stop()) })
	return <-started, stop
}

func TestServe(t *testing.T) {
	noLeaks(t)
	var d diary
	var log frameworktest.Log
	config := framework.New(framework.Options{Logger: log.Logger()})
	config.AddView(views.Func(sayHello))
	config.OnStart(d.hook("start", nil))
	config.OnStop(d.hook("stop", nil))
	app := build(t, config)
	addr, stop := serve(t, app)
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Get("http://" + addr)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, 200, resp.StatusCode)
	require.NoError(t, stop())
	assert.Equal(t, "start stop", d.String())
	<-app.Draining()
	require.NotEmpty(t, log.Lines())
	assert.Equal(t, "serving", log.Lines()[0]["message"], "the application's logger is used")
}

func TestServeWithoutAnApplication(t *testing.T) {
	t.Parallel()
	require.ErrorContains(t, framework.Serve(t.Context(), nil, server.Options{}), "the application is nil")
}

// privateBody is the body of a request that may be changed, as package server has it.
type privateBody struct{ io.ReadCloser }

func (privateBody) PrivateRequest() {}

// The server copies a request with a body for the handler, and the application does not copy
// it again.
func TestBodyOfAPrivateRequest(t *testing.T) {
	t.Parallel()
	config := quiet(framework.Options{})
	var seen *http.Request
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		seen = r.Request
		return r.Text("ok"), nil
	}))
	app := build(t, config)
	for _, private := range []bool{true, false} {
		hr, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "/", bytes.NewReader([]byte("x")))
		require.NoError(t, err)
		if private {
			hr.Body = privateBody{hr.Body}
		}
		app.ServeHTTP(&writer{header: http.Header{}}, hr)
		assert.Equal(t, private, seen == hr)
	}
}
