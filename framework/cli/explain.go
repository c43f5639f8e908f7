package cli

import (
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/mastaba-go/mastaba/framework"
)

// requestHelp ends the help of explain and request.
const requestHelp = `

The OnStart hooks run before, the OnStop hooks after; those of OnServe, which start background jobs,
do not. --as sets the user in the way that the application defines (framework.Options.ActAs); --user
and --header send what a client would send.`

func (p *program) explainCommand() *cobra.Command {
	var html bool
	cmd := &cobra.Command{
		Use:   "explain [METHOD] PATH",
		Short: "Explain how a request would be handled, without calling the view",
		Long: `Explain how a request would be handled, and why: the routes that were tried, the steps of the
traversal, the views with the predicate or permission that failed, and the layers around the view.
The view itself is not called, but its input is read and validated.` + requestHelp,
		Example: "  explain /wiki/Front\n  explain POST /wiki/Front/edit --as alice -H 'Accept: application/json'",
		Args:    methodAndPath,
	}
	flags := p.newRequestFlags(cmd)
	cmd.Flags().BoolVar(&html, "html", false, "print an HTML page")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return p.inProcess(cmd, args, flags, func(app *framework.App, hr *http.Request) error {
			explanation := app.Explain(hr)
			switch {
			case p.json:
				return explanation.WriteJSON(p.env.Stdout)
			case html:
				return explanation.WriteHTML(p.env.Stdout)
			}
			return explanation.WriteText(p.env.Stdout)
		})
	}
	return cmd
}

// inProcess starts the application, calls do with it and the request, and stops it.
func (p *program) inProcess(cmd *cobra.Command, args []string, flags *requestFlags, do func(*framework.App, *http.Request) error) error {
	ctx, release := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer release()
	cmd.SetContext(ctx)
	hr, err := flags.request(cmd, args)
	if err != nil {
		return err
	}
	app, stop, err := p.start(ctx)
	if err != nil {
		return err
	}
	if host := app.Host(); host != "" && strings.HasPrefix(args[len(args)-1], "/") && hr.Host == localhost {
		hr.Host = host
	}
	if hr, err = flags.actAs(app, hr); err != nil {
		return stop(err)
	}
	return stop(do(app, hr))
}
