package tweens_test

import (
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// slowTree has a child whose lookup blocks, and ignores the context.
type slowTree struct{ release chan struct{} }

func (s slowTree) Child(_ context.Context, name string) (traversal.Resource, error) {
	if name == "slow" {
		<-s.release
	}
	return nil, traversal.ErrNotFound
}

// The stack of the package documentation in one application, over a connection.
func TestAllTweens(t *testing.T) {
	t.Parallel()
	tree := slowTree{make(chan struct{})}
	var log syncBuffer
	logger := zerolog.New(&log)
	seen := make(patterns, 100)
	config := framework.New(framework.Options{Logger: &logger, Root: func(*web.Request) (traversal.Resource, error) { return tree, nil }})
	config.AddRoute("report", "/report/{year}")
	config.AddView(views.Func(func(r *web.Request) (*web.Response, error) {
		<-tree.release
		r.Response().SetHeader("X-Late", "yes")
		return r.Text("late"), nil
	}), views.Route("report"))
	config.AddView(views.Func(func(r *web.Request) (*web.Response, error) { return r.Text(prose), nil }), views.Name("prose"))
	config.AddTween("limit", tweens.Limit(2, tweens.LimitOptions{Queue: -1}))
	config.AddTween("timeout", tweens.Timeout(100*time.Millisecond, tweens.TimeoutOptions{GracePeriod: time.Millisecond}))
	config.AddTween("cors", tweens.CORS(tweens.CORSOptions{Origins: []string{"https://example.org"}}))
	config.AddTween("compress", tweens.Compress(tweens.CompressOptions{}))
	config.AddTween("security headers", tweens.SecurityHeaders(tweens.SecurityHeadersOptions{}))
	config.AddTween("request id", tweens.RequestID())
	config.AddTween("observe", tweens.Observe(seen))
	config.AddTween("access log", tweens.AccessLog(tweens.AccessLogOptions{}))
	app, err := config.App()
	require.NoError(t, err)
	s := httptest.NewServer(app)
	defer s.Close()
	get := func(method, path string, headers ...string) (*http.Response, string) {
		hr, err := http.NewRequest(method, s.URL+path, nil)
		require.NoError(t, err)
		for i := 0; i < len(headers); i += 2 {
			hr.Header.Set(headers[i], headers[i+1])
		}
		resp, err := s.Client().Do(hr)
		require.NoError(t, err)
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		return resp, string(body)
	}
	resp, body := get("GET", "/prose", "Accept-Encoding", "gzip", "Origin", "https://example.org")
	assert.Equal(t, "https://example.org", resp.Header.Get(allowOrigin))
	z, err := gzip.NewReader(strings.NewReader(body))
	require.NoError(t, err)
	plain, err := io.ReadAll(z)
	require.NoError(t, err)
	assert.Equal(t, prose, string(plain))

	for _, path := range []string{"/report/2026", "/slow"} { // a view, and a lookup
		resp, body = get("GET", path, "Origin", "https://example.org")
		assert.Equal(t, 504, resp.StatusCode)
		assert.Equal(t, "https://example.org", resp.Header.Get(allowOrigin))
		assert.Contains(t, body, resp.Header.Get("X-Request-Id"))
		assert.Empty(t, resp.Header.Get("X-Late"))
	}
	resp, _ = get("GET", "/prose")
	assert.Equal(t, 503, resp.StatusCode, "both stragglers keep their places")
	assert.Equal(t, "1", resp.Header.Get("Retry-After"))
	close(tree.release)
	require.Eventually(t, func() bool { return strings.Count(log.String(), "ended after its deadline") == 2 }, 10*time.Second, time.Millisecond)
	resp, _ = get("OPTIONS", "/prose", "Origin", "https://example.org", requestedMethod, "PUT")
	assert.Equal(t, 204, resp.StatusCode)
	resp, _ = get("GET", "/prose")
	assert.Equal(t, 200, resp.StatusCode)
	s.Close()
	assert.Contains(t, log.String(), `"path":"/report/2026","route":"/report/{year}"`, "the log has the slow route")
	assert.Equal(t, "", <-seen)
	assert.Equal(t, "/report/{year}", <-seen)
}

// patterns is an observer that sends the pattern of each request.
type patterns chan string

func (p patterns) Begin(r *web.Request) context.Context         { return r.Context() }
func (p patterns) End(_ context.Context, o *tweens.Observation) { p <- o.Pattern }
