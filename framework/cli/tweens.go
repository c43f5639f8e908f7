package cli

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/tweens"
)

func (p *program) tweensCommand() *cobra.Command {
	return p.listing("tweens", "List the tweens, outermost first", `List the tweens, outermost first, then those that an explicit order leaves out.`, listTweens)
}

func listTweens(app *framework.App) (*table, error) {
	t := &table{columns: []string{"#", "NAME", "UNDER", "OVER", "SOURCE"}}
	inspect := app.Registry().Introspect()
	used := tweens.Names(app.Registry())
	t.layers(inspect, "tweens", used)
	for _, declared := range inspect.Category("tweens") {
		if name, _ := declared.ID.(string); !slices.Contains(used, name) {
			t.layer(layerOf(inspect, "tweens", name), "not used")
		}
	}
	if order := inspect.Category("tween order"); len(order) > 0 {
		t.columns[4] = "SOURCE (order set at " + order[0].Source.String() + ")"
	}
	return t, nil
}
