// Package promtween makes Prometheus metrics of requests:
//
//	config.AddTween("metrics", promtween.Observe(promtween.Options{}))
//	config.AddRoute("metrics", "/metrics")
//	config.AddView(views.HTTP(promhttp.Handler()), views.Route("metrics"), views.Permission("monitor"))
//
// [Observe] and [Options] are all there is; ExampleObserve shows an application. Place the tween as
// [tweens.Observe] says: outside all that it should measure.
//
// Whatever clients send, labels have few distinct values: method (a known one, or "other"), route
// (the pattern), resource (the type), view (the name, if there is such a view) and code.
//
// It is a package of its own so that only its users link the Prometheus client.
package promtween
