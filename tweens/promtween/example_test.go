package promtween_test

import (
	"fmt"
	"log"
	"net/http/httptest"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/tweens/promtween"
	"github.com/mastaba-go/mastaba/views"
)

// The metrics are served by a view like any other. Give it a permission if they are not public.
func ExampleObserve() {
	metrics := prometheus.NewRegistry()

	config := framework.New(framework.Options{})
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) { return r.Text("hello"), nil }), views.Name("hello"))
	config.AddView(views.HTTP(promhttp.HandlerFor(metrics, promhttp.HandlerOpts{})), views.Name("metrics"))
	config.AddTween("metrics", promtween.Observe(promtween.Options{Registerer: metrics}))
	app, err := config.App()
	if err != nil {
		log.Fatal(err)
	}
	app.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/hello", nil))
	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	for line := range strings.Lines(w.Body.String()) {
		if strings.HasPrefix(line, "http_request_duration_seconds_count") || strings.HasPrefix(line, "http_requests_in_flight") {
			fmt.Print(line)
		}
	}
	// Output:
	// http_request_duration_seconds_count{code="200",method="GET",resource="framework.DefaultRoot",route="",view="hello"} 1
	// http_requests_in_flight 1
}
