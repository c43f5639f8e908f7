package cli_test

import (
	"context"
	"fmt"
	"os"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/cli"
	"github.com/mastaba-go/mastaba/views"
)

// An application's func main calls Main with a Build function and Options. Run does the same
// with a given command line, and returns the exit status.
func Example() {
	build := func(_ context.Context, env *cli.Env) (*framework.Configurator, error) {
		title := cli.Value[string](env, "title")
		config := framework.New(env.Options())
		config.AddRoute("hello", "/hello/{name}")
		config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			return r.Text(title + " says hello to " + r.Param("name") + "\n"), nil
		}), views.Route("hello"))
		return config, nil
	}
	options := cli.Options{
		Name:     "hello",
		Settings: []cli.Setting{{Name: "title", Default: "Somebody", Flag: true, Usage: "the name that says hello"}},
	}

	for _, arguments := range [][]string{
		{"check"},
		{"request", "/hello/you"},
		{"request", "/hello/you", "--title", "Nobody"},
		{"tree"},
		{"check", "--set", "titel=x"},
	} {
		status := cli.Run(context.Background(), build, options, cli.Process{Args: arguments, Stdout: os.Stdout, Stderr: os.Stdout})
		fmt.Println("status", status)
	}
	// Output:
	// the configuration is valid: 1 route, 1 view, 1 tween
	// status 0
	// Somebody says hello to you
	// status 0
	// Nobody says hello to you
	// status 0
	// / (framework.DefaultRoot)
	// status 0
	// hello: --set: unknown setting "titel": did you mean "title"?
	// status 1
}
