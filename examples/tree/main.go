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
//
// It answers other questions too, among them
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

// build reads the tree, and is called by every command that needs the application.
func build(_ context.Context, env *cli.Env) (*framework.Configurator, error) {
	world, err := readWorld()
	if err != nil {
		return nil, err
	}
	return configure(world, env.Options()), nil
}

// configure declares the application: each view answers for the type of
// resource in its own signature.
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

	config.AddErrorView(views.ErrorStatus(400, 599, showError)) // errors that know their status
	config.AddErrorView(views.Error(showFailure))               // all others, panics too
	return config
}
