package cli

import (
	"cmp"
	"context"
	"html/template"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/devtools/reload"
	"github.com/mastaba-go/mastaba/framework/server"
	"github.com/mastaba-go/mastaba/views/assets"
)

// serveReload serves with --reload: as the supervisor, or as the process that it has started.
func (p *program) serveReload(ctx context.Context) error {
	ctx, end := context.WithCancel(ctx)
	defer end()
	child, err := reload.Attach(end)
	if err != nil {
		return err
	}
	if child != nil {
		defer child.Close()
		return p.serveDev(ctx, child)
	}
	addr := cmp.Or(p.server().Addr, server.DefaultAddr)
	if strings.HasPrefix(addr, "unix:") {
		return usagef("--reload: it needs an address such as 127.0.0.1:6543, not a unix socket")
	}
	var settings []string
	if p.settings.read != "" {
		settings = append(settings, p.settings.read)
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	return reload.Run(ctx, reload.Options{Addr: addr, Args: p.args, Settings: settings, Stdout: p.env.Stdout, Stderr: p.env.Stderr})
}

// attach makes a server use what the supervisor has for it. app is nil if it could not be built.
func (p *program) attach(o *server.Options, child *reload.Child, app *framework.App) {
	o.Listener = child.Listener()
	started := o.Started
	o.Started = func(addr net.Addr) {
		var live []string
		if app != nil {
			live = assets.LiveFolders(app.Registry())
		}
		if err := child.Ready(live); err != nil {
			p.env.Logger.Error().Err(err).Msg("the supervisor of --reload does not answer")
		}
		if started != nil {
			started(addr)
		}
	}
}

// scriptTag returns the element that loads a script.
func scriptTag(src string) string {
	return `<script src="` + template.HTMLEscapeString(src) + `" defer></script>`
}
