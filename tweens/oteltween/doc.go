// Package oteltween makes OpenTelemetry traces and metrics of requests:
//
//	config.AddTween("otel", oteltween.Observe(oteltween.Options{}))
//
// [Observe] and [Options] are all there is; ExampleObserve shows an application. Place the tween as
// [tweens.Observe] says: outside all that it should measure. Inner tweens and views find the span
// in the request's context.
//
// Names follow the semantic conventions for HTTP servers, which backends know. Two attributes are
// added, because traversal has no patterns to tell requests apart: mastaba.resource, the type of
// the resource, and mastaba.view, the name of the view. Whatever clients send, the attributes of
// metrics and the names of spans have few distinct values.
//
// It is a package of its own so that only its users link OpenTelemetry. It uses only the API; the
// SDK and its exporters are the application's choice.
package oteltween
