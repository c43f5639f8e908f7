package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/devtools"
)

// program is one call of Run.
type program struct {
	o        Options
	env      *Env
	args     []string // of the command line
	environ  []string
	root     *cobra.Command
	settings *settings
	buffer   *logBuffer        // of the log; nil if it is not buffered
	output   *sharedOutput     // of the command request; nil if its standard output and error are apart
	toolbar  *devtools.Toolbar // of serve --dev; else nil
	json     bool
	dev      bool
	reload   bool
	prepared bool
	invalid  error // of the settings, for a command that reports it in its own way
}

// newProgram makes the commands. The program is not nil even if there is an error, and can
// then only exit.
func newProgram(build Build, o Options, proc Process) (*program, error) {
	o.Name = cmp.Or(o.Name, strings.TrimSuffix(filepath.Base(os.Args[0]), ".exe"))
	env := &Env{build: build, Stdin: proc.Stdin, Stdout: proc.Stdout, Stderr: proc.Stderr, declared: map[string]bool{}}
	if env.Stdin == nil {
		env.Stdin = http.NoBody
	}
	if env.Stdout == nil {
		env.Stdout = io.Discard
	}
	if env.Stderr == nil {
		env.Stderr = io.Discard
	}
	p := &program{o: o, env: env, environ: proc.Environ}
	if build == nil {
		return p, errors.New("cli.Main: build is nil")
	}
	var err error
	if p.settings, err = declare(&o); err != nil {
		return p, err
	}
	for _, s := range o.Settings {
		env.declared[s.Name] = true
	}
	p.root = p.newRoot()
	if err := p.settingFlags(); err != nil {
		return p, err
	}
	p.root.AddCommand(p.serveCommand(), p.routesCommand(), p.viewsCommand(), p.permissionsCommand(), p.tweensCommand(), p.deriversCommand(),
		p.explainCommand(), p.requestCommand(), p.treeCommand(), p.aclCommand(), p.renderCommand(), p.introspectCommand(), p.checkCommand(), p.passwordCommand(), p.settingsCommand(), p.versionCommand())
	p.root.InitDefaultHelpCmd()
	p.root.InitDefaultCompletionCmd("") // "" adds the command even without subcommands
	p.adaptLibrary()
	return p, p.addCommands()
}

// adaptLibrary makes cobra's own commands behave like ours.
func (p *program) adaptLibrary() {
	for _, cmd := range p.root.Commands() {
		switch cmd.Name() {
		case "completion":
			p.adapt(cmd)
			cmd.Args = func(_ *cobra.Command, args []string) error {
				const want = "want bash, zsh, fish or powershell"
				if len(args) == 0 {
					return usagef("completion: missing shell: %s", want)
				}
				return usagef("completion: unknown shell %q: %s", args[0], want)
			}
			cmd.RunE = func(*cobra.Command, []string) error { return nil } // makes cobra call Args
		case "help":
			cmd.Args = func(_ *cobra.Command, args []string) error {
				parent, rest, err := p.root.Find(args)
				if err != nil || len(rest) == 0 {
					return err
				}
				return unknownCommand(parent, rest)
			}
		}
	}
}

// unquote removes the back quotes from the usage of flags: help takes the name of the value
// from them, but completion prints them.
func unquote(cmd *cobra.Command) {
	plain := func(f *pflag.Flag) { f.Usage = strings.ReplaceAll(f.Usage, "`", "") }
	cmd.PersistentFlags().VisitAll(plain)
	cmd.Flags().VisitAll(plain)
	for _, sub := range cmd.Commands() {
		unquote(sub)
	}
}

func (p *program) newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   p.o.Name,
		Short: p.o.Short,
		Long: strings.TrimSpace(p.o.Short + "\n\nWithout a command it serves the application. Settings come from a TOML file (--config),\n" +
			"environment variables and flags; the command settings lists them."),
		Args:              unknownCommand,
		RunE:              p.serve,
		SilenceErrors:     true,
		SilenceUsage:      true,
		PersistentPreRunE: p.prepare,

		SuggestionsMinimumDistance: 2,
	}
	root.SetIn(p.env.Stdin)
	root.SetOut(p.env.Stdout)
	root.SetErr(p.env.Stderr)
	root.SetFlagErrorFunc(flagError)
	flags := root.PersistentFlags()
	flags.StringVar(&p.settings.file, "config", "", "read settings from this TOML `FILE`")
	flags.StringArrayVar(&p.settings.sets, "set", nil, "set a setting, as `NAME=VALUE`; may be repeated")
	flags.BoolVar(&p.json, "json", false, "print JSON instead of text")
	p.serveFlags(root)
	_ = root.RegisterFlagCompletionFunc("set", p.completeSetting)
	return root
}

// reservedFlags are the flags of our commands; no setting may use them.
var reservedFlags = []string{
	"config", "set", "json", "help", "addr", "dev", "header", "query", "as", "user", "data", "include", "fail", "html", "start", "strict", "modules", "match", "open", "version",
	"depth", "width", "at",
}

