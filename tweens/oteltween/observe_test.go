package oteltween_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/tweens/oteltween"
	"github.com/mastaba-go/mastaba/views/web"
)

type page struct{}

// observed sends a request through the tween and returns its span and what was measured.
func observed(t *testing.T, o oteltween.Options, method string, main web.Handler) (tracetest.SpanStub, metricdata.ScopeMetrics) {
	t.Helper()
	spans, reader := tracetest.NewInMemoryExporter(), metric.NewManualReader()
	o.Tracers = sdk.NewTracerProvider(sdk.WithSyncer(spans))
	o.Meters = metric.NewMeterProvider(metric.WithReader(reader))
	o.Propagator = propagation.TraceContext{}
	c := registry.New(registry.Options{})
	c.Declare(registry.Declaration{Category: "views", ID: 1, Fields: []registry.Field{{Name: "name", Value: "edit"}}})
	reg, err := c.Build()
	require.NoError(t, err)
	h, err := oteltween.Observe(o).Build(main, reg)
	require.NoError(t, err)
	hr := httptest.NewRequest(method, "/a/b?secret=1", nil)
	hr.Header.Set("Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	hr.Header.Set("User-Agent", "test")
	r := web.Begin(nil, hr)
	resp, err := h(r)
	if err == nil {
		_, err = resp.Send(httptest.NewRecorder(), r)
		require.NoError(t, err)
	}
	require.NoError(t, web.Drive(r).RunFinishedCallbacks())
	var metrics metricdata.ResourceMetrics
	require.NoError(t, reader.Collect(context.Background(), &metrics))
	if len(spans.GetSpans()) == 0 {
		assert.Empty(t, metrics.ScopeMetrics)
		return tracetest.SpanStub{}, metricdata.ScopeMetrics{}
	}
	require.Len(t, spans.GetSpans(), 1)
	require.Len(t, metrics.ScopeMetrics, 1)
	return spans.GetSpans()[0], metrics.ScopeMetrics[0]
}

func texts(list []attribute.KeyValue) map[string]string {
	m := map[string]string{}
	for _, a := range list {
		m[string(a.Key)] = a.Value.String()
	}
	return m
}

func TestSpanAndMetricsOfARoute(t *testing.T) {
	t.Parallel()
	span, metrics := observed(t, oteltween.Options{}, "GET", func(r *web.Request) (*web.Response, error) {
		assert.True(t, trace.SpanFromContext(r.Context()).IsRecording(), "inner handlers find the span")
		web.Drive(r).SetMatch(web.NewMatch(web.Routed{Route: "page", Pattern: "/a/{b}"}))
		return r.Text("hello"), nil
	})
	assert.Equal(t, "GET /a/{b}", span.Name)
	assert.Equal(t, trace.SpanKindServer, span.SpanKind)
	assert.Equal(t, "0af7651916cd43dd8448eb211c80319c", span.SpanContext.TraceID().String())
	assert.Equal(t, "b7ad6b7169203331", span.Parent.SpanID().String())
	assert.Equal(t, codes.Unset, span.Status.Code)
	assert.Equal(t, map[string]string{
		"http.request.method": "GET", "url.scheme": "http", "url.path": "/a/b", "network.protocol.version": "1.1",
		"server.address": "example.com", "client.address": "192.0.2.1", "user_agent.original": "test",
		"http.response.status_code": "200", "http.route": "/a/{b}", "http.response.body.size": "5",
	}, texts(span.Attributes))

	assert.Equal(t, "github.com/mastaba-go/mastaba/tweens/oteltween", metrics.Scope.Name)
	want := map[string]string{"http.request.method": "GET", "url.scheme": "http", "network.protocol.version": "1.1",
		"http.response.status_code": "200", "http.route": "/a/{b}"}
	seen := map[string]bool{}
	for _, m := range metrics.Metrics {
		seen[m.Name+" "+m.Unit] = true
		switch data := m.Data.(type) {
		case metricdata.Histogram[float64]:
			require.Len(t, data.DataPoints, 1)
			assert.EqualValues(t, 1, data.DataPoints[0].Count)
			assert.Equal(t, want, texts(data.DataPoints[0].Attributes.ToSlice()))
		case metricdata.Histogram[int64]:
			require.Len(t, data.DataPoints, 1)
			assert.EqualValues(t, 5, data.DataPoints[0].Sum)
		case metricdata.Sum[int64]:
			require.Len(t, data.DataPoints, 1)
			assert.Zero(t, data.DataPoints[0].Value)
		}
	}
	assert.Equal(t, map[string]bool{"http.server.request.duration s": true, "http.server.active_requests {request}": true,
		"http.server.response.body.size By": true}, seen)
}

func TestSpanOfAResource(t *testing.T) {
	t.Parallel()
	walk := func(view string, err error) web.Handler {
		return func(r *web.Request) (*web.Response, error) {
			require.NoError(t, (*traversal.Traverser)(nil).Walk(r.Context(), &page{}, traversal.Path{Escaped: "/" + view}, r.Result()))
			return r.Text("x"), err
		}
	}
	span, _ := observed(t, oteltween.Options{}, "POST", walk("edit", nil))
	assert.Equal(t, "POST *oteltween_test.page edit", span.Name)
	assert.Equal(t, "*oteltween_test.page", texts(span.Attributes)["mastaba.resource"])
	assert.Equal(t, "edit", texts(span.Attributes)["mastaba.view"])

	span, _ = observed(t, oteltween.Options{}, "MADEUP", walk("made-up", web.NotFound("")))
	assert.Equal(t, "HTTP *oteltween_test.page", span.Name)
	assert.Equal(t, "_OTHER", texts(span.Attributes)["http.request.method"])
	assert.Equal(t, "MADEUP", texts(span.Attributes)["http.request.method_original"])
	assert.NotContains(t, texts(span.Attributes), "mastaba.view")
	assert.Equal(t, codes.Unset, span.Status.Code, "a 404 is the client's error")
}

func TestSpanOfAnError(t *testing.T) {
	t.Parallel()
	span, _ := observed(t, oteltween.Options{}, "GET", func(*web.Request) (*web.Response, error) { return nil, errors.New("boom") })
	assert.Equal(t, "GET", span.Name)
	assert.Equal(t, sdk.Status{Code: codes.Error, Description: "boom"}, span.Status)
	assert.Equal(t, "*errors.errorString", texts(span.Attributes)["error.type"])
	require.Len(t, span.Events, 1)

	span, _ = observed(t, oteltween.Options{}, "GET", func(r *web.Request) (*web.Response, error) { return r.Empty(503), nil })
	assert.Equal(t, sdk.Status{Code: codes.Error, Description: "Service Unavailable"}, span.Status)
	assert.Equal(t, "503", texts(span.Attributes)["error.type"])
}

func TestOptions(t *testing.T) {
	t.Parallel()
	empty := func(r *web.Request) (*web.Response, error) { return r.Empty(204), nil }
	span, _ := observed(t, oteltween.Options{Private: true}, "GET", empty)
	assert.NotEqual(t, "0af7651916cd43dd8448eb211c80319c", span.SpanContext.TraceID().String())
	require.Len(t, span.Links, 1)
	assert.Equal(t, "0af7651916cd43dd8448eb211c80319c", span.Links[0].SpanContext.TraceID().String())

	span, _ = observed(t, oteltween.Options{Skip: func(*web.Request) bool { return true }}, "GET", empty)
	assert.Empty(t, span.Name)

	reg, err := registry.New(registry.Options{}).Build()
	require.NoError(t, err)
	h, err := oteltween.Observe(oteltween.Options{}).Build(empty, reg)
	require.NoError(t, err, "without an SDK it does nothing")
	r := web.Begin(nil, httptest.NewRequest("GET", "/", nil))
	_, err = h(r)
	require.NoError(t, err)
	require.NoError(t, web.Drive(r).RunFinishedCallbacks())
}

func BenchmarkObserve(b *testing.B) {
	reg, err := registry.New(registry.Options{}).Build()
	require.NoError(b, err)
	empty := func(r *web.Request) (*web.Response, error) { return r.Empty(204), nil }
	for name, o := range map[string]oteltween.Options{
		"no SDK": {},
		"SDK": {Tracers: sdk.NewTracerProvider(sdk.WithSampler(sdk.NeverSample())),
			Meters: metric.NewMeterProvider(metric.WithReader(metric.NewManualReader()))},
	} {
		h, err := oteltween.Observe(o).Build(empty, reg)
		require.NoError(b, err)
		b.Run(name, func(b *testing.B) {
			hr := httptest.NewRequest("GET", "/", nil)
			b.ReportAllocs()
			for b.Loop() {
				r := web.Begin(nil, hr)
				_, _ = h(r)
				_ = web.Drive(r).RunFinishedCallbacks()
			}
		})
	}
}

// upgraded describes a websocket as package views/websocket does.
func upgraded(add func(name string, value any)) {
	add("subprotocol", "chat")
	add("close_code", uint16(1001))
	add("messages_in", int64(3))
}

func TestSpanOfAWebsocket(t *testing.T) {
	t.Parallel()
	span, _ := observed(t, oteltween.Options{}, "GET", func(r *web.Request) (*web.Response, error) {
		web.Upgraded.Set(r, upgraded)
		return r.Empty(204), nil
	})
	got := texts(span.Attributes)
	assert.Equal(t, "chat", got["mastaba.websocket.subprotocol"])
	assert.Equal(t, "1001", got["mastaba.websocket.close_code"])
	assert.Equal(t, "3", got["mastaba.websocket.messages_in"])
}
