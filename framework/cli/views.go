package cli

import (
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/views"
)

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

// functionOf returns the name of a view's function, or its shape if it has none.
func functionOf(v *views.Info) string {
	if name := v.View.FuncName(); name != "" {
		return name[strings.LastIndexByte(name, '/')+1:]
	}
	return v.View.Shape()
}
