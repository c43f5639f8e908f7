// Command tree publishes a tree of 4,600 resources, read from world.json: the world, its
// continents, their countries and the regions of each country.
//
//	go run ./examples/tree
//
// and then, in a browser or with curl:
//
//	http://127.0.0.1:6543/                        the page of the root
//	http://127.0.0.1:6543/europe/andorra          a country
//	http://127.0.0.1:6543/europe/andorra/canillo  a region
//	http://127.0.0.1:6543/europe/andorra/json     any node as JSON
//	http://127.0.0.1:6543/search?q=san            a view that only the root has
//	http://127.0.0.1:6543/europe/atlantis         the error page
//
// Other commands describe the application:
//
//	go run ./examples/tree views
//	go run ./examples/tree explain /europe/atlantis
//	go run ./examples/tree request /europe/andorra/json
package main

import (
	"context"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/cli"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
)

func main() {
	cli.Main(build, cli.Options{Name: "tree", Short: "publish the world as a tree"})
}

// build reads the tree and declares the application. Every command that needs the application calls
// it.
func build(_ context.Context, env *cli.Env) (*framework.Configurator, error) {
	world, err := readWorld()
	if err != nil {
		return nil, err
	}
	return configure(world, env.Options()), nil
}

// configure declares the application. Each view is for the type of resource in its signature.
func configure(world *World, o framework.Options) *framework.Configurator {
	o.Root = func(*framework.Request) (traversal.Resource, error) { return world, nil }
	config := framework.New(o)
	config.AddTween("access log", tweens.AccessLog(tweens.AccessLogOptions{}))

	config.AddView(views.On(showWorld), views.Method("GET"))
	config.AddView(views.On(showContinent), views.Method("GET"))
	config.AddView(views.On(showCountry), views.Method("GET"))
	config.AddView(views.On(showRegion), views.Method("GET"))

	config.AddView(views.On(search), views.Name("search"), views.Method("GET"))
	config.AddView(views.On(asJSON), views.Name("json"), views.Method("GET"), views.Renderer("json"))

	config.AddErrorView(views.ErrorStatus(400, 599, showError)) // errors with a status
	config.AddErrorView(views.Error(showFailure))               // all others, including panics
	return config
}
