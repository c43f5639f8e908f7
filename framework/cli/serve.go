package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/internal/hosts"
	"github.com/mastaba-go/mastaba/framework/server"
	"github.com/mastaba-go/mastaba/views/web"
)

func (p *program) serveCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the application until SIGTERM or SIGINT (the default command)",
		Long: `Serve the application until SIGTERM or SIGINT.

--dev is for development on your own machine. Errors become pages with the stack, the request and the
explanation, and the log is easy to read. If the configuration or a setting is wrong, a page shows the
report until the program is restarted, and then reloads itself. On a loopback address, /-/dev/ shows the
requests with their times, log and explanation, why others would be refused, and the resource tree.

--reload is --dev for a program that was started in its module with "go run .": when its source or its
settings change, it is built again, and replaced without a refused connection. Pages in the browser
reload themselves, also after changes of templates and static files, and show why a build failed.`,
		Args: noArguments,
		RunE: p.serve,
	}
	p.serveFlags(cmd)
	return cmd
}

// serveFlags adds the flags of serve, which the root command has too.
func (p *program) serveFlags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&p.settings.addr, "addr", "", "listen on `HOST:PORT` or unix:PATH (default 127.0.0.1:6543)")
	cmd.Flags().BoolVar(&p.dev, "dev", false, "show errors in full, for development; never on a public address")
	cmd.Flags().BoolVar(&p.reload, "reload", false, "--dev that builds and starts the program again when its source changes")
}

func (p *program) serve(cmd *cobra.Command, _ []string) error {
	ctx := cmd.Context()
	if p.reload {
		return p.serveReload(ctx)
	}
	if p.dev {
		return p.serveDev(ctx, nil)
	}
	app, err := p.env.App(ctx)
	if err != nil {
		return err
	}
	defer p.heapFloor()()
	return framework.Serve(ctx, app, p.server())
}

// checkServer checks the server's options, whatever the command: an application that check
// accepts can be served.
func (p *program) checkServer() error {
	var invalid []error
	o := p.server()
	if all, ok := o.Check().(interface{ Unwrap() []error }); ok {
		for _, err := range all.Unwrap() {
			invalid = append(invalid, p.locate(err))
		}
	}
	for _, name := range []string{"allowed_hosts", "dev_hosts"} {
		patterns, _ := p.env.Settings[name].([]string)
		for _, pattern := range patterns {
			if _, err := hosts.Parse([]string{pattern}); err != nil {
				invalid = append(invalid, &settingError{p.settings.source(name), err})
			}
		}
	}
	for _, proxy := range p.env.proxies {
		if _, err := web.ParseTrustedProxies([]string{proxy}); err != nil {
			invalid = append(invalid, &settingError{p.settings.source("trusted_proxies"), err})
		}
	}
	return errors.Join(invalid...)
}

// serverSettings are the settings of those fields of server.Options that can be invalid.
var serverSettings = map[string]string{"Addr": "addr", "CertFile": "cert_file", "KeyFile": "key_file"}

// locate adds to the error of a field where its value was set: as a setting, or by the program.
func (p *program) locate(err error) error {
	if field, ok := errors.AsType[*server.OptionError](err); ok {
		name := serverSettings[field.Field]
		switch p.settings.from[name] {
		case "":
		case "--addr":
			return &settingError{"--addr", field.Err}
		default:
			return &settingError{p.settings.source(name), fmt.Errorf("setting %q: %w", name, field.Err)}
		}
		return fmt.Errorf("cli.Options.Server.%s: %w", field.Field, field.Err)
	}
	return fmt.Errorf("cli.Options.Server: %w", err)
}

// server returns Options.Server with the settings applied.
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

// shutdown stops an application that was started for one command.
func (p *program) shutdown(ctx context.Context, app *framework.App) error {
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), cmp.Or(p.server().StopTimeout, 5*time.Second))
	defer cancel()
	return app.Shutdown(within)
}
