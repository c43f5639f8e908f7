package cli

import (
	"context"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/server"
)

// Build declares the application. It is called once by every command that needs the
// application, after the settings have been read. What it opens should be closed by an OnStop
// hook.
type Build func(ctx context.Context, env *Env) (*framework.Configurator, error)

// Options describe a program. The zero value is a program with the commands of this package
// and without settings of its own.
type Options struct {
	// Name is the program's name. Default: the name of the executable.
	Name string
	// Short describes the program in one line.
	Short string
	// Version is what the command version prints. Default: the version that Go built in.
	Version string

	// Settings are the application's own. Any setting that is neither here nor one of the
	// framework's is an error.
	Settings []Setting
	// SettingsFile is read if it exists, unless --config or a variable names another file.
	SettingsFile string
	// EnvPrefix starts the names of the environment variables of the application's settings:
	// with "WIKI", the setting "database.url" is WIKI_DATABASE_URL. Default: "MASTABA",
	// which the framework's settings always have.
	EnvPrefix string

	// Commands returns the application's own commands. It is called before the command line
	// is parsed; env is complete when a command runs. Env.App builds the application.
	Commands func(env *Env) []*cobra.Command

	// Server configures the command serve. Settings override its fields.
	Server server.Options
}

// Process is the environment that a program runs in. A nil Stdin is empty; a nil Stdout or Stderr
// discards.
type Process struct {
	Args           []string // without the program's name
	Environ        []string // as os.Environ returns it
	Stdin          io.Reader
	Stdout, Stderr io.Writer
}

// Main runs the program and exits with its status: 0 if all went well, 2 for an invalid
// command line, 1 for any other error. It is all that an application's func main calls.
func Main(build Build, o Options) {
	os.Exit(Run(context.Background(), build, o, Process{
		Args: os.Args[1:], Environ: os.Environ(), Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
	}))
}

// Run is Main for tests and larger programs: it returns the exit status. The end of ctx ends
// the command.
func Run(ctx context.Context, build Build, o Options, p Process) int {
	prog, err := newProgram(build, o, p)
	if err != nil {
		return prog.exit(err)
	}
	if len(p.Args) > 0 && p.Args[0] == cobra.ShellCompRequestCmd {
		unquote(prog.root)
	}
	prog.args = append([]string{}, p.Args...)
	prog.root.SetArgs(prog.args)
	return prog.exit(prog.execute(ctx))
}

// execute runs the command. The buffered log is written however it ends.
func (p *program) execute(ctx context.Context) error {
	defer func() {
		if p.buffer != nil {
			_ = p.buffer.Close() // nowhere to report it
		}
	}()
	return p.root.ExecuteContext(ctx)
}
