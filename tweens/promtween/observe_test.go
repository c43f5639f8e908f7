package promtween_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/tweens/promtween"
	"github.com/mastaba-go/mastaba/views/web"
)

type page struct{}

func around(t testing.TB, o promtween.Options, main web.Handler) web.Handler {
	t.Helper()
	reg, err := registry.New(registry.Options{}).Build()
	require.NoError(t, err)
	h, err := promtween.Observe(o).Build(main, reg)
	require.NoError(t, err)
	return h
}

func play(t testing.TB, h web.Handler, method string) {
	t.Helper()
	r := web.Begin(nil, httptest.NewRequest(method, "/", nil))
	resp, err := h(r)
	if err == nil {
		_, err = resp.Send(httptest.NewRecorder(), r)
		require.NoError(t, err)
	}
	require.NoError(t, web.Drive(r).RunFinishedCallbacks())
}

// shown is what a scrape shows, without buckets and comments.
func shown(reg prometheus.Gatherer) []string {
	w := httptest.NewRecorder()
	promhttp.HandlerFor(reg, promhttp.HandlerOpts{}).ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	var lines []string
	for line := range strings.Lines(w.Body.String()) {
		if !strings.HasPrefix(line, "#") && !strings.Contains(line, "_bucket") && !strings.Contains(line, "seconds_sum") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}

func TestObserve(t *testing.T) {
	t.Parallel()
	metrics := prometheus.NewRegistry()
	o := promtween.Options{Registerer: metrics, Namespace: "shop", Skip: func(r *web.Request) bool { return r.Method == "OPTIONS" }}
	main := func(r *web.Request) (*web.Response, error) {
		assert.Contains(t, shown(metrics), "shop_http_requests_in_flight 1")
		if r.Method == "GET" {
			web.Drive(r).SetMatch(web.NewMatch(web.Routed{Route: "page", Pattern: "/a/{b}"}))
			return r.Text("hello"), nil
		}
		require.NoError(t, (*traversal.Traverser)(nil).Walk(r.Context(), &page{}, traversal.Path{Escaped: "/made-up"}, r.Result()))
		return nil, web.NotFound("")
	}
	h := around(t, o, main)
	play(t, h, "GET")
	play(t, around(t, o, main), "GET") // another application shares the metrics
	play(t, h, "MADEUP")
	skipped := around(t, o, func(r *web.Request) (*web.Response, error) { return r.Empty(204), nil })
	play(t, skipped, "OPTIONS")
	assert.Equal(t, []string{
		`shop_http_request_duration_seconds_count{code="200",method="GET",resource="",route="/a/{b}",view=""} 2`,
		`shop_http_request_duration_seconds_count{code="404",method="other",resource="*promtween_test.page",route="",view=""} 1`,
		`shop_http_requests_in_flight 0`,
		`shop_http_response_size_bytes_sum{code="200",method="GET",resource="",route="/a/{b}",view=""} 10`,
		`shop_http_response_size_bytes_count{code="200",method="GET",resource="",route="/a/{b}",view=""} 2`,
		`shop_http_response_size_bytes_sum{code="404",method="other",resource="*promtween_test.page",route="",view=""} 0`,
		`shop_http_response_size_bytes_count{code="404",method="other",resource="*promtween_test.page",route="",view=""} 1`,
	}, shown(metrics))
}

func TestWebsockets(t *testing.T) {
	t.Parallel()
	metrics := prometheus.NewRegistry()
	code := uint16(1001)
	h := around(t, promtween.Options{Registerer: metrics}, func(r *web.Request) (*web.Response, error) {
		web.Upgraded.Set(r, func(add func(string, any)) { // as package views/websocket does
			add("close_code", code)
			add("messages_in", int64(3))
			add("messages_out", int64(1))
			add("bytes_in", int64(30))
			add("bytes_out", int64(10))
		})
		return r.Empty(204), nil
	})
	play(t, h, "GET")
	for code = 4001; code < 4003; code++ { // of a client
		play(t, h, "GET")
	}
	var sockets []string
	for _, line := range shown(metrics) {
		if strings.Contains(line, "websocket") {
			sockets = append(sockets, line)
		}
	}
	assert.Equal(t, []string{
		`http_websocket_bytes_total{direction="in",resource="",route="",view=""} 90`,
		`http_websocket_bytes_total{direction="out",resource="",route="",view=""} 30`,
		`http_websocket_closes_total{code="1001",resource="",route="",view=""} 1`,
		`http_websocket_closes_total{code="4xxx",resource="",route="",view=""} 2`,
		`http_websocket_messages_total{direction="in",resource="",route="",view=""} 9`,
		`http_websocket_messages_total{direction="out",resource="",route="",view=""} 3`,
	}, sockets)
}

func TestOtherMetricsOfTheSameName(t *testing.T) {
	t.Parallel()
	metrics := prometheus.NewRegistry()
	metrics.MustRegister(prometheus.NewCounter(prometheus.CounterOpts{Name: "http_requests_in_flight"}))
	reg, err := registry.New(registry.Options{}).Build()
	require.NoError(t, err)
	_, err = promtween.Observe(promtween.Options{Registerer: metrics}).Build(nil, reg)
	assert.ErrorContains(t, err, "promtween: register the metrics")
}

func BenchmarkObserve(b *testing.B) {
	h := around(b, promtween.Options{Registerer: prometheus.NewRegistry()}, func(r *web.Request) (*web.Response, error) { return r.Empty(204), nil })
	hr := httptest.NewRequest("GET", "/", nil)
	b.ReportAllocs()
	for b.Loop() {
		r := web.Begin(nil, hr)
		_, _ = h(r)
		_ = web.Drive(r).RunFinishedCallbacks()
	}
}
