// Command appname serves folders and pages. Read resources.go first, then app.go, then views.go.
package main

import (
	"context"
	"errors"
	"os"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/cli"
	"github.com/mastaba-go/mastaba/framework/security/password"
	"github.com/mastaba-go/mastaba/framework/transaction"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
	"github.com/mastaba-go/mastaba/traversal/sqltree/sqlite"
)

func main() {
	cli.Main(build, cli.Options{Name: "appname", Short: "folders and pages", SettingsFile: "appname.toml", EnvPrefix: "APP", Settings: []cli.Setting{
		{Name: "secret", Usage: "32 or more random bytes, which protect the sessions"},
		{Name: "file", Default: "appname.db", Flag: true, Usage: "the SQLite file"},
		{Name: "users", Default: "users", Flag: true, Usage: "the password file of those who may log in"},
	}})
}

// build declares the application. Every command that needs it calls build.
func build(ctx context.Context, env *cli.Env) (*framework.Configurator, error) {
	text, err := os.ReadFile(cli.Value[string](env, "users"))
	if err != nil && !errors.Is(err, os.ErrNotExist) { // without the file nobody can log in
		return nil, err
	}
	users, err := password.ParseFile("users", text)
	if err != nil {
		return nil, err
	}
	s, err := open(ctx, cli.Value[string](env, "file"))
	if err != nil {
		return nil, err
	}
	config := configure(s, users, cli.Value[string](env, "secret"), env.Options())
	config.OnStop(func(ctx context.Context, _ *framework.App) error { return s.close(ctx) })
	if env.Dev {
		config.SetDevelopment() // cookies work over plain http; otherwise they need https
	}
	return config, nil
}

type site struct {
	db   *sqltree.Database
	tree *sqltree.Tree
}

// open opens the tree in a SQLite file. For another type of resource, add its kind here.
func open(ctx context.Context, file string) (*site, error) {
	db, err := sqlite.Open(ctx, file, sqlite.Options{})
	if err != nil {
		return nil, err
	}
	tree, err := sqltree.New(ctx, db, sqltree.Options{
		Root: sqltree.Kind[*Folder]("folder"), Kinds: []sqltree.KindSpec{sqltree.Kind[*Page]("page")},
		Unit: transaction.UnitOf, // all changes of a request are one transaction
	})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	s := &site{db: db, tree: tree}
	if err := transaction.Run(ctx, db, transaction.RunOptions{Attempts: 3}, s.plant); err != nil {
		return nil, errors.Join(err, s.close(ctx))
	}
	return s, nil
}

func (s *site) close(ctx context.Context) error { return errors.Join(s.tree.Close(ctx), s.db.Close()) }
