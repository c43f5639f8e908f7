package views

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// Route restricts the view to requests that matched the route of this name.
func Route(name string) Option {
	o := textOption(kindRoute, name)
	if name == "" {
		o.err = errors.New(`views.Route(""): want the name of a route`)
	}
	return o
}

// NoRouteError says that a view is for a route that is not there. The routes of a
// round are known before its views, wherever they are written; those of a later
// round are not.
type NoRouteError struct {
	Info *Info // the view
	Hint string
}

var _ error = (*NoRouteError)(nil)

// Error names the view and the route, and the names that are near.
func (e *NoRouteError) Error() string {
	return fmt.Sprintf("%s: there is no route %q%s", e.Info, e.Info.Route, e.Hint)
}

// checkRoute checks that the route of a view exists.
func checkRoute(reg *registry.Registry, info *Info) error {
	table, _ := registry.Lookup[web.Routes](reg)
	if table != nil && table.HasRoute(info.Route) {
		return nil
	}
	return &NoRouteError{Info: info, Hint: hintRoutes(info.Route, table)}
}

// hintRoutes helps to find the right name.
func hintRoutes(name string, table web.Routes) string {
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
