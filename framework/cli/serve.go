package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/mastaba-go/mastaba/framework"
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

// checkServer refuses, for every command, what no server could be started with,
// whatever the machine: check would find it good else. Files and ports are those of
// the machine that serves.
func (p *program) checkServer() error {
	var wrong []error
	refuse := func(setting, field, value, why string) {
		if p.settings.from[setting] != "" {
			wrong = append(wrong, p.wrongSetting(setting, why))
		} else {
			wrong = append(wrong, &settingError{"cli.Options.Server." + field, fmt.Errorf("%q %s", value, why)})
		}
	}
	o := p.server()
	if o.Addr != "" && !isAddress(o.Addr) {
		refuse("addr", "Addr", o.Addr, "is neither HOST:PORT nor unix:PATH")
	}
	if o.CertFile != "" && o.KeyFile == "" {
		refuse("cert_file", "CertFile", o.CertFile, "goes together with key_file, which is missing")
	}
	if o.CertFile == "" && o.KeyFile != "" {
		refuse("key_file", "KeyFile", o.KeyFile, "goes together with cert_file, which is missing")
	}
	for _, proxy := range p.env.proxies {
		if _, err := web.ParseTrustedProxies([]string{proxy}); err != nil {
			wrong = append(wrong, &settingError{p.settings.place("trusted_proxies", p.settings.from["trusted_proxies"]), err})
		}
	}
	return errors.Join(wrong...)
}

// isAddress reports whether a server could listen there.
func isAddress(addr string) bool {
	if path, local := strings.CutPrefix(addr, "unix:"); local {
		return path != ""
	}
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	_, err = net.LookupPort("tcp", port)
	return err == nil
}

// server is Options.Server with what the settings say.
func (p *program) server() framework.ServerOptions {
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
