package oteltween

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"reflect"
	"strconv"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views/web"
)

// scope is the instrumentation scope.
const scope = "github.com/mastaba-go/mastaba/tweens/oteltween"

// Options are the options of Observe. The zero value uses what the application set globally with
// package otel.
type Options struct {
	// Tracers, Meters and Propagator replace the global ones.
	Tracers    trace.TracerProvider
	Meters     metric.MeterProvider
	Propagator propagation.TextMapPropagator
	// Private starts new traces and links to that of the client, for servers with untrusted
	// clients.
	Private bool
	// Skip keeps requests out of traces and metrics, such as those of a health check.
	Skip func(r *web.Request) bool
}

// Observe makes a span of each request, and records its duration (http.server.request.duration),
// the requests in flight (http.server.active_requests) and the bytes sent
// (http.server.response.body.size).
//
// The span of a websocket lasts as long as the socket, and has its end as
// mastaba.websocket.close_code, messages_in, messages_out, bytes_in, bytes_out and subprotocol. The
// metrics have its status 101.
//
// A status of 500 or more is an error of the span, with the error that inner tweens returned, if
// any.
func Observe(o Options) tweens.Factory {
	return tweens.New(func(next web.Handler, reg *registry.Registry) (web.Handler, error) {
		ob, err := newObserver(o)
		if err != nil {
			return nil, err
		}
		return tweens.Observe(ob).Build(next, reg)
	}).Named("oteltween.Observe")
}

// observer holds the options and the instruments.
type observer struct {
	Options
	tracer   trace.Tracer
	duration metric.Float64Histogram
	active   metric.Int64UpDownCounter
	size     metric.Int64Histogram
}

var _ tweens.Observer = (*observer)(nil)

func newObserver(o Options) (*observer, error) {
	if o.Tracers == nil {
		o.Tracers = otel.GetTracerProvider()
	}
	if o.Meters == nil {
		o.Meters = otel.GetMeterProvider()
	}
	if o.Propagator == nil {
		o.Propagator = otel.GetTextMapPropagator()
	}
	ob := &observer{Options: o, tracer: o.Tracers.Tracer(scope)}
	meter := o.Meters.Meter(scope)
	var errs [3]error
	ob.duration, errs[0] = meter.Float64Histogram("http.server.request.duration", metric.WithUnit("s"),
		metric.WithDescription("Duration of HTTP server requests."),
		metric.WithExplicitBucketBoundaries(.005, .01, .025, .05, .075, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10))
	ob.active, errs[1] = meter.Int64UpDownCounter("http.server.active_requests", metric.WithUnit("{request}"),
		metric.WithDescription("Number of active HTTP server requests."))
	ob.size, errs[2] = meter.Int64Histogram("http.server.response.body.size", metric.WithUnit("By"),
		metric.WithDescription("Size of HTTP server response bodies."))
	for _, err := range errs {
		if err != nil {
			return nil, fmt.Errorf("oteltween: create an instrument: %w", err)
		}
	}
	return ob, nil
}

// Begin starts the span.
func (ob *observer) Begin(r *web.Request) context.Context {
	if ob.Skip != nil && ob.Skip(r) {
		return nil
	}
	remote := ob.Propagator.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
	options := []trace.SpanStartOption{trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(startAttributes(r)...)}
	if ob.Private {
		options = append(options, trace.WithNewRoot())
		if link := trace.SpanContextFromContext(remote); link.IsRemote() && link.IsValid() {
			options = append(options, trace.WithLinks(trace.Link{SpanContext: link}))
		}
	}
	ctx, _ := ob.tracer.Start(remote, method(r.Method), options...)
	ob.active.Add(ctx, 1, metric.WithAttributeSet(commonAttributes(r)))
	return ctx
}

// End ends the span and records the metrics.
func (ob *observer) End(ctx context.Context, o *tweens.Observation) {
	if ctx == nil { // skipped by Begin
		return
	}
	ob.active.Add(ctx, -1, metric.WithAttributeSet(commonAttributes(o.Request)))
	all := metric.WithAttributes(metricAttributes(o)...)
	ob.duration.Record(ctx, o.Duration.Seconds(), all)
	ob.size.Record(ctx, o.Bytes, all)
	span := trace.SpanFromContext(ctx)
	if span.IsRecording() {
		span.SetName(spanName(o))
		span.SetAttributes(append(outcomeAttributes(o), attribute.Int64("http.response.body.size", o.Bytes))...)
		span.SetAttributes(socketAttributes(o.Request)...)
		if o.Status >= 500 {
			text := http.StatusText(o.Status)
			if o.Err != nil {
				text = o.Err.Error()
				span.RecordError(o.Err)
			}
			span.SetStatus(codes.Error, text)
		}
	}
	span.End()
}

