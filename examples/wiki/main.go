// Command wiki is a wiki: folders and pages of Markdown in a database, with their history.
//
//	go run ./examples/wiki
//
// serves at http://127.0.0.1:6543/ and keeps everything in the file wiki.db of the current folder.
// At the first start it prints a link that makes one person the administrator. With DATABASE_URL,
// such as postgres://…, the same wiki is in PostgreSQL.
//
// Read resources.go first, which has the folders and pages, then app.go, which declares the views.
// The views are in show.go, edit.go, history.go, move.go, search.go, feeds.go and accounts.go; what
// is not in the tree is in tables of the application: schema.go, revisions.go. Package merge
// compares texts.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/cli"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
	"github.com/mastaba-go/mastaba/traversal/sqltree/postgres"
	"github.com/mastaba-go/mastaba/traversal/sqltree/sqlite"
)

func main() {
	cli.Main(build, cli.Options{Name: "wiki", Short: "a wiki", EnvPrefix: "WIKI", Settings: []cli.Setting{
		{Name: "file", Default: "wiki.db", Flag: true, Usage: "the SQLite file, without DATABASE_URL"},
		{Name: "https", Default: false, Flag: true, Usage: "people reach the wiki by https alone, so cookies are Secure"},
	}})
}

// build opens the database and declares the application. Every command that needs it calls build.
func build(ctx context.Context, env *cli.Env) (*framework.Configurator, error) {
	db, err := open(ctx, os.Getenv("DATABASE_URL"), cli.Value[string](env, "file"))
	if err != nil {
		return nil, err
	}
	w, err := newWiki(ctx, db)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if env.Command == "serve" {
		token, err := w.firstInvite(ctx)
		if err != nil {
			return nil, errors.Join(err, w.close(ctx))
		}
		if token != "" {
			addr, _ := env.Settings["addr"].(string)
			fmt.Fprintf(env.Stderr, "Nobody has an account yet. Become the administrator, once, at http://%s%s?token=%s\n", addr, joinPath, token)
		}
	}
	config := configure(w, env.Options())
	if !cli.Value[bool](env, "https") {
		config.SetDevelopment() // cookies work over plain http
	}
	config.OnStop(func(ctx context.Context, _ *framework.App) error { return w.close(ctx) })
	return config, nil
}

func open(ctx context.Context, url, file string) (*sqltree.Database, error) {
	if url != "" {
		return postgres.Open(ctx, url, postgres.Options{})
	}
	return sqlite.Open(ctx, file, sqlite.Options{})
}
