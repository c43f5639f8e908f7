package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/rs/zerolog"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// Env is what a program knows before its application is declared. Build and the application's
// own commands receive it. Its fields are set when a command runs. It is not safe for
// concurrent use.
type Env struct {
	// Command is the command that runs: "serve", "db migrate".
	Command string
	// Dev reports whether serve runs with --dev.
	Dev bool
	// Settings are the values from file, environment and flags, and the defaults of the
	// others. Each has the type of its Setting.Default.
	Settings registry.Settings
	// Logger is the application's logger. It writes to standard error: JSON lines for serve,
	// readable lines for other commands or on a terminal, unless the settings log_level and
	// log_format differ. For serve, JSON lines below level warn may be delayed by 10 ms and
	// share a write; a warning or error is written at once, after all lines before it.
	// Delayed lines are lost if the process ends before Run returns: by os.Exit, a second
	// signal, or a panic in another goroutine. Logger.Fatal writes them.
	Logger *zerolog.Logger

	Stdin          io.Reader
	Stdout, Stderr io.Writer

	build    Build
	unknown  []error // of Value
	proxies  []string
	hosts    []string
	maxBody  int64
	declared map[string]bool
}

// Options returns the options to start from: the settings, the logger, and what the framework's
// own settings determine.
//
//	o := env.Options()
//	o.Root = openSite
//	config := framework.New(o)
func (e *Env) Options() framework.Options {
	return framework.Options{
		Settings: e.Settings, Logger: e.Logger, TrustedProxies: e.proxies, AllowedHosts: e.hosts, MaxBody: e.maxBody,
	}
}

// Value returns the value of a setting declared in Options.Settings; T is the type of its
// Default. A wrong name or type is an error of the configuration: Value returns the zero T, and
// the application is not built.
func Value[T any](env *Env, name string) T {
	v, ok := env.Settings[name].(T)
	if !ok {
		why := fmt.Sprintf("the setting is a %T", env.Settings[name])
		if !env.declared[name] {
			why = "the setting is not declared in cli.Options.Settings"
		}
		env.unknown = append(env.unknown, fmt.Errorf("cli.Value[%T](env, %q): %s", v, name, why))
	}
	return v
}

// App declares and builds the application, for the application's own commands. App.StartOffline,
// which it does not call, runs the OnStart hooks without those of OnServe.
func (e *Env) App(ctx context.Context) (*framework.App, error) {
	config, err := e.configure(ctx)
	if err != nil {
		return nil, err
	}
	return config.App()
}

// configure calls Build, and turns a panic into an error.
func (e *Env) configure(ctx context.Context) (config *framework.Configurator, err error) {
	e.unknown = nil
	err = web.Try(func() (err error) {
		config, err = e.build(ctx, e)
		return err
	})
	if err := errors.Join(append(e.unknown, err)...); err != nil {
		return nil, err
	}
	if config == nil {
		return nil, errors.New("the Build function returned neither a Configurator nor an error")
	}
	if e.Command != "serve" {
		config.OnWarning(func(registry.Warning) {}) // check reports them
	}
	return config, nil
}
