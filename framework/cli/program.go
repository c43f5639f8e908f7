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
)

// program is one call of Run.
type program struct {
	o        Options
	env      *Env
	environ  []string
	root     *cobra.Command
	settings *settings
	buffer   *logBuffer // of the log, if it has one
	json     bool
	dev      bool
	ready    bool  // the environment was prepared
	wrong    error // with the settings, for a command that shows it in its own way
}

// newProgram makes the commands. The program is there also if it is wrong.
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
		return p, errors.New("cli.Main: the function that declares the application is nil")
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
	p.root.AddCommand(p.serveCommand(), p.routesCommand(), p.viewsCommand(), p.tweensCommand(), p.deriversCommand(),
		p.explainCommand(), p.requestCommand(), p.checkCommand(), p.settingsCommand(), p.versionCommand())
	p.root.InitDefaultHelpCmd()
	p.root.InitDefaultCompletionCmd("") // the name of no command: there shall be one always
	p.adoptLibrary()
	return p, p.addOwn()
}

// adoptLibrary makes the library's commands behave like ours.
func (p *program) adoptLibrary() {
	for _, cmd := range p.root.Commands() {
		switch cmd.Name() {
		case "completion":
			p.adopt(cmd)
			cmd.Args = func(_ *cobra.Command, args []string) error {
				asked := strings.TrimSpace("completion " + strings.Join(args, " "))
				return misused("%s: for which shell? bash, zsh, fish and powershell are there", asked)
			}
			cmd.RunE = func(*cobra.Command, []string) error { return nil } // for Args to be asked
		case "help":
			cmd.Args = func(_ *cobra.Command, args []string) error {
				of, rest, err := p.root.Find(args)
				if err != nil || len(rest) == 0 {
					return err
				}
				return unknownCommand(of, rest)
			}
		}
	}
}

// unquote takes the quotes from the descriptions of flags: help reads in them what
// stands for the value, but completion shows them.
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
		Long: strings.TrimSpace(p.o.Short + "\n\nWithout a command it serves. Settings come from a TOML file (--config), environment variables\n" +
			"and flags; the command settings lists them."),
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
	flags.StringArrayVar(&p.settings.sets, "set", nil, "give a setting, as `NAME=VALUE`; may be repeated")
	flags.BoolVar(&p.json, "json", false, "print for programs, where there is something to print")
	p.serveFlags(root)
	_ = root.RegisterFlagCompletionFunc("set", p.completeSetting)
	return root
}

// reservedFlags are those of our commands, which no setting may take.
var reservedFlags = []string{
	"config", "set", "json", "help", "addr", "dev", "header", "query", "as", "user", "data", "include", "fail", "html", "start", "modules", "match", "version",
}

// settingFlags makes flags of the settings that want to be one.
func (p *program) settingFlags() error {
	var wrong []error
	for _, s := range p.settings.known {
		if !s.Flag {
			continue
		}
		name := s.flag()
		if slices.Contains(reservedFlags, name) || p.root.PersistentFlags().Lookup(name) != nil {
			wrong = append(wrong, fmt.Errorf("cli.Setting %q: the flag --%s is taken: choose another name", s.Name, name))
			continue
		}
		value := &settingFlag{of: s}
		p.settings.flags = append(p.settings.flags, value)
		p.root.PersistentFlags().VarPF(value, name, "", s.Usage).NoOptDefVal = map[bool]string{true: "true"}[s.typeText() == "bool"]
	}
	return errors.Join(wrong...)
}

// addOwn adds the application's commands.
func (p *program) addOwn() error {
	if p.o.Commands == nil {
		return nil
	}
	var wrong []error
	for _, own := range p.o.Commands(p.env) {
		if own == nil {
			continue
		}
		for _, other := range p.root.Commands() {
			if other.Name() == own.Name() || other.HasAlias(own.Name()) {
				wrong = append(wrong, fmt.Errorf("cli.Options.Commands: there is a command %q already: choose another name", own.Name()))
			}
		}
		p.adopt(own)
		p.root.AddCommand(own)
	}
	return errors.Join(wrong...)
}

// adopt makes a foreign command behave like ours: wrong arguments are wrong usage,
// and the environment is prepared although a command with a hook of its own hides
// that of the program.
func (p *program) adopt(cmd *cobra.Command) {
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
		p.adopt(sub)
	}
}

// prepare reads the settings and makes the logger, for those commands that need
// them: help, completion and version work with whatever settings.
func (p *program) prepare(cmd *cobra.Command, _ []string) error {
	for c := cmd; c.HasParent(); c = c.Parent() {
		switch c.Name() {
		case "help", "completion", "version", cobra.ShellCompRequestCmd, cobra.ShellCompNoDescRequestCmd:
			if c.Parent() == p.root {
				return nil
			}
		}
	}
	if p.ready {
		return nil
	}
	p.ready = true
	_, path, _ := strings.Cut(cmd.CommandPath(), " ")
	p.env.Command = cmp.Or(path, "serve")
	p.env.Dev = p.dev
	for _, assignment := range p.settings.sets {
		if !strings.Contains(assignment, "=") {
			return misused("--set %s: say NAME=VALUE", assignment)
		}
	}
	wrong := p.settings.load(p.environ, p.o.SettingsFile)
	p.env.Settings = p.settings.values
	p.env.proxies, _ = p.env.Settings["trusted_proxies"].([]string)
	p.env.maxBody, _ = p.env.Settings["max_body"].(int64)
	if p.dev {
		for _, name := range []string{"debug_notfound", "debug_authorization"} {
			if p.settings.from[name] == "" {
				p.env.Settings[name] = true
			}
		}
	}
	wrong = errors.Join(wrong, p.log(), p.checkServer(), p.checkFloor())
	if p.json && p.env.Command == "check" || p.dev && p.env.Command == "serve" {
		p.wrong, wrong = wrong, nil
	}
	return wrong
}

// started builds the application and runs its OnStart hooks; end runs the others.
func (p *program) started(ctx context.Context) (app *framework.App, end func(error) error, err error) {
	app, err = p.env.App(ctx)
	if err != nil {
		return nil, nil, err
	}
	if err := app.Start(ctx); err != nil {
		return nil, nil, err
	}
	return app, func(err error) error { return errors.Join(err, p.shutdown(ctx, app)) }, nil
}

// completeSetting completes the name in --set NAME=VALUE.
func (p *program) completeSetting(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var names []string
	for _, s := range p.settings.known {
		names = append(names, s.Name+"=\t"+s.Usage)
	}
	return names, cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveNoFileComp
}

var _ pflag.Value = (*settingFlag)(nil)
