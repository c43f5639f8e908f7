package cli

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/server"
	"github.com/mastaba-go/mastaba/views"
)

// Only serve --dev marks the application, so only there cookies are not Secure over plain http.
func TestDevServerMarksTheApplication(t *testing.T) {
	for _, dev := range []bool{true, false} {
		ctx, cancel := context.WithCancel(t.Context())
		addr, ended := make(chan net.Addr, 1), make(chan int, 1)
		build := func(_ context.Context, env *Env) (*framework.Configurator, error) {
			config := framework.New(env.Options())
			config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
				return r.Text(strconv.FormatBool(r.Application().Development)), nil
			}))
			return config, nil
		}
		o := Options{Name: "wiki", Server: server.Options{DisableSignals: true, Started: func(a net.Addr) { addr <- a }}}
		args := []string{"serve", "--addr", "127.0.0.1:0"}
		if dev {
			args = append(args, "--dev")
		}
		var stderr bytes.Buffer
		go func() { ended <- Run(ctx, build, o, Process{Args: args, Stderr: &stderr}) }()
		var at net.Addr
		select {
		case at = <-addr:
		case code := <-ended:
			require.Zero(t, code, "serve ended before it started: %s", &stderr)
		}
		hr, err := http.NewRequest(http.MethodGet, "http://"+at.String(), nil)
		require.NoError(t, err)
		hr.Host = "localhost"
		resp, err := http.DefaultTransport.RoundTrip(hr)
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		assert.Equal(t, strconv.FormatBool(dev), string(body))
		cancel()
		<-ended
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	}
}
