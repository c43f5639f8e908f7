package cli

import (
	"errors"
	"net/http"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// inspectHelp ends the help of commands that look at the tree.
const inspectHelp = `

The tree is that of the application's root factory; routes with a root of their own are left out.
The OnStart hooks run before, the OnStop hooks after. --as sets the user, for the root factory and
the security policy, in the way that the application defines (framework.Options.ActAs).`

// inspector is a command that works on the resource tree with a prepared request.
type inspector struct {
	program *program
	as      string
}

func (p *program) newInspector(cmd *cobra.Command) *inspector {
	i := &inspector{program: p}
	cmd.Flags().StringVar(&i.as, "as", "", "act as `USER` (see framework.Options.ActAs); default: nobody")
	return i
}

// run starts the application, calls do with a prepared request and the resource at path, and stops
// the application.
func (i *inspector) run(cmd *cobra.Command, path string, do func(app *framework.App, r *web.Request, at traversal.Node) error) error {
	ctx, release := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer release()
	if path == "" || path[0] != '/' {
		return usagef("%s: invalid path %q: it must begin with a slash", cmd.Name(), path)
	}
	app, stop, err := i.program.start(ctx)
	if err != nil {
		return err
	}
	host := app.Host()
	if host == "" {
		host = localhost
	}
	hr, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+host+"/", http.NoBody)
	if err == nil {
		flags := requestFlags{program: i.program, as: i.as}
		hr, err = flags.actAs(app, hr)
	}
	if err != nil {
		return stop(err)
	}
	r, done, err := app.Prepare(hr.Context(), hr)
	if err != nil {
		return stop(err)
	}
	err = web.Try(func() error {
		at, err := r.Traverser().Find(r.Context(), r.Node(), path)
		if err != nil {
			return err
		}
		return do(app, r.WithNode(at, ""), at)
	})
	return stop(errors.Join(err, done()))
}

// onePath checks the argument PATH; without one it is "/".
func onePath(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return usagef("%s: unexpected argument %q: want %[1]s PATH", cmd.Name(), args[1])
	}
	return nil
}

func pathOf(args []string) string {
	if len(args) == 0 {
		return "/"
	}
	return args[0]
}
