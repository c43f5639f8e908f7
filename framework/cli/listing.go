package cli

import (
	"github.com/spf13/cobra"

	"github.com/mastaba-go/mastaba/framework"
)

// listing returns a command that builds the application and prints a table about it.
func (p *program) listing(name, short, long string, list func(*framework.App) (*table, error)) *cobra.Command {
	var match string
	cmd := &cobra.Command{
		Use: name, Short: short, Long: long, Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			app, err := p.env.App(cmd.Context())
			if err != nil {
				return err
			}
			t, err := list(app)
			if err != nil {
				return err
			}
			t.filter(match)
			return t.write(p.env.Stdout, p.json)
		},
	}
	cmd.Flags().StringVar(&match, "match", "", "print only rows that contain this `TEXT`")
	return cmd
}
