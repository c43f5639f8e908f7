package cli

import "github.com/spf13/cobra"

// listedSetting describes a setting without its value, which may be a secret.
type listedSetting struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Default  any    `json:"default"`
	Variable string `json:"variable"`
	Flag     string `json:"flag,omitempty"`
	From     string `json:"from"` // the source of its value, "" for the default
	Usage    string `json:"usage"`
}

func (p *program) settingsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "settings",
		Short: "List all settings and the source of each value",
		Long: `List all settings and the source of each value. Values are not printed, because they may be secrets.

A setting can be set in the TOML file (a dot in its name means a table), in the environment, and by
--set NAME=VALUE or its own flag; the later of these wins. Unknown settings are errors.`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			t := &table{columns: []string{"NAME", "TYPE", "DEFAULT", "VARIABLE", "FLAG", "FROM", "USAGE"}}
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
