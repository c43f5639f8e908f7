// Package oteltween makes OpenTelemetry traces and metrics of requests. It is a package of its own so that nobody who does
// without links OpenTelemetry; it uses the API alone, and leaves the SDK and its exporters to the application:
//
//	config.AddTween("otel", oteltween.Observe(oteltween.Options{}))
//
// The names are those of the semantic conventions for HTTP servers, which backends know. To them come mastaba.resource, the
// type of the resource, and mastaba.view, the name of the view: traversal has no pattern that would tell requests apart. All
// that becomes part of a metric or of a span's name has few values, whatever clients send.
//
// Place it as [tweens.Observe] says; what lies further in finds the span in the request's context.
package oteltween
