package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"

	"github.com/rs/zerolog"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// Env is what is known before the application is declared. Build gets it, and the
// application's own commands have it; its fields are filled in when a command
// runs. It belongs to one goroutine.
type Env struct {
	// Command is the command that runs, "serve" or "db migrate".
	Command string
	// Dev is true under serve --dev.
	Dev bool
	// Settings are those of file, environment and flags, with the defaults of what
	// was not given. Each has the type of its Setting.Default.
	Settings registry.Settings
	// Logger is for the application: JSON lines on standard error under serve, lines
	// for people if that is a terminal or for other commands, or as the settings
	// log_level and log_format say. Under serve, JSON lines below the level of a
	// warning may come 10 ms late, many in one write; others come at once, after what
	// was before them. What waits is lost if the process ends without the return of
	// Run: by os.Exit, a second signal, or a panic of a goroutine. Logger.Fatal
	// writes it.
	Logger *zerolog.Logger

	Stdin          io.Reader
	Stdout, Stderr io.Writer

	build    Build
	unknown  []error // what was asked for with Value, and is not there
	proxies  []string
	maxBody  int64
	declared map[string]bool
}

// Options gives the options with which an application is begun: its settings, its
// logger, and what the framework's own settings say.
//
//	o := env.Options()
//	o.Root = openSite
//	config := framework.New(o)
func (e *Env) Options() framework.Options {
	return framework.Options{Settings: e.Settings, Logger: e.Logger, TrustedProxies: e.proxies, MaxBody: e.maxBody}
}

// Value gives a setting that was declared in Options.Settings, as the type of its
// Default. If there is none of that name and type, it is the zero T, and the
// application is not built: the report says so.
func Value[T any](env *Env, name string) T {
	v, ok := env.Settings[name].(T)
	if !ok {
		why := "its default is a " + fmt.Sprintf("%T", env.Settings[name])
		if !env.declared[name] {
			why = "it is not among cli.Options.Settings"
		}
		env.unknown = append(env.unknown, fmt.Errorf("cli.Value[%T](env, %q): %s", v, name, why))
	}
	return v
}

// App declares and builds the application, for commands of one's own. It is not
// started: App.Start runs its OnStart hooks.
func (e *Env) App(ctx context.Context) (*framework.App, error) {
	config, err := e.configure(ctx)
	if err != nil {
		return nil, err
	}
	return config.App()
}

// configure calls Build. A panic of it is an error.
func (e *Env) configure(ctx context.Context) (config *framework.Configurator, err error) {
	defer func() {
		if value := recover(); value != nil {
			config, err = nil, &web.PanicError{Value: value, Stack: debug.Stack()}
		}
	}()
	e.unknown = nil
	config, err = e.build(ctx, e)
	if err := errors.Join(append(e.unknown, err)...); err != nil {
		return nil, err
	}
	if config == nil {
		return nil, errors.New("the function given to cli.Main returned neither a Configurator nor an error")
	}
	return config, nil
}
