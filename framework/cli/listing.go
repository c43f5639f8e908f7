package cli

import (
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
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

// functionOf returns the name of a view's function, or its shape if it has none.
func functionOf(v *views.Info) string {
	if name := v.View.FuncName(); name != "" {
		return name[strings.LastIndexByte(name, '/')+1:]
	}
	return v.View.Shape()
}

func (p *program) viewsCommand() *cobra.Command {
	return p.listing("views", "List every view with its predicates and permission", `List every view: of resource types, of routes, and error views. Views with the same name and type are
in the order they are tried. The command explain prints which view a request would reach.`, listViews)
}

type listedView struct {
	Name       string   `json:"name"`
	For        string   `json:"for"`
	Route      string   `json:"route,omitempty"`
	Errors     bool     `json:"errors"` // an error view
	Predicates []string `json:"predicates"`
	Permission string   `json:"permission,omitempty"`
	Options    []string `json:"options"` // of its derivers, other than the permission
	Function   string   `json:"function"`
	Source     string   `json:"source"`
}

func listViews(app *framework.App) (*table, error) {
	t := &table{columns: []string{"NAME", "FOR", "ROUTE", "PREDICATES", "PERMISSION", "OPTIONS", "FUNCTION", "SOURCE"}, empty: "no views"}
	for _, v := range views.TableOf(app.Registry()).Views() {
		row := listedView{
			Name: v.Name, For: targetOf(v), Route: v.Route, Errors: v.ErrorOnly, Predicates: []string{},
			Permission: v.Permission, Options: []string{}, Function: functionOf(v), Source: v.Source.String(),
		}
		for _, predicate := range v.Predicates {
			row.Predicates = append(row.Predicates, predicate.String())
		}
		for _, layer := range v.Layers() {
			for _, o := range layer.Options {
				if layer.Deriver != views.SecuredView {
					row.Options = append(row.Options, o.String())
				}
			}
		}
		name := strconv.Quote(row.Name)
		if row.Errors {
			name = "(error)"
		}
		t.add(row, name, row.For, row.Route, strings.Join(row.Predicates, " "), row.Permission, strings.Join(row.Options, " "), row.Function, row.Source)
	}
	return t, nil
}

// targetOf returns the resource type or the statuses that a view is for.
func targetOf(v *views.Info) string {
	lo, hi := v.Status()
	switch {
	case lo == 0 && v.Resource == nil:
		return "any resource"
	case lo == 0:
		return v.Resource.String()
	case lo == hi:
		return "status " + strconv.Itoa(lo)
	}
	return "status " + strconv.Itoa(lo) + "-" + strconv.Itoa(hi)
}

func (p *program) tweensCommand() *cobra.Command {
	return p.listing("tweens", "List the tweens, outermost first", `List the tweens, outermost first, then those that an explicit order leaves out.`, listTweens)
}

// listedLayer is a tween or a deriver.
type listedLayer struct {
	Position int      `json:"position"` // from 1; 0: not used
	Name     string   `json:"name"`
	Under    []string `json:"under"`
	Over     []string `json:"over"`
	Source   string   `json:"source"`
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

// layers adds a row for each of names.
func (t *table) layers(inspect *registry.Introspector, category string, names []string) {
	for i, name := range names {
		row := layerOf(inspect, category, name)
		row.Position = i + 1
		t.layer(row, strconv.Itoa(row.Position))
	}
}

func (t *table) layer(row listedLayer, position string) {
	t.add(row, position, row.Name, strings.Join(row.Under, " "), strings.Join(row.Over, " "), row.Source)
}

// layerOf returns the order hints and the source of a layer. One that was not declared is the
// framework's.
func layerOf(inspect *registry.Introspector, category, name string) listedLayer {
	row := listedLayer{Name: name, Under: []string{}, Over: []string{}, Source: "(framework)"}
	declared, ok := inspect.Get(category, name)
	if !ok {
		return row
	}
	row.Source = declared.Source.String()
	for _, field := range declared.Fields {
		if names, ok := field.Value.([]string); ok && field.Name == "under" {
			row.Under = append(row.Under, names...)
		} else if ok && field.Name == "over" {
			row.Over = append(row.Over, names...)
		}
	}
	return row
}
