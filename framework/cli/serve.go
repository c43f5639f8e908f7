package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/server"
	"github.com/mastaba-go/mastaba/views/web"
)

func (p *program) serveCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the application until SIGTERM or SIGINT; this is what happens without a command",
		Long: `Serve the application until SIGTERM or SIGINT.

With --dev it is for the developer alone: errors become pages with their stack, the
request and the explanation, the log is for people, and a configuration that is
wrong is a page too, settings included. That page stays until the program is started again, and then
makes way for what the application answers.`,
		Args: arguments(cobra.NoArgs),
		RunE: p.serve,
	}
	p.serveFlags(cmd)
	return cmd
}

// serveFlags are those of serve, which the program itself has as well.
func (p *program) serveFlags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&p.settings.addr, "addr", "", "where to listen: `HOST:PORT` or unix:PATH (default 127.0.0.1:6543)")
	cmd.Flags().BoolVar(&p.dev, "dev", false, "for development: errors are shown whole. Never where others can reach it")
}

func (p *program) serve(cmd *cobra.Command, _ []string) error {
	ctx := cmd.Context()
	if p.dev {
		return p.serveDev(ctx)
	}
	app, err := p.env.App(ctx)
	if err != nil {
		return err
	}
	defer p.heapFloor()()
	return framework.Serve(ctx, app, p.server())
}

// checkServer refuses for every command what serve would refuse, so that what check
// finds good can be served.
func (p *program) checkServer() error {
	var wrong []error
	o := p.server()
	if all, ok := o.Check().(interface{ Unwrap() []error }); ok {
		for _, err := range all.Unwrap() {
			wrong = append(wrong, p.placed(err))
		}
	}
	for _, proxy := range p.env.proxies {
		if _, err := web.ParseTrustedProxies([]string{proxy}); err != nil {
			wrong = append(wrong, &settingError{p.settings.place("trusted_proxies", p.settings.from["trusted_proxies"]), err})
		}
	}
	return errors.Join(wrong...)
}

// serverSettings are the settings that stand for fields of server.Options which can be
// wrong.
var serverSettings = map[string]string{"Addr": "addr", "CertFile": "cert_file", "KeyFile": "key_file"}

// placed says where a wrong field comes from: a setting, or the program itself.
func (p *program) placed(err error) error {
	if field, ok := errors.AsType[*server.OptionError](err); ok {
		if name := serverSettings[field.Field]; p.settings.from[name] != "" {
			return &settingError{p.settings.place(name, p.settings.from[name]), fmt.Errorf("setting %q: %w", name, field.Err)}
		}
		return fmt.Errorf("cli.Options.Server.%s: %w", field.Field, field.Err)
	}
	return fmt.Errorf("cli.Options.Server: %w", err)
}

// server is Options.Server with what the settings say.
func (p *program) server() server.Options {
	o, s := p.o.Server, p.env.Settings
	text := func(name string, to *string) {
		v, _ := s[name].(string)
		*to = cmp.Or(v, *to)
	}
	duration := func(name string, to *time.Duration) {
		v, _ := s[name].(time.Duration)
		*to = cmp.Or(v, *to)
	}
	text("addr", &o.Addr)
	text("cert_file", &o.CertFile)
	text("key_file", &o.KeyFile)
	duration("drain_delay", &o.DrainDelay)
	duration("drain_timeout", &o.DrainTimeout)
	duration("stop_timeout", &o.StopTimeout)
	if p.settings.from["health"] != "" {
		o.Health, _ = s["health"].(bool)
	}
	return o
}

// shutdown ends an application that was started for one command.
func (p *program) shutdown(ctx context.Context, app *framework.App) error {
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), cmp.Or(p.server().StopTimeout, 5*time.Second))
	defer cancel()
	return app.Shutdown(within)
}