// spanName returns the name of the span: the method and the pattern of the route, or else the type
// of the resource and the view.
func spanName(o *tweens.Observation) string {
	name := method(o.Request.Method)
	if name == other {
		name = "HTTP"
	}
	switch {
	case o.Pattern != "":
		name += " " + o.Pattern
	case o.Resource != nil:
		name += " " + o.Resource.String()
		if o.View != "" {
			name += " " + o.View
		}
	}
	return name
}

// startAttributes returns the attributes of a span that samplers may use.
func startAttributes(r *web.Request) []attribute.KeyValue {
	list := append(make([]attribute.KeyValue, 0, 9),
		attribute.String("http.request.method", method(r.Method)),
		attribute.String("url.scheme", r.Scheme()),
		attribute.String("url.path", r.URL.Path), // without the query, which may contain secrets
		attribute.String("network.protocol.version", protocol(r)),
	)
	host, port, err := net.SplitHostPort(r.Authority())
	if err != nil {
		host = r.Authority()
	}
	list = append(list, attribute.String("server.address", host))
	if n, err := strconv.Atoi(port); err == nil {
		list = append(list, attribute.Int("server.port", n))
	}
	if method(r.Method) == other {
		list = append(list, attribute.String("http.request.method_original", r.Method))
	}
	if addr := r.ClientAddr(); addr.IsValid() {
		list = append(list, attribute.String("client.address", addr.String()))
	}
	if agent := r.UserAgent(); agent != "" {
		list = append(list, attribute.String("user_agent.original", agent))
	}
	return list
}

// commonAttributes returns the attributes of a request that are known from the start and have few
// values.
func commonAttributes(r *web.Request) attribute.Set {
	return attribute.NewSet(attribute.String("http.request.method", method(r.Method)), attribute.String("url.scheme", r.Scheme()))
}

// metricAttributes returns the attributes of a metric. Each has few values.
func metricAttributes(o *tweens.Observation) []attribute.KeyValue {
	return append(outcomeAttributes(o),
		attribute.String("http.request.method", method(o.Request.Method)),
		attribute.String("url.scheme", o.Request.Scheme()),
		attribute.String("network.protocol.version", protocol(o.Request)),
	)
}

// outcomeAttributes returns the attributes of the response.
func outcomeAttributes(o *tweens.Observation) []attribute.KeyValue {
	list := append(make([]attribute.KeyValue, 0, 8), attribute.Int("http.response.status_code", o.Status))
	if o.Pattern != "" {
		list = append(list, attribute.String("http.route", o.Pattern))
	}
	if o.Resource != nil {
		list = append(list, attribute.String("mastaba.resource", o.Resource.String()))
	}
	if o.View != "" {
		list = append(list, attribute.String("mastaba.view", o.View))
	}
	switch {
	case o.Status >= 500 && o.Err != nil:
		list = append(list, attribute.String("error.type", reflect.TypeOf(o.Err).String()))
	case o.Status >= 500:
		list = append(list, attribute.String("error.type", strconv.Itoa(o.Status)))
	}
	return list
}

// socketAttributes returns what is known of a websocket that ended; nil for other requests.
func socketAttributes(r *web.Request) (list []attribute.KeyValue) {
	fields, ok := web.Upgraded.Peek(r)
	if !ok {
		return nil
	}
	fields(func(name string, value any) {
		key := attribute.Key("mastaba.websocket." + name)
		switch v := reflect.ValueOf(value); {
		case v.CanInt():
			list = append(list, key.Int64(v.Int()))
		case v.CanUint():
			list = append(list, key.Int64(int64(v.Uint())))
		default:
			list = append(list, key.String(fmt.Sprint(value)))
		}
	})
	return list
}

const other = "_OTHER"

// method returns a known method, or other: a client may send any.
func method(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
		http.MethodConnect, http.MethodOptions, http.MethodTrace, "QUERY":
		return m
	}
	return other
}

func protocol(r *web.Request) string {
	if r.ProtoMajor >= 2 {
		return strconv.Itoa(r.ProtoMajor)
	}
	return strconv.Itoa(r.ProtoMajor) + "." + strconv.Itoa(r.ProtoMinor)
}
