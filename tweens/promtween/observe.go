package promtween

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views/web"
)

// Options are the options of Observe. The zero value suits most applications.
type Options struct {
	// Registerer registers the metrics. Nil means the default one, which promhttp.Handler serves.
	// Several applications may share one.
	Registerer prometheus.Registerer
	// Namespace is a prefix of the names of the metrics, as in shop_http_requests_in_flight.
	Namespace string
	// Buckets are the buckets of durations, in seconds. Nil means 5 milliseconds to 10 seconds.
	Buckets []float64
	// Skip keeps requests out of the metrics, such as those of a health check.
	Skip func(r *web.Request) bool
}

// Observe measures each request: http_request_duration_seconds and http_response_size_bytes by
// method, route, resource, view and code, and http_requests_in_flight in total. The duration of a
// websocket is that of a request with the code 101; http_websocket_closes_total counts its end by
// close code, http_websocket_messages_total and http_websocket_bytes_total what went "in" and
// "out", all three by route, resource and view.
func Observe(o Options) tweens.Factory {
	return tweens.New(func(next web.Handler, reg *registry.Registry) (web.Handler, error) {
		ob, err := newObserver(o)
		if err != nil {
			return nil, err
		}
		return tweens.Observe(ob).Build(next, reg)
	}).Named("promtween.Observe")
}

// observer holds the metrics.
type observer struct {
	skip     func(r *web.Request) bool
	duration *prometheus.HistogramVec
	size     *prometheus.HistogramVec
	inFlight prometheus.Gauge
	sockets  sockets
}

var _ tweens.Observer = (*observer)(nil)

var labels = []string{"method", "route", "resource", "view", "code"}

func newObserver(o Options) (*observer, error) {
	if o.Registerer == nil {
		o.Registerer = prometheus.DefaultRegisterer
	}
	if o.Buckets == nil {
		o.Buckets = prometheus.DefBuckets
	}
	ob := &observer{skip: o.Skip}
	var errs [3]error
	ob.duration, errs[0] = register(o.Registerer, prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Namespace: o.Namespace, Name: "http_request_duration_seconds", Buckets: o.Buckets,
		Help: "Time from the begin of a request until its response was sent.",
	}, labels))
	ob.size, errs[1] = register(o.Registerer, prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Namespace: o.Namespace, Name: "http_response_size_bytes", Buckets: prometheus.ExponentialBuckets(100, 10, 7),
		Help: "Length of response bodies.",
	}, labels))
	ob.inFlight, errs[2] = register[prometheus.Gauge](o.Registerer, prometheus.NewGauge(prometheus.GaugeOpts{
		Namespace: o.Namespace, Name: "http_requests_in_flight", Help: "Requests in flight.",
	}))
	var err error
	ob.sockets, err = newSockets(o)
	if err := errors.Join(append(errs[:], err)...); err != nil {
		return nil, fmt.Errorf("promtween: register the metrics: %w", err)
	}
	return ob, nil
}

// register registers a metric, or returns the one that another application has registered.
func register[C prometheus.Collector](to prometheus.Registerer, metric C) (C, error) {
	err := to.Register(metric)
	if there, ok := errors.AsType[prometheus.AlreadyRegisteredError](err); ok {
		if same, ok := there.ExistingCollector.(C); ok {
			return same, nil
		}
	}
	return metric, err
}

// Begin counts the request as in flight.
func (ob *observer) Begin(r *web.Request) context.Context {
	if ob.skip != nil && ob.skip(r) {
		return nil
	}
	ob.inFlight.Inc()
	return r.Context()
}

// End measures the request, unless Begin skipped it.
func (ob *observer) End(ctx context.Context, o *tweens.Observation) {
	if ctx == nil {
		return
	}
	ob.inFlight.Dec()
	resource := ""
	if o.Resource != nil {
		resource = o.Resource.String()
	}
	values := []string{method(o.Request.Method), o.Pattern, resource, o.View, strconv.Itoa(o.Status)}
	ob.duration.WithLabelValues(values...).Observe(o.Duration.Seconds())
	ob.size.WithLabelValues(values...).Observe(float64(o.Bytes))
	if fields, ok := web.Upgraded.Peek(o.Request); ok {
		ob.sockets.add(fields, o.Pattern, resource, o.View)
	}
}

// method returns a known method, or "other": a client may send any.
func method(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	}
	return "other"
}
