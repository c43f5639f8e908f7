// Package promtween makes Prometheus metrics of requests. It is a package of its own so that nobody who does without links
// the Prometheus client:
//
//	config.AddTween("metrics", promtween.Observe(promtween.Options{}))
//	config.AddRoute("metrics", "/metrics")
//	config.AddView(views.HTTP(promhttp.Handler()), views.Route("metrics"), views.Permission("monitor"))
//
// Every label has few values, whatever clients send: method (a known one, or "other"), route (the pattern), resource (the
// type), view (the name, if there is such a view) and code.
//
// Place it as [tweens.Observe] says.
package promtween
