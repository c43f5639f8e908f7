// Command hello is the smallest application: one view, one tween, one server.
//
//	go run ./examples/hello
//	curl -i http://127.0.0.1:6543/
package main

import (
	"log"
	"net/http"
	"time"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
)

func main() {
	app, err := configure().App()
	if err != nil {
		log.Fatal(err)
	}
	server := http.Server{Addr: "127.0.0.1:6543", Handler: app, ReadHeaderTimeout: 5 * time.Second}
	log.Printf("serving on http://%s/", server.Addr)
	log.Fatal(server.ListenAndServe())
}

func configure() *framework.Configurator {
	config := framework.New(framework.Options{})
	config.AddView(views.Func(hello))
	config.AddView(views.Func(now), views.Name("now"))
	config.AddTween("timing", tweens.Wrap(timing))
	return config
}

// hello is the view of "/". A view may make its response itself.
func hello(r *framework.Request) (*framework.Response, error) {
	return r.Text("Hello, world!\n"), nil
}

// now is the view of "/now". Any other value goes through a renderer, by default JSON.
func now(*framework.Request) (map[string]time.Time, error) {
	return map[string]time.Time{"now": time.Now()}, nil
}

// timing is a tween: it reports in a header how long the next handler took.
func timing(next framework.Handler) framework.Handler {
	return func(r *framework.Request) (*framework.Response, error) {
		start := time.Now()
		response, err := next(r)
		if err == nil {
			response.SetHeader("Server-Timing", "app;dur="+time.Since(start).String())
		}
		return response, err
	}
}
