// Command logged is the hello program that .ci/load measures. It runs as in production: cli.Main
// and its server, with request ids and an access log.
package main

import (
	"context"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/cli"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
)

func main() {
	cli.Main(build, cli.Options{Name: "logged", Short: "say hello, with an id and a log"})
}

func build(_ context.Context, env *cli.Env) (*framework.Configurator, error) {
	config := framework.New(env.Options())
	config.AddView(views.Func(hello))
	config.AddTween("request id", tweens.RequestID())
	config.AddTween("access log", tweens.AccessLog(tweens.AccessLogOptions{}))
	return config, nil
}

func hello(r *framework.Request) (*framework.Response, error) {
	return r.Text("Hello, world!\n"), nil
}
