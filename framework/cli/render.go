package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

func (p *program) renderCommand() *cobra.Command {
	var at, data string
	cmd := &cobra.Command{
		Use:   "render RENDERER",
		Short: "Render a JSON value by a renderer or template",
		Long: `Render a value by a renderer or template, such as "json" or "page.html". The value is JSON: --data, or
standard input unless that is a terminal; without either it is null. A template reads the members of
an object as it does those of a map. The command request prints what a view renders.` + inspectHelp,
		Example: "  render page.html --data '{\"title\": \"Front\"}' --at /wiki/Front",
		Args: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) == 0:
				return usagef("render: missing renderer: want render RENDERER, such as render page.html")
			case len(args) > 1:
				return usagef("render: unexpected argument %q: want render RENDERER", args[1])
			}
			return nil
		},
	}
	inspect := p.newInspector(cmd)
	cmd.Flags().StringVar(&at, "at", "/", "the resource of the request, by its `PATH`")
	cmd.Flags().StringVarP(&data, "data", "d", "", "the value, as `JSON`, instead of standard input")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		text := []byte(data)
		if in := p.env.Stdin; !cmd.Flags().Changed("data") && !isTerminal(in) {
			var err error
			if text, err = io.ReadAll(in); err != nil {
				return fmt.Errorf("read the value: %w", err)
			}
		}
		var value any
		if len(text) > 0 {
			if err := json.Unmarshal(text, &value); err != nil {
				return usagef("render: invalid JSON: %w", err)
			}
		}
		return inspect.run(cmd, at, func(_ *framework.App, r *web.Request, _ traversal.Node) error {
			resp, err := views.RenderResponse(r, args[0], value)
			if err != nil {
				return err
			}
			body, ok := resp.Body()
			if !ok {
				return errors.New("the renderer streams its output: use the command request")
			}
			if p.json {
				return writeJSON(p.env.Stdout, rendered{resp.Header("Content-Type"), string(body)})
			}
			if isTerminal(p.env.Stdout) && !bytes.HasSuffix(body, []byte("\n")) {
				body = append(bytes.Clone(body), '\n')
			}
			_, err = p.env.Stdout.Write(body)
			return err
		})
	}
	return cmd
}

// rendered is what the command render prints as JSON.
type rendered struct {
	ContentType string `json:"content_type"`
	Body        string `json:"body"`
}
