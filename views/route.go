package views

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// Route restricts the view to requests that match the named route.
func Route(name string) Option {
	o := textOption(kindRoute, name)
	if name == "" {
		o.err = errors.New(`views.Route(""): want the name of a route`)
	}
	return o
}

// NoRouteError is the error of a view for a route that does not exist. Routes of the same or an
// earlier round exist, wherever they are registered; those of a later round do not.
type NoRouteError struct {
	Info *Info // the view

	suggestion string // for Error
}

var _ error = (*NoRouteError)(nil)

// Error names the view, the route, and the routes that exist.
func (e *NoRouteError) Error() string {
	return fmt.Sprintf("%s: there is no route %q%s", e.Info, e.Info.Route, e.suggestion)
}

// checkRoute checks that the route of a view exists, if it has one.
func checkRoute(reg *registry.Registry, info *Info) error {
	table, _ := registry.Lookup[web.Routes](reg)
	if info.Route == "" || table != nil && table.HasRoute(info.Route) {
		return nil
	}
	return registry.Missing(&NoRouteError{Info: info, suggestion: suggestRoutes(info.Route, table)},
		registry.Ref{Category: "routes", ID: info.Route})
}

// suggestRoutes suggests the right name.
func suggestRoutes(name string, table web.Routes) string {
	if table == nil {
		return ": there are no routes"
	}
	names := table.RouteNames()
	if best := registry.Nearest(name, names); best != "" {
		return fmt.Sprintf(": did you mean %q?", best)
	}
	const most = 10
	more := ""
	if len(names) > most {
		names, more = names[:most], ", …"
	}
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = strconv.Quote(n)
	}
	return " (have: " + strings.Join(quoted, ", ") + more + ")"
}
