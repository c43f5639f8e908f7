package cli

import "github.com/spf13/cobra"

// listedSetting is a setting without its value, which may be a secret.
type listedSetting struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Default  any    `json:"default"`
	Variable string `json:"variable"`
	Flag     string `json:"flag,omitempty"`
	From     string `json:"from"` // where its value comes from, "" for the default
	Usage    string `json:"usage"`
}

func (p *program) settingsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "settings",
		Short: "List all settings, and where each has its value from",
		Long: `List all settings, and where each has its value from. Values are not shown, for they may be secrets.

A setting is a line of the TOML file (a dot in the name stands for a table), an environment variable,
or --set NAME=VALUE; the later of these wins. Whatever is not listed here is refused.`,
		Args: arguments(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			t := &table{columns: []string{"NAME", "TYPE", "DEFAULT", "VARIABLE", "FLAG", "FROM", "FOR"}}
			for _, s := range p.settings.known {
				row := listedSetting{Name: s.Name, Type: s.typeText(), Default: s.Default, From: p.settings.from[s.Name], Usage: s.Usage}
				for name, of := range p.settings.variable {
					if of == s {
						row.Variable = name
					}
				}
				if s.Flag {
					row.Flag = "--" + s.flag()
				} else if s.Name == "addr" {
					row.Flag = "--addr"
				}
				t.add(row, row.Name, row.Type, s.defaultText(), row.Variable, row.Flag, row.From, row.Usage)
			}
			return t.write(p.env.Stdout, p.json)
		},
	}
}
