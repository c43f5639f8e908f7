package oteltween_test

import (
	"fmt"
	"log"
	"net/http/httptest"

	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/tweens/oteltween"
	"github.com/mastaba-go/mastaba/views"
)

// An application sets tracers and meters globally (package otel), or passes them here.
func ExampleObserve() {
	spans := tracetest.NewInMemoryExporter() // a real application exports to a backend

	config := framework.New(framework.Options{})
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) { return r.Text("hello"), nil }), views.Name("hello"))
	config.AddTween("otel", oteltween.Observe(oteltween.Options{Tracers: sdk.NewTracerProvider(sdk.WithSyncer(spans))}))
	app, err := config.App()
	if err != nil {
		log.Fatal(err)
	}
	app.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/hello", nil))
	fmt.Println(spans.GetSpans()[0].Name)
	// Output: GET framework.DefaultRoot hello
}
