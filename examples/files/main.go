// Command files publishes a directory as a website: folders with a listing and their README, files
// with a preview, everything raw and as JSON, and a search.
//
//	go run ./examples/files                                    the current directory
//	go run ./examples/files serve --dir DIR --addr HOST:PORT   another directory
//
// and then, in a browser or with curl:
//
//	http://127.0.0.1:6543/                      the page of a folder
//	http://127.0.0.1:6543/README.md             the page of a file
//	http://127.0.0.1:6543/README.md/raw         the file itself
//	http://127.0.0.1:6543/README.md/info        its details as JSON
//	http://127.0.0.1:6543/@@search?q=readme     search below a folder
//
// The URL is the path in the directory. Folders and files are resources of different types, and
// views are found by these types (app.go). A file with the name of a view hides the view; @@ before
// a name always means the view.
//
//	go run ./examples/files explain /README.md/nothing    explains why a page does not exist
//	go run ./examples/files views                         lists all views
//
// With --access FILE, groups and access lists say who may see what (access.go). What one may not
// see is in no listing either, and /@@access explains the lists to those who may read them:
//
//	group:editors alice carol
//
//	/
//	  allow system.Everyone view
//	/drafts
//	  allow group:editors view,explain
//	  deny system.Everyone *
//
// With --users FILE, alice can log in (login.go): people at /@@login, scripts by HTTP Basic. The
// file has a line for each user, made by htpasswd -B or by
//
//	echo alice:$(go run ./examples/files password) >> users
package main

import (
	"context"
	"errors"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/cli"
)

func main() {
	cli.Main(build, cli.Options{
		Name:  "files",
		Short: "publish a directory as a website",
		Settings: []cli.Setting{
			{Name: "dir", Default: ".", Flag: true, Usage: "directory to publish"},
			{Name: "hidden", Default: false, Flag: true, Usage: "also publish files and folders whose names begin with a dot"},
			{Name: "access", Default: "", Flag: true, Usage: "file with access lists by path (see access.go); without it, everyone may see everything"},
			{Name: "users", Default: "", Flag: true, Usage: "password file of those who may log in, made by htpasswd -B or the command password (needs --access)"},
			{Name: "hosts", Default: []string(nil), Flag: true, Usage: "host names to accept besides localhost (if the server listens on all interfaces, it accepts every name by default)"},
		},
	})
}

// build opens the directory and declares the application. Every command that needs the application
// calls it.
func build(_ context.Context, env *cli.Env) (*framework.Configurator, error) {
	site, err := openSite(cli.Value[string](env, "dir"), cli.Value[bool](env, "hidden"))
	if err != nil {
		return nil, err
	}
	if file := cli.Value[string](env, "access"); file != "" {
		if err := site.readAccess(file); err != nil {
			return nil, errors.Join(err, site.Close())
		}
	}
	if file := cli.Value[string](env, "users"); file != "" {
		if err := site.readUsers(file); err != nil {
			return nil, errors.Join(err, site.Close())
		}
	}
	config := configure(site, env.Options(), cli.Value[[]string](env, "hosts")...)
	config.OnStop(func(context.Context, *framework.App) error { return site.Close() })
	return config, nil
}
