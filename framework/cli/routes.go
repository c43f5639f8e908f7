package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/views"
)

func (p *program) routesCommand() *cobra.Command {
	return p.listing("routes", "List the routes in the order they are tried", `List the routes in the order they are tried, then those that only generate URLs.
METHODS are the methods of the route's views; * means any method.`, listRoutes)
}

type listedRoute struct {
	Name         string   `json:"name"`
	Pattern      string   `json:"pattern"`
	Host         string   `json:"host,omitempty"`
	GenerateOnly bool     `json:"generate_only"` // only generates URLs
	Predicates   []string `json:"predicates"`
	Methods      []string `json:"methods"`
	Views        []string `json:"views"` // functions
	Source       string   `json:"source"`
}

func listRoutes(app *framework.App) (*table, error) {
	t := &table{columns: []string{"NAME", "PATTERN", "PREDICATES", "METHODS", "VIEWS", "SOURCE"}, empty: "no routes"}
	all := views.TableOf(app.Registry()).Views()
	known := routes.TableOf(app.Registry())
	for _, route := range slices.Concat(known.Routes(), known.GenerateOnly()) {
		row := listedRoute{
			Name: route.Name, Pattern: route.Pattern.String(), GenerateOnly: route.GenerateOnly, Source: route.Source.String(),
			Host: route.External(), Predicates: []string{}, Methods: []string{}, Views: []string{},
		}
		for _, predicate := range route.Predicates {
			row.Predicates = append(row.Predicates, predicate.String())
		}
		for _, v := range all {
			if v.Route == route.Name {
				row.Views = append(row.Views, functionOf(v))
				row.Methods = append(row.Methods, methodOf(v))
			}
		}
		slices.Sort(row.Methods)
		row.Methods = slices.Compact(row.Methods)
		shown := strings.Join(row.Views, " ")
		switch {
		case row.GenerateOnly:
			shown = "(generates URLs only)"
		case shown == "" && route.GlobalViews:
			shown = "(views without a route)"
		case shown == "":
			shown = "(none: 404)"
		}
		t.add(row, row.Name, row.Host+row.Pattern, strings.Join(row.Predicates, " "), strings.Join(row.Methods, " "), shown, row.Source)
	}
	return t, nil
}

// methodOf returns the methods of a view's method predicate, "*" without one.
func methodOf(v *views.Info) string {
	for _, predicate := range v.Predicates {
		if predicate.Kind() == "method" {
			return strings.ReplaceAll(strings.TrimPrefix(predicate.String(), "method="), `"`, "")
		}
	}
	return "*"
}
