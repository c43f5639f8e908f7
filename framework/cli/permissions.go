package cli

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/views"
)

func (p *program) permissionsCommand() *cobra.Command {
	var match string
	var open, strict bool
	cmd := &cobra.Command{
		Use:   "permissions",
		Short: "List every view with its permission, and those with none",
		Long: `List every view with the permission that it requires, and where that comes from: the view itself, the
default permission, or a predicate (views.IfPermitted). Views without one are open to everyone:
by views.NoPermission, or because nothing was said. Error views have no permission by default. A
predicate that a client must not have a permission is listed as "not PERMISSION"; it protects nothing.

With --open, only views that are open to everyone are listed, other than error views. With
--strict, the exit status is 1 if nothing was said about one of them.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			app, err := p.env.App(cmd.Context())
			if err != nil {
				return err
			}
			t, unsaid := listPermissions(app, open)
			t.filter(match)
			if err := t.write(p.env.Stdout, p.json); err != nil {
				return err
			}
			if !strict || unsaid == 0 {
				return nil
			}
			if !p.json {
				fmt.Fprintf(p.env.Stderr, "%s: %s without a permission: add views.Permission, or views.NoPermission if everyone may call it\n",
					p.o.Name, count(unsaid, "view"))
			}
			return errReported
		},
	}
	cmd.Flags().StringVar(&match, "match", "", "print only rows that contain this `TEXT`")
	cmd.Flags().BoolVar(&open, "open", false, "list only views that are open to everyone")
	cmd.Flags().BoolVar(&strict, "strict", false, "exit with status 1 if nothing was said about a view that is open to everyone")
	return cmd
}

// Where the permission of a view comes from, or that it has none.
const (
	byView      = "view"
	byDefault   = "default"
	byPredicate = "predicate"
	byNobody    = "none"       // nothing was said: it is open
	byOption    = "open"       // views.NoPermission
	ofErrors    = "error view" // open, unless it has an option of its own
)

type listedPermission struct {
	Name       string   `json:"name"`
	For        string   `json:"for"`
	Route      string   `json:"route,omitempty"`
	Errors     bool     `json:"errors"` // an error view
	Predicates []string `json:"predicates"`
	Permission string   `json:"permission,omitempty"`
	By         string   `json:"by"`
	Function   string   `json:"function"`
	Source     string   `json:"source"`
}

// listPermissions lists the views, or only those that are open to everyone. unsaid counts the views
// that are open though nothing says so.
func listPermissions(app *framework.App, open bool) (t *table, unsaid int) {
	t = &table{columns: []string{"NAME", "FOR", "ROUTE", "PREDICATES", "PERMISSION", "BY", "FUNCTION", "SOURCE"}, empty: "no views"}
	if open {
		t.empty = "no view is open to everyone"
	}
	for _, v := range views.TableOf(app.Registry()).Views() {
		permission, by, how := permissionOf(v)
		if how == byNobody {
			unsaid++
		}
		if open && how != byNobody && how != byOption {
			continue
		}
		row := listedPermission{
			Name: v.Name, For: targetOf(v), Route: v.Route, Errors: v.ErrorOnly, Predicates: []string{},
			Permission: permission, By: by, Function: functionOf(v), Source: v.Source.String(),
		}
		for _, predicate := range v.Predicates {
			row.Predicates = append(row.Predicates, predicate.String())
		}
		name := strconv.Quote(row.Name)
		if row.Errors {
			name = "(error)"
		}
		t.add(row, name, row.For, row.Route, strings.Join(row.Predicates, " "), row.Permission, row.By, row.Function, row.Source)
	}
	return t, unsaid
}

// permissionOf returns the permissions of a view, and where they come from. One that a client must
// not have (views.Not) has "not" before it; with nothing else, the view is as open as without it:
// open is byNobody, byOption or ofErrors, "" if the view requires a permission.
func permissionOf(v *views.Info) (permission, by, open string) {
	_, said, _ := views.ValueOf[string](v, "permission")
	var permissions, origins []string
	switch {
	case v.Permission != "":
		permissions, origins = []string{v.Permission}, []string{ownOr(said)}
	case v.IfPermitted() != "":
	case v.ErrorOnly:
		open = ofErrors
	case said:
		open = byOption
	default:
		open = byNobody
	}
	if open != "" {
		origins = []string{open}
	}
	last := len(permissions)
	if chosen := v.IfPermitted(); chosen != "" {
		permissions = append(permissions, chosen)
	}
	if not := v.IfNotPermitted(); not != "" {
		permissions = append(permissions, "not "+not)
	}
	if len(permissions) > last {
		origins = append(origins, byPredicate)
	}
	return strings.Join(permissions, ", "), strings.Join(origins, ", "), open
}

func ownOr(said bool) string {
	if said {
		return byView
	}
	return byDefault
}
