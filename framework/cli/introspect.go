package cli

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mastaba-go/mastaba/registry"
)

func (p *program) introspectCommand() *cobra.Command {
	var match string
	cmd := &cobra.Command{
		Use:   "introspect [CATEGORY]",
		Short: "List what the configuration declared, by category, with its place",
		Long: `List everything that the configuration declared in a category, with its values, what it relates to, and
the file and line that declared it. Without a category, list the categories.`,
		Example: "  introspect\n  introspect \"view derivers\"",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usagef("introspect: unexpected argument %q: want one category, in quotes if it has blanks", args[1])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			app, err := p.env.App(cmd.Context())
			if err != nil {
				return err
			}
			var t *table
			inspect := app.Registry().Introspect()
			if len(args) == 0 {
				t = listCategories(inspect)
			} else if t, err = listDeclared(inspect, args[0]); err != nil {
				return err
			}
			t.filter(match)
			return t.write(p.env.Stdout, p.json)
		},
	}
	cmd.Flags().StringVar(&match, "match", "", "print only rows that contain this `TEXT`")
	return cmd
}

type listedCategory struct {
	Category string `json:"category"`
	Entries  int    `json:"entries"`
}

func listCategories(inspect *registry.Introspector) *table {
	t := &table{columns: []string{"CATEGORY", "ENTRIES"}, empty: "nothing is declared"}
	for _, name := range inspect.Categories() {
		n := len(inspect.Category(name))
		t.add(listedCategory{name, n}, name, strconv.Itoa(n))
	}
	return t
}

// declared is one thing that the configuration declared.
type declared struct {
	Title   string          `json:"title"`
	Type    string          `json:"type"`
	Fields  []declaredField `json:"fields"`
	Related []relation      `json:"related"`
	Source  string          `json:"source"`
}

type declaredField struct {
	Name  string `json:"name"`
	Value string `json:"value"` // as text
}

type relation struct {
	Category string `json:"category"`
	Title    string `json:"title"`
}

func listDeclared(inspect *registry.Introspector, category string) (*table, error) {
	all := inspect.Category(category)
	if len(all) == 0 {
		if near := registry.Nearest(category, inspect.Categories()); near != "" {
			return nil, usagef("introspect: unknown category %q: did you mean %q?", category, near)
		}
		return nil, usagef("introspect: unknown category %q (known categories: %s)", category, strings.Join(inspect.Categories(), ", "))
	}
	t := &table{columns: []string{"TITLE", "TYPE", "FIELDS", "RELATED", "SOURCE"}}
	for _, in := range all {
		row := declared{Title: in.Title, Type: in.Type, Fields: []declaredField{}, Related: []relation{}, Source: in.Source.String()}
		var fields, related []string
		for _, f := range in.Fields {
			value := strings.Join(strings.Fields(fmt.Sprint(f.Value)), " ")
			row.Fields = append(row.Fields, declaredField{f.Name, value})
			if value != "" && value != "[]" && value != "<nil>" {
				fields = append(fields, f.Name+"="+value)
			}
		}
		for _, other := range inspect.Related(in.Category, in.ID) {
			row.Related = append(row.Related, relation{other.Category, other.Title})
			related = append(related, other.Category+": "+other.Title)
		}
		t.add(row, row.Title, row.Type, strings.Join(fields, "; "), strings.Join(related, "; "), row.Source)
	}
	return t, nil
}
