// Command tree publishes a tree of resources: the world, its continents, their
// countries and the regions of these, some 4,600 nodes read from world.json.
//
//	go run ./examples/tree
//
// and then, in a browser or with curl:
//
//	http://127.0.0.1:6543/                        the page of the root
//	http://127.0.0.1:6543/europe/andorra          a country
//	http://127.0.0.1:6543/europe/andorra/canillo  a region
//	http://127.0.0.1:6543/europe/andorra/json     any node as JSON
//	http://127.0.0.1:6543/search?q=san            a view of the root alone
//	http://127.0.0.1:6543/europe/atlantis         the error page
package main

import (
	"flag"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/rs/zerolog"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:6543", "address to listen on")
	flag.Parse()

	world, err := readWorld()
	if err != nil {
		log.Fatal(err)
	}
	logger := zerolog.New(zerolog.ConsoleWriter{Out: os.Stderr, TimeFormat: time.TimeOnly}).With().Timestamp().Logger()
	app, err := configure(world, &logger).App()
	if err != nil {
		log.Fatal(err)
	}
	server := http.Server{Addr: *addr, Handler: app, ReadHeaderTimeout: 5 * time.Second}
	log.Printf("serving the world on http://%s/", *addr)
	log.Fatal(server.ListenAndServe())
}

// configure declares the application: each view answers for the type of
// resource in its own signature.
func configure(world *World, logger *zerolog.Logger) *framework.Configurator {
	config := framework.New(framework.Options{
		Root:   func(*framework.Request) (traversal.Resource, error) { return world, nil },
		Logger: logger,
	})
	config.AddTween("access log", tweens.AccessLog(tweens.AccessLogOptions{}))

	config.AddView(views.On(showWorld), views.Method("GET"))
	config.AddView(views.On(showContinent), views.Method("GET"))
	config.AddView(views.On(showCountry), views.Method("GET"))
	config.AddView(views.On(showRegion), views.Method("GET"))

	config.AddView(views.On(search), views.Name("search"), views.Method("GET"))
	config.AddView(views.On(asJSON), views.Name("json"), views.Method("GET"), views.Renderer("json"))

	config.AddErrorView(views.ErrorStatus(400, 599, showError)) // errors that know their status
	config.AddErrorView(views.Error(showFailure))               // all others, panics too
	return config
}
