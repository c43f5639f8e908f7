package cli

import (
	"context"
	"errors"
	"net"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/server"
	"github.com/mastaba-go/mastaba/registry"
)

func TestDevHosts(t *testing.T) {
	p := &program{env: &Env{Settings: registry.Settings{"dev_hosts": []string{"Wiki.test"}}}}
	for addr, hosts := range map[string]map[string]bool{
		"127.0.0.1:6543": {
			"": true, "127.0.0.1:6543": true, "[::1]:80": true, "::1": false, "10.1.2.3": true,
			"localhost": true, "LOCALHOST.:6543": true, "wiki.localhost:1": true, "wiki.test": true,
			"evil.example": false, "evil.example:6543": false, "localhost.evil.example": false,
			"127.0.0.1.evil.example": false, "notlocalhost": false, "sub.wiki.test": false, "[evil]": false, ":80": false,
			"localhost%evil": false, "localhost%evil:6543": false, "wiki.test%evil": false, "127.0.0.1%evil": false, "[localhost]": false, "[localhost]:80": false,
			"[fe80::1%eth0]:80": true, "[::1]": true, "[127.0.0.1]": false, "[::1]evil": false, "x.localhost%evil": false,
		},
		"dev.test:80":   {"dev.test": true, "Dev.Test:80": true, "127.0.0.1": true, "evil.example": false},
		":80":           {"localhost": true, "evil.example": false, ".": false},
		"unix:/tmp/app": {"evil.example": true},
	} {
		h := p.devHosts(addr)
		for host, want := range hosts {
			assert.Equal(t, want, h.accepts(host), "%q on %s", host, addr)
		}
	}
}

// The guard stands before the application and before the report of a wrong configuration.
func TestDevServerGuardsItsHosts(t *testing.T) {
	for name, tt := range map[string]struct {
		err    error
		status int
	}{
		"an application":  {nil, http.StatusNotFound},
		"a broken report": {errors.New("broken"), http.StatusInternalServerError},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			addr, ended := make(chan net.Addr, 1), make(chan int, 1)
			build := func(_ context.Context, env *Env) (*framework.Configurator, error) {
				return framework.New(env.Options()), tt.err
			}
			o := Options{Name: "wiki", Server: server.Options{DisableSignals: true, Started: func(a net.Addr) { addr <- a }}}
			go func() {
				ended <- Run(ctx, build, o, Process{Args: []string{"serve", "--dev", "--addr", "127.0.0.1:0"}})
			}()
			url := "http://" + (<-addr).String()
			status := func(host string) int {
				hr, err := http.NewRequest(http.MethodGet, url, nil)
				require.NoError(t, err)
				hr.Host = host
				resp, err := http.DefaultTransport.RoundTrip(hr)
				require.NoError(t, err)
				require.NoError(t, resp.Body.Close())
				return resp.StatusCode
			}
			assert.Equal(t, tt.status, status("localhost"))
			assert.Equal(t, tt.status, status(""))
			assert.Equal(t, http.StatusMisdirectedRequest, status("evil.example"))
			cancel()
			<-ended
			http.DefaultTransport.(*http.Transport).CloseIdleConnections()
		})
	}
}
