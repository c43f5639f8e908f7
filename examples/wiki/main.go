// Command wiki is a wiki: folders and pages of Markdown in a database, with their history.
//
//	go run ./examples/wiki
//
// serves at http://127.0.0.1:6543/ and keeps everything in the file wiki.db of the current folder.
// At the first start it prints a link that makes one person the administrator.
//
// Three variables move the same wiki to servers, and several instances then share the work:
//
//	DATABASE_URL=postgres://…  pages and accounts are in PostgreSQL, which also carries events
//	REDIS_URL=redis://…        sessions, and the counts of attempts to log in; otherwise sessions
//	                           are in the cookies, and each instance counts for itself
//	NATS_URL=nats://…          carries the events of changes to the other instances instead
//
// Instances need nothing but the same variables. A server that is away at the start is an error;
// one that is lost later is used again when it is back. Meanwhile a lost database or Redis is a 503,
// and without NATS people see what was changed at another instance a second late.
//
// Behind a proxy set MASTABA_TRUSTED_PROXIES to its addresses, such as 10.0.0.0/8, so that its
// X-Forwarded-For, -Proto and -Host count: attempts to log in are limited for each address of a
// client. Add WIKI_HTTPS=true if clients reach the proxy by https, and MASTABA_HEALTH=true for
// /healthz and /readyz; MASTABA_DRAIN_DELAY=5s gives the proxy time to notice /readyz after SIGTERM.
//
//	wiki import DIR
//	wiki export DIR
//
// bring a directory of Markdown files in, and write one.
//
// Read resources.go first, which has the folders and pages, then app.go, which declares the views.
// The views are in show.go, edit.go, history.go, move.go, search.go, feeds.go and accounts.go, and
// those of files in files.go. People get in by invites.go and passwords.go. sharing.go and why.go
// have who may do what, and why. administration.go, groups.go, manage.go, bulk.go and changes.go
// are for administrators: users whose group is "administrators". What is not in the tree is in
// tables of the application: schema.go, people.go, revisions.go, contents.go. The commands are in
// commands.go, import.go and export.go. services.go connects to the servers. Package merge compares
// texts.
package main

import (
	"context"
	"errors"
	"net"
	"os"
	"time"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/cli"
	"github.com/mastaba-go/mastaba/framework/server"
)

func main() {
	p := new(program)
	cli.Main(p.build, cli.Options{Name: "wiki", Short: "a wiki", EnvPrefix: "WIKI", Commands: commands, Server: server.Options{Ready: p.ready, Started: p.started}, Settings: []cli.Setting{
		{Name: "file", Default: "wiki.db", Flag: true, Usage: "the SQLite file, without DATABASE_URL"},
		{Name: "max_attachment", Default: 25, Flag: true, Usage: "the largest file that can be uploaded, in MB"},
		{Name: "https", Default: false, Flag: true, Usage: "people reach the wiki by https alone, so cookies are Secure"},
		{Name: "stale_for", Default: time.Second, Usage: "how long a page may be out of date if the event of a change at another instance is lost"},
	}})
}

// program is the wiki of this process, once it is built.
type program struct {
	wiki  *wiki
	first announcement
}

// ready is what /readyz asks.
func (p *program) ready(ctx context.Context) error { return p.wiki.ready(ctx) }

// started is called once the server has an address.
func (p *program) started(at net.Addr) { p.first.started(at) }

// build connects to the services and declares the application. Every command that needs it calls build.
func (p *program) build(ctx context.Context, env *cli.Env) (*framework.Configurator, error) {
	w, err := openWiki(ctx, env)
	if err != nil {
		return nil, err
	}
	if w.maxFile = int64(cli.Value[int](env, "max_attachment")) << 20; w.maxFile <= 0 {
		return nil, errors.Join(errors.New("max_attachment: want a number of MB, such as 25"), w.close(ctx))
	}
	if env.Command == "serve" {
		token, err := w.firstInvite(ctx)
		if err != nil {
			return nil, errors.Join(err, w.close(ctx))
		}
		p.first = announce(env, token)
	}
	config := configure(w, env.Options())
	if !cli.Value[bool](env, "https") {
		config.SetDevelopment() // cookies work over plain http
	}
	p.wiki = w
	config.OnStop(func(ctx context.Context, _ *framework.App) error { return w.close(ctx) })
	w.receive(config)
	return config, nil
}

// openWiki connects to the services, and returns the wiki there.
func openWiki(ctx context.Context, env *cli.Env) (*wiki, error) {
	s, err := connect(ctx, addresses{
		File: cli.Value[string](env, "file"), Database: os.Getenv("DATABASE_URL"), Redis: os.Getenv("REDIS_URL"), NATS: os.Getenv("NATS_URL"),
		StaleFor: cli.Value[time.Duration](env, "stale_for"),
	}, env.Logger)
	if err != nil {
		return nil, err
	}
	return newWiki(ctx, s)
}
