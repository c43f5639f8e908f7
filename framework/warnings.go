package framework

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// warnings warns of what only the whole application shows: resources whose methods no walk calls,
// and routes and views that do not fit together. It runs once the tables are complete.
func (c *Configurator) warnings() {
	c.config.Declare(registry.Declaration{Run: func(_ *registry.Config, reg *registry.Registry) error {
		reg.OnFreeze(func() error {
			reg.OnFreeze(func() error { // after the tables, whenever they were made
				warnOfMisfits(reg)
				warnOfRoutes(reg)
				warnOfPermissions(reg)
				return nil
			})
			return nil
		})
		return nil
	}})
}

// misfitter is a security policy that calls methods of resources, such as those of package
// traversal/acl, and knows which methods only look like them.
type misfitter interface{ Misfits(t reflect.Type) []string }

// warnOfMisfits warns of resource types with views whose methods look like capabilities, of the
// tree or of the security policy.
func warnOfMisfits(reg *registry.Registry) {
	var rules []traversal.Rule
	if t, ok := registry.Lookup[*tree](reg); ok {
		rules = t.rules
	}
	policy, _ := registry.Lookup[web.SecurityPolicy](reg)
	ofPolicy, _ := policy.(misfitter)
	seen := map[reflect.Type]bool{}
	for _, view := range views.TableOf(reg).Views() {
		if t := view.Resource; t != nil && !view.ErrorOnly && !seen[t] {
			seen[t] = true
			texts := misfits(t, rules)
			if ofPolicy != nil {
				texts = append(texts, ofPolicy.Misfits(t)...)
			}
			for _, text := range texts {
				reg.Warn(view.Source, fmt.Sprintf("resource type %s: %s", t, text))
			}
		}
	}
}

// misfits returns what is wrong with the methods of t that walks call, except for methods that a
// rule replaces.
func misfits(t reflect.Type, rules []traversal.Rule) []string {
	return slices.DeleteFunc(traversal.Misfits(t), func(text string) bool {
		kinds := []string{"lookup", "async lookup", "path lookup"}
		if isOfLister(text) {
			kinds = []string{"listing"}
		}
		return slices.ContainsFunc(rules, func(rule traversal.Rule) bool {
			return rule.Type() == t && slices.Contains(kinds, rule.Kind())
		})
	})
}

// isOfLister reports whether a text of Misfits is about a Lister, which no walk needs.
func isOfLister(text string) bool { return strings.HasPrefix(text, "its method Children") }

// warnOfRoutes warns of routes whose predicates never hold, of routes that no view serves, and of
// views that their route never leads to.
func warnOfRoutes(reg *registry.Registry) {
	table, global, served := routes.TableOf(reg), false, map[string]bool{}
	for _, view := range views.TableOf(reg).Views() {
		served[view.Route] = true // an error view too: it is what the route responds with
	}
	for _, rt := range table.Routes() {
		global = global || rt.GlobalViews
		if !rt.GlobalViews && !served[rt.Name] {
			reg.Warn(rt.Source, unserved(rt))
		}
		for _, p := range rt.Predicates {
			if text := suspicion(p, rt); text != "" {
				reg.Warn(rt.Source, fmt.Sprintf("route %q: %s: %s", rt.Name, positive(p), text))
			}
		}
	}
	for _, view := range views.TableOf(reg).Views() {
		rt, routed := table.Route(view.Route)
		switch {
		case !routed:
		case rt.GenerateOnly:
			reg.Warn(view.Source, fmt.Sprintf("%s is never chosen: the route only generates URLs", view))
			continue
		case view.Name != "" && !leadsOn(rt):
			reg.Warn(view.Source, fmt.Sprintf("%s is never chosen: no path follows the pattern %q, so that the view name is always empty: "+
				"end the pattern with \"*traverse\", add routes.Traverse, or remove views.Name", view, rt.Pattern))
			continue
		}
		if routed {
			for _, p := range view.Predicates {
				at := slices.IndexFunc(rt.Predicates, func(q web.Predicate) bool { return exclude(p, q) })
				if at >= 0 {
					reg.Warn(view.Source, fmt.Sprintf("%s is never chosen: %s of the route (%s) excludes %s: remove one of them", view, rt.Predicates[at], rt.Source, p))
				}
			}
		}
		for _, p := range view.Predicates {
			if p.Kind() == "match_param" && (routed || !global) {
				if text := suspicion(p, rt); text != "" {
					reg.Warn(view.Source, fmt.Sprintf("%s: %s: %s", view, positive(p), text))
				}
			}
		}
	}
}

// unserved returns the warning of a route without a view. Such a route also keeps its paths from
// the tree and from views without a route.
func unserved(rt *routes.Route) string {
	remedy := "or routes.GenerateOnly() if it only generates URLs"
	if leadsOn(rt) || rt.Root != nil {
		remedy = "or routes.GlobalViews() for the views without a route"
	}
	return fmt.Sprintf("no view for route %q, so every request that it matches gets a 404: add one with views.Route(%q), %s",
		rt.Name, rt.Name, remedy)
}

// exclude reports whether two predicates of one kind certainly never both hold.
func exclude(p, q web.Predicate) bool {
	if p.Kind() != q.Kind() || p.Negated() != q.Negated() {
		return p.String() == web.Not(q).String()
	}
	own, ok := p.Data().(interface{ Excludes(any) bool })
	return ok && !p.Negated() && own.Excludes(q.Data())
}

// positive returns what a negated predicate negates, which a suspicion is about.
func positive(p web.Predicate) web.Predicate {
	if p.Negated() {
		return web.Not(p)
	}
	return p
}

// leadsOn reports whether the route has a path to traverse, whose end may be a view name.
func leadsOn(rt *routes.Route) bool {
	return rt.Traverse != nil || slices.Contains(rt.Routed().Markers, "traverse")
}

// suspicion returns why a predicate cannot mean what it says on a route, "" if it can. rt is nil
// for views without a route.
func suspicion(p web.Predicate, rt *routes.Route) string {
	if own, ok := p.Data().(interface{ Warning() string }); ok {
		if text := own.Warning(); text != "" {
			return text
		}
	}
	names, ok := p.Data().(interface{ Names() []string })
	if !ok || p.Kind() != "match_param" {
		return ""
	}
	if rt == nil {
		return "it never holds without a route: add views.Route, or routes.GlobalViews() to a route"
	}
	for _, name := range names.Names() {
		if !slices.Contains(rt.Routed().Markers, name) {
			return fmt.Sprintf("the pattern %q of the route has no marker %q", rt.Pattern, name)
		}
	}
	return ""
}
