package conformance

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/registry/order"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/assets"
	"github.com/mastaba-go/mastaba/views/conditional"
)

// outcome reports the result of a configuration, with the fields of the cases.
func (b *build) outcome(app *framework.App, failure error, want Expect) (Report, error) {
	report := Report{"config": "ok", "log": b.log}
	if failure != nil {
		report["config"] = "error"
		return report, b.failures(report, failure, want["error"])
	}
	reg := app.Registry()
	derivers, err := views.Derivers(reg)
	if err != nil {
		return nil, err
	}
	derivers = slices.DeleteFunc(derivers, func(name string) bool { // options of ours that Pyramid does not have
		return name == views.BodyLimitView || name == views.AroundView || name == views.AppendSlashView || name == conditional.DeriverName
	})
	report["derivers"], report["order"] = derivers, tweens.Names(reg)
	report["routes"] = routesOf(reg)
	return report, nil
}

// routesOf returns name and pattern of each route, in the order of matching.
func routesOf(reg *registry.Registry) [][2]string {
	list := [][2]string{}
	for _, route := range routes.TableOf(reg).Routes() {
		list = append(list, [2]string{route.Name, route.Pattern.String()})
	}
	return list
}

// failures adds the errors of a failed configuration to the report. Pyramid stops at the first
// error; we report all mistakes and conflicts. If there are several, the report names first, the
// expected one, if it is among them.
func (b *build) failures(report Report, failure error, first any) error {
	var all *registry.Errors
	if !errors.As(failure, &all) {
		report["error"] = errorName(failure)
		return nil
	}
	conflicts := []any{}
	for _, err := range all.Unwrap() {
		name := ""
		switch err := err.(type) {
		case *registry.Conflict:
			name = "ConfigurationConflictError"
			conflict, problem := b.conflict(err)
			if problem != nil {
				return problem
			}
			conflicts = append(conflicts, conflict)
		case *registry.Mistake:
			name = mistakeName(err)
			if cause := b.late(err); cause != "" {
				name, report["cause"] = "ConfigurationExecutionError", cause
			}
		case *registry.ExecutionError:
			if name = b.early(err); name == "" {
				name = "ConfigurationExecutionError"
				report["cause"] = mistakeName(err.Err)
			}
		default:
			return fmt.Errorf("unexpected type of error %T: %w", err, err)
		}
		if report["error"] == nil || name == first {
			report["error"] = name
		}
	}
	sortConflicts(conflicts)
	report["conflicts"] = conflicts
	return nil
}

// early returns the name of an error that Pyramid finds at the directive, and we when it runs: an
// unknown package that overrides, and a missing manifest.
func (b *build) early(err *registry.ExecutionError) string {
	d := b.placed[err.Source]
	unknown, ok := errors.AsType[*assets.UnknownError](err.Err)
	switch {
	case d.Do == "override_asset" && ok && strings.HasPrefix(d.With, unknown.Name), d.Do == "add_cache_buster":
		return mistakeName(err.Err)
	}
	return ""
}

// late returns the name of a mistake that Pyramid finds only while actions run: a view for an
// unknown route, and every mistake in a route except an invalid inherit_slash. We report it at the
// directive.
func (b *build) late(err *registry.Mistake) string {
	d := b.placed[err.Source]
	switch {
	case d.Do == "add_translation_dirs":
		return "ConfigurationError"
	case is[*views.NoRouteError](err), d.badCache():
	case d.Do != "add_route", d.InheritSlash && d.Pattern != "":
		return ""
	case is[*routes.PatternError](err):
		return "error" // of Python's module re
	}
	return mistakeName(err)
}

// mistakeName returns the cases' name for a mistake in a directive.
func mistakeName(err error) string {
	if is[*order.CycleError](err) {
		return "CyclicDependencyError"
	}
	if name := errorName(err); name != "" {
		return name
	}
	return "ConfigurationError"
}

// conflict describes a conflict by the directives in it, which must all claim the same thing.
func (b *build) conflict(c *registry.Conflict) (map[string]any, error) {
	var described map[string]any
	var ids []string
	for _, source := range c.Sources {
		d, ok := b.placed[source]
		if !ok {
			return nil, fmt.Errorf("conflict at %s, which is not the place of a directive: %w", source, c)
		}
		claim := d.claim()
		if described != nil && text(claim) != text(described) {
			return nil, fmt.Errorf("conflict between different claims %s and %s: %w", text(described), text(claim), c)
		}
		described = claim
		ids = append(ids, d.ID)
	}
	slices.Sort(ids)
	described["directives"] = ids
	return described, nil
}

// claim returns what a directive claims, with the fields of the cases.
func (d Directive) claim() map[string]any {
	switch d.Do {
	case "action":
		return map[string]any{"kind": "action", "name": *d.Discriminator}
	case "add_route":
		return map[string]any{"kind": "route", "name": d.Name}
	case "add_tween":
		return map[string]any{"kind": "tween", "name": d.Name}
	case "add_renderer":
		return map[string]any{"kind": "renderer", "name": d.Name}
	case "add_response_adapter":
		return map[string]any{"kind": "response_adapter", "name": d.For}
	case "add_view_deriver":
		return map[string]any{"kind": "view_deriver", "name": d.Name}
	case "add_view", "add_exception_view", "add_notfound_view", "add_forbidden_view":
		claim := map[string]any{"kind": "view", "context": nil, "name": d.Name, "route_name": nil}
		if d.Context != "" {
			claim["context"] = d.Context
		}
		if class := d.errorClass(); class != "" {
			claim["context"] = class
		}
		if d.RouteName != "" {
			claim["route_name"] = d.RouteName
		}
		return claim
	}
	return map[string]any{"kind": strings.TrimPrefix(d.Do, "set_")}
}

// sortConflicts sorts conflicts, whose order does not matter, to compare them.
func sortConflicts(conflicts []any) {
	slices.SortFunc(conflicts, func(a, b any) int { return strings.Compare(text(a), text(b)) })
}
