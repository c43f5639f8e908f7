// Command appname serves projects and their tasks as JSON. Read resources.go first, then app.go,
// then views.go.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/cli"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/framework/transaction"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
	"github.com/mastaba-go/mastaba/traversal/sqltree/sqlite"
)

func main() {
	cli.Main(build, cli.Options{Name: "appname", Short: "projects and tasks", SettingsFile: "appname.toml", EnvPrefix: "APP", Commands: commands, Settings: []cli.Setting{
		{Name: "file", Default: "appname.db", Flag: true, Usage: "the SQLite file"},
		{Name: "tokens", Default: "tokens", Flag: true, Usage: "the file with the hashes of tokens, which the command token writes"},
	}})
}

// commands returns the command token, which gives somebody access.
func commands(env *cli.Env) []*cobra.Command {
	return []*cobra.Command{{
		Use: "token USER", Short: "print a new token of a user, and add its hash to the file of tokens", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			token, hash := security.NewToken()
			f, err := os.OpenFile(cli.Value[string](env, "tokens"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(f, "%s %s\n", hash, args[0])
			fmt.Fprintln(env.Stdout, token)
			return errors.Join(err, f.Close())
		},
	}}
}

// build declares the application. Every command that needs it calls build.
func build(ctx context.Context, env *cli.Env) (*framework.Configurator, error) {
	tokens, err := os.ReadFile(cli.Value[string](env, "tokens"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	a, err := open(ctx, cli.Value[string](env, "file"))
	if err != nil {
		return nil, err
	}
	config := configure(a, usersOf(string(tokens)), env.Options())
	config.OnStop(func(ctx context.Context, _ *framework.App) error { return a.close(ctx) })
	return config, nil
}

// api is what the views share.
type api struct {
	db   *sqltree.Database
	tree *sqltree.Tree
}

// open opens the tree in a SQLite file. For another type of resource, add its kind here.
func open(ctx context.Context, file string) (*api, error) {
	db, err := sqlite.Open(ctx, file, sqlite.Options{})
	if err != nil {
		return nil, err
	}
	tree, err := sqltree.New(ctx, db, sqltree.Options{
		Root: sqltree.Kind[*Root]("root"), Kinds: []sqltree.KindSpec{sqltree.Kind[*Project]("project"), sqltree.Kind[*Task]("task")},
		Unit: transaction.UnitOf, // all changes of a request are one transaction
	})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &api{db: db, tree: tree}, nil
}

func (a *api) close(ctx context.Context) error { return errors.Join(a.tree.Close(ctx), a.db.Close()) }
