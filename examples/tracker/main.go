// Command tracker is an issue tracker: organisations have projects, and projects have issues.
//
//	go run ./examples/tracker
//
// and then http://127.0.0.1:6543/ in a browser. Log in as alice, bob or carol with the password
// "open sesame". Everything is in memory, so each start begins with the same data.
//
// It is the application of the guide. Read tree.go first, which has the resources, then access.go,
// who may do what, and app.go, which declares the views. The views are in lists.go, forms.go,
// issues.go and login.go, their pages in templates, translations in locale, data in seed.json.
//
//	go run ./examples/tracker views                              lists all views
//	go run ./examples/tracker explain --as bob /lighthouse/new   explains what bob would get, and why
package main

import (
	"context"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/cli"
)

func main() {
	cli.Main(build, cli.Options{Name: "tracker", Short: "an issue tracker"})
}

// build declares the application. Every command that needs it calls build.
func build(_ context.Context, env *cli.Env) (*framework.Configurator, error) {
	return configure(env.Options())
}
