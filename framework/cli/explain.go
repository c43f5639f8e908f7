package cli

import (
	"net/http"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/mastaba-go/mastaba/framework"
)

func (p *program) explainCommand() *cobra.Command {
	var html bool
	cmd := &cobra.Command{
		Use:   "explain [METHOD] PATH",
		Short: "Tell how a request would be answered, and why, without running the view",
		Long: `Tell how a request would be answered, and why: the routes that were tried, the steps of the traversal,
the views with the predicate or permission that failed, and what lies around the view, which is not run.

OnStart hooks run before, OnStop hooks after. --as comes from somebody as the application sees to it
(cli.Options.As); other ways to say who is asking are --user and --header.`,
		Example: "  explain /wiki/Front\n  explain POST /wiki/Front/edit --as alice -H 'Accept: application/json'",
		Args:    methodAndPath,
	}
	ask := p.askFlags(cmd)
	cmd.Flags().BoolVar(&html, "html", false, "print it as a page")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return p.inProcess(cmd, args, ask, func(app *framework.App, hr *http.Request) error {
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

// inProcess starts the application, has it asked, and ends it.
func (p *program) inProcess(cmd *cobra.Command, args []string, ask *asked, do func(*framework.App, *http.Request) error) error {
	ctx, release := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer release()
	cmd.SetContext(ctx)
	hr, err := ask.request(cmd, args)
	if err != nil {
		return err
	}
	app, end, err := p.started(ctx)
	if err != nil {
		return err
	}
	return end(do(app, hr))
}
