package views

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// checkRoutes reports every view whose route does not exist.
func (t *Table) checkRoutes(reg *registry.Registry) error {
	table, _ := registry.Lookup[web.Routes](reg)
	var errs []error
	for _, s := range slices.Concat(t.resources.slots, t.errors.slots) {
		route := s.place.route
		if route == "" || table != nil && table.HasRoute(route) {
			continue
		}
		for _, g := range s.all() {
			for _, member := range g.members {
				errs = append(errs, &registry.Mistake{Source: member.info.Source, Err: fmt.Errorf(
					"%s: there is no route %q%s", member.info, route, hintRoutes(route, table))})
			}
		}
	}
	return errors.Join(errs...)
}

// hintRoutes helps to find the right name.
func hintRoutes(name string, table web.Routes) string {
	if table == nil {
		return ": no routes are declared"
	}
	names := table.RouteNames()
	if best := nearest(name, names); best != "" {
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
