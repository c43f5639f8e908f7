// Command files publishes a directory as a site: folders with a listing and
// their README, files with a preview, everything raw and as JSON, and a search.
//
//	go run ./examples/files                                    the current directory
//	go run ./examples/files serve --dir DIR --addr HOST:PORT   another one
//
// and then, in a browser or with curl:
//
//	http://127.0.0.1:6543/                      the page of a folder
//	http://127.0.0.1:6543/README.md             the page of a file
//	http://127.0.0.1:6543/README.md/raw         the file itself
//	http://127.0.0.1:6543/README.md/info        what is known of it, as JSON
//	http://127.0.0.1:6543/@@search?q=readme     a view of any folder
//
// The URL is the path in the directory: folders and files are resources of
// different types, and the views are found by these types (app.go). A file that
// is called like a view hides it; @@ before a name always means the view.
//
//	go run ./examples/files explain /README.md/nothing    why there is no such page
//	go run ./examples/files views                         what there is
package main

import (
	"context"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/cli"
)

func main() {
	cli.Main(build, cli.Options{
		Name:  "files",
		Short: "publish a directory as a site",
		Settings: []cli.Setting{
			{Name: "dir", Default: ".", Flag: true, Usage: "directory to publish"},
			{Name: "hidden", Default: false, Flag: true, Usage: "publish names that begin with a dot, too"},
			{Name: "hosts", Default: []string(nil), Flag: true, Usage: "further host names to answer to, beside those of this machine (when listening for others: all, unless some are given)"},
		},
	})
}

// build opens the directory, and is called by every command that needs the
// application.
func build(_ context.Context, env *cli.Env) (*framework.Configurator, error) {
	site, err := openSite(cli.Value[string](env, "dir"), cli.Value[bool](env, "hidden"))
	if err != nil {
		return nil, err
	}
	config := configure(site, env.Options(), cli.Value[[]string](env, "hosts")...)
	config.OnStop(func(context.Context, *framework.App) error { return site.Close() })
	return config, nil
}
