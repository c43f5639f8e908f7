package cli

import (
	"context"
	"io"
	"net/http"
	"os"

	"github.com/spf13/cobra"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/server"
)

// Build declares the application. It is called once for every command that needs
// the application, after flags, environment and settings file were read. What it
// opens, an OnStop hook closes.
type Build func(ctx context.Context, env *Env) (*framework.Configurator, error)

// Options describe a program. The zero value is a program with the commands of
// this package and no settings of its own.
type Options struct {
	// Name of the program; default: the name by which it was called.
	Name string
	// Short says in one line what the program is.
	Short string
	// Version is what the command version tells; default: what Go has built in.
	Version string

	// Settings are those of the application. Only these, and those of the
	// framework (see the package's documentation), are accepted anywhere.
	Settings []Setting
	// SettingsFile is read if it is there and --config names no other.
	SettingsFile string
	// EnvPrefix begins the environment variables of the application's settings:
	// "WIKI" makes WIKI_DATABASE_URL of "database.url". Those of the framework's
	// settings always begin with MASTABA, which is the default here too.
	EnvPrefix string

	// Commands gives the application's own commands, which stand beside ours.
	// When they run, env is filled in; what they need of the application they ask
	// it for: Env.App.
	Commands func(env *Env) []*cobra.Command

	// Server is how the command serve serves, as far as settings do not say
	// otherwise.
	Server server.Options
	// As makes a request come from somebody, for the flag --as of explain and
	// request: it sets the header, the cookie or the context value by which the
	// application's security policy knows who is asking. Without it --as is refused.
	As func(r *http.Request, who string) (*http.Request, error)
}

// Process is what a program sees of its surroundings. A nil stream is an empty one.
type Process struct {
	Args           []string // without the program's own name
	Environ        []string // as os.Environ gives it
	Stdin          io.Reader
	Stdout, Stderr io.Writer
}

// Main runs the program, and ends the process with its exit status: 0 if all
// went well, 2 for wrong usage, 1 for everything else. It is all that the
// function main of an application calls.
func Main(build Build, o Options) {
	os.Exit(Run(context.Background(), build, o, Process{
		Args: os.Args[1:], Environ: os.Environ(), Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
	}))
}

// Run is Main within a process that goes on, and returns the exit status. The end
// of ctx ends what runs.
func Run(ctx context.Context, build Build, o Options, p Process) int {
	prog, err := newProgram(build, o, p)
	if err != nil {
		return prog.failed(err)
	}
	if len(p.Args) > 0 && p.Args[0] == cobra.ShellCompRequestCmd {
		unquote(prog.root)
	}
	prog.root.SetArgs(append([]string{}, p.Args...))
	return prog.failed(prog.execute(ctx))
}

// execute runs the command. Whatever its end, its log is written.
func (p *program) execute(ctx context.Context) error {
	defer func() {
		if p.buffer != nil {
			_ = p.buffer.Close() // there is nobody left to tell
		}
	}()
	return p.root.ExecuteContext(ctx)
}