// settingFlags adds the flags of settings.
func (p *program) settingFlags() error {
	var invalid []error
	for _, s := range p.settings.known {
		if !s.Flag {
			continue
		}
		name := s.flag()
		if slices.Contains(reservedFlags, name) || p.root.PersistentFlags().Lookup(name) != nil {
			invalid = append(invalid, fmt.Errorf("cli.Setting %q: the flag --%s is taken: choose another name", s.Name, name))
			continue
		}
		value := &settingFlag{setting: s}
		p.settings.flags = append(p.settings.flags, value)
		p.root.PersistentFlags().VarPF(value, name, "", s.Usage).NoOptDefVal = map[bool]string{true: "true"}[s.typeText() == "bool"]
	}
	return errors.Join(invalid...)
}

// addCommands adds the application's commands.
func (p *program) addCommands() error {
	if p.o.Commands == nil {
		return nil
	}
	var invalid []error
	for _, own := range p.o.Commands(p.env) {
		if own == nil {
			continue
		}
		for _, other := range p.root.Commands() {
			if other.Name() == own.Name() || other.HasAlias(own.Name()) {
				invalid = append(invalid, fmt.Errorf("cli.Options.Commands: command %q exists already: choose another name", own.Name()))
			}
		}
		p.adapt(own)
		p.root.AddCommand(own)
	}
	return errors.Join(invalid...)
}

// adapt makes a foreign command behave like ours: invalid arguments are usage errors, and a
// persistent hook of the command, which hides ours, calls prepare first.
func (p *program) adapt(cmd *cobra.Command) {
	if cmd.Args != nil {
		cmd.Args = arguments(cmd.Args)
	}
	switch hook, plain := cmd.PersistentPreRunE, cmd.PersistentPreRun; {
	case hook != nil:
		cmd.PersistentPreRunE = func(cmd *cobra.Command, args []string) error {
			if err := p.prepare(cmd, args); err != nil {
				return err
			}
			return hook(cmd, args)
		}
	case plain != nil:
		cmd.PersistentPreRunE = func(cmd *cobra.Command, args []string) error {
			if err := p.prepare(cmd, args); err != nil {
				return err
			}
			plain(cmd, args)
			return nil
		}
	}
	for _, sub := range cmd.Commands() {
		p.adapt(sub)
	}
}

// prepare reads the settings and makes the logger. It does nothing for help, completion, password
// and version, which work with invalid settings.
func (p *program) prepare(cmd *cobra.Command, _ []string) error {
	for c := cmd; c.HasParent(); c = c.Parent() {
		switch c.Name() {
		case "help", "completion", "password", "version", cobra.ShellCompRequestCmd, cobra.ShellCompNoDescRequestCmd:
			if c.Parent() == p.root {
				return nil
			}
		}
	}
	if p.prepared {
		return nil
	}
	p.prepared = true
	_, path, _ := strings.Cut(cmd.CommandPath(), " ")
	p.env.Command = cmp.Or(path, "serve")
	p.dev = p.dev || p.reload
	p.env.Dev = p.dev
	for _, assignment := range p.settings.sets {
		if !strings.Contains(assignment, "=") {
			return usagef("--set: invalid value %q: want NAME=VALUE", assignment)
		}
	}
	invalid := p.settings.load(p.environ, p.o.SettingsFile)
	p.env.Settings = p.settings.values
	p.env.proxies, _ = p.env.Settings["trusted_proxies"].([]string)
	p.env.hosts, _ = p.env.Settings["allowed_hosts"].([]string)
	p.env.maxBody, _ = p.env.Settings["max_body"].(int64)
	if p.dev {
		for _, name := range []string{"debug_notfound", "debug_authorization"} {
			if p.settings.from[name] == "" {
				p.env.Settings[name] = true
			}
		}
	}
	invalid = errors.Join(invalid, p.setLogger(), p.checkServer(), p.checkHeapFloor())
	if p.json && p.env.Command == "check" || p.dev && p.env.Command == "serve" {
		p.invalid, invalid = invalid, nil
	}
	return invalid
}

// start builds the application and runs its OnStart hooks, but not those of OnServe. stop runs its
// OnStop hooks, and returns their error joined with that of the command.
func (p *program) start(ctx context.Context) (app *framework.App, stop func(error) error, err error) {
	app, err = p.env.App(ctx)
	if err != nil {
		return nil, nil, err
	}
	if err := app.StartOffline(ctx); err != nil {
		return nil, nil, err
	}
	return app, func(err error) error {
		stopErr := p.shutdown(ctx, app)
		switch {
		case stopErr == nil:
			return err
		case errors.Is(err, errReported):
			return stopErr // exit prints nothing for errReported
		}
		return errors.Join(err, stopErr)
	}, nil
}

// completeSetting completes the name in --set NAME=VALUE.
func (p *program) completeSetting(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var names []string
	for _, s := range p.settings.known {
		names = append(names, s.Name+"=\t"+s.Usage)
	}
	return names, cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveNoFileComp
}
