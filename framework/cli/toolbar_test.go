package cli

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/server"
	"github.com/mastaba-go/mastaba/views"
)

// serving runs serve with arguments, and returns its URL. The end of the test stops it.
func serving(t *testing.T, args ...string) (base string) {
	ctx, cancel := context.WithCancel(context.Background())
	addr, ended := make(chan net.Addr, 1), make(chan int, 1)
	build := func(_ context.Context, env *Env) (*framework.Configurator, error) {
		config := framework.New(env.Options())
		config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			r.Log().Info().Str("api_token", "xyzzy-token").Msg("the front page was asked for")
			return r.HTML("<!doctype html><title>Front</title><body>hello</body>"), nil
		}))
		config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			return r.JSON(map[string]int{"n": 1})
		}), views.Name("data"))
		return config, nil
	}
	o := Options{Name: "wiki", Server: server.Options{DisableSignals: true, Started: func(a net.Addr) { addr <- a }}}
	go func() {
		ended <- Run(ctx, build, o, Process{Args: append([]string{"serve"}, args...), Stderr: io.Discard})
	}()
	select {
	case at := <-addr:
		_, port, err := net.SplitHostPort(at.String())
		require.NoError(t, err)
		base = "http://127.0.0.1:" + port
	case code := <-ended:
		require.Zero(t, code, "serve ended before it started")
	}
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		cancel()
		<-ended
	})
	return base
}

// ask sends a request with headers, given as pairs.
func ask(t *testing.T, method, target, body string, headers ...string) (status int, text string, header http.Header) {
	t.Helper()
	hr, err := http.NewRequest(method, target, strings.NewReader(body))
	require.NoError(t, err)
	if body != "" {
		hr.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(headers); i += 2 {
		hr.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultTransport.RoundTrip(hr)
	require.NoError(t, err)
	defer func() { require.NoError(t, resp.Body.Close()) }()
	got, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(got), resp.Header
}

func TestToolbarOfTheDevServer(t *testing.T) {
	base := serving(t, "--dev", "--addr", "127.0.0.1:0")
	_, page, _ := ask(t, "GET", base+"/?token=abcdef-secret&x=1", "", "Accept", "text/html", "Cookie", "session=abcdef-secret", "Authorization", "Bearer abcdef-secret")
	assert.Contains(t, page, `<script src="/-/dev/panel.js" data-request="1" data-status="200"`)
	_, data, _ := ask(t, "GET", base+"/data", "")
	assert.JSONEq(t, `{"n":1}`, data)

	status, list, header := ask(t, "GET", base+"/-/dev/", "")
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, header.Get("Content-Security-Policy"), "frame-ancestors 'none'")
	assert.Contains(t, list, "GET /data")
	assert.Contains(t, list, "token=…&amp;x=1")
	status, one, _ := ask(t, "GET", base+"/-/dev/requests/1", "")
	assert.Equal(t, http.StatusOK, status)
	for _, words := range []string{"the front page was asked for", "view lookup and view", "EXCVIEW", "Authorization", "(not shown, 20 bytes)", "DefaultRoot at /"} {
		assert.Contains(t, one, words)
	}
	assert.NotContains(t, one, "abcdef")
	assert.NotContains(t, one, "xyzzy")
	for _, missing := range []string{"/-/dev/requests/99", "/-/dev/requests/x", "/-/dev/nothing"} {
		status, _, _ = ask(t, "GET", base+missing, "")
		assert.Equal(t, http.StatusNotFound, status, missing)
	}

	form := url.Values{"method": {"GET"}, "url": {"/nowhere"}}.Encode()
	status, why, _ := ask(t, "POST", base+"/-/dev/explain", form, "Origin", base, "Sec-Fetch-Site", "same-origin")
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, why, "404")
	for _, wrong := range []url.Values{{"method": {"G T"}}, {"url": {"nowhere"}}, {"url": {"/%zz"}}, {"user": {"alice"}}} {
		status, _, _ = ask(t, "POST", base+"/-/dev/explain", wrong.Encode())
		assert.Equal(t, http.StatusBadRequest, status, wrong)
	}
	status, tree, _ := ask(t, "GET", base+"/-/dev/tree", "")
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, tree, "@@data")
	status, _, _ = ask(t, "GET", base+"/-/dev/tree?path=/nowhere", "")
	assert.Equal(t, http.StatusBadRequest, status)
	status, trace, _ := ask(t, "POST", base+"/-/dev/trace", "")
	assert.Equal(t, http.StatusOK, status)
	assert.True(t, strings.HasPrefix(trace, "go 1."), "a trace begins with the version of its format")
}

func TestToolbarRefusesOthers(t *testing.T) {
	base := serving(t, "--dev", "--addr", "127.0.0.1:0")
	for _, headers := range [][]string{
		{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "http://127.0.0.1:1"}, {"Origin", "null"},
		{"X-Forwarded-For", "192.0.2.1"}, {"Forwarded", "for=192.0.2.1"},
	} {
		for _, at := range [][2]string{{"GET", "/-/dev/"}, {"POST", "/-/dev/explain"}, {"POST", "/-/dev/clear"}, {"POST", "/-/dev/trace"}, {"GET", "/-/dev/tree"}, {"GET", "/-/dev/panel.js"}} {
			status, _, _ := ask(t, at[0], base+at[1], "", headers...)
			assert.Equal(t, http.StatusForbidden, status, "%s with %s", at, headers)
		}
	}
	status, _, _ := ask(t, "GET", base+"/-/dev/clear", "")
	assert.Equal(t, http.StatusMethodNotAllowed, status)
}

// Nothing that a client sends or a setting says brings the toolbar into a server without --dev, nor
// into one that others can reach.
func TestToolbarIsForDevelopmentOnThisMachine(t *testing.T) {
	for name, tt := range map[string]struct {
		args   []string
		status int
	}{
		"without --dev":  {[]string{"--addr", "127.0.0.1:0"}, http.StatusNotFound},
		"all interfaces": {[]string{"--dev", "--addr", "0.0.0.0:0"}, http.StatusForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			base := serving(t, tt.args...)
			for _, path := range []string{"/-/dev/", "/-/dev/requests/1", "/-/dev/tree", "/-/dev/trace", "/-/dev/panel.js"} {
				for _, header := range [][]string{nil, {"Sec-Fetch-Site", "same-origin"}, {"X-Development", "1"}, {"Cookie", "dev=1"}} {
					status, _, _ := ask(t, "GET", base+path, "", header...)
					assert.Equal(t, tt.status, status, path)
				}
			}
			_, page, _ := ask(t, "GET", base+"/", "", "Accept", "text/html")
			assert.NotContains(t, page, "/-/dev/")
		})
	}
}
