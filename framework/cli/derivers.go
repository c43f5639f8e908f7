package cli

import (
	"github.com/spf13/cobra"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/views"
)

func (p *program) deriversCommand() *cobra.Command {
	return p.listing("derivers", "List the view derivers, outermost first", "", listDerivers)
}

func listDerivers(app *framework.App) (*table, error) {
	t := &table{columns: []string{"#", "NAME", "UNDER", "OVER", "SOURCE"}}
	names, err := views.Derivers(app.Registry())
	if err != nil {
		return nil, err
	}
	t.layers(app.Registry().Introspect(), "view derivers", names)
	return t, nil
}
