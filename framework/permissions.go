package framework

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// A misspelt permission protects its view from everyone, or if a list has it, from nobody that it
// should. Lists are mostly made while the application serves, so the build cannot know what they
// grant. It knows two things:
//
//   - all permissions there are, if the policy says so (security.Options.Permissions): any other is
//     an error;
//   - which permissions the configuration names, and how often. One that a single place names, and
//     that looks like a misspelling of another that several name or AddPermissions declares, is a
//     warning.
//
// A warning that is false now and then would not be read, so little counts as a misspelling: see
// misspells. AddPermissions silences a false one.

// declaredPermissions are those of AddPermissions.
type declaredPermissions map[string]bool

// AddPermissions declares permissions, as Pyramid's add_permission does: those that access lists
// grant, or that code asks for with Request.Can. They need not be declared. With them the build
// finds more misspelt ones: it warns of a permission that a single view names, if it looks like a
// misspelling of one that is declared, or that several views name. A declared permission is never
// misspelt.
//
//	config.AddPermissions("view", "edit", "publish")
//	config.AddPermissions(lists.Permissions()...) // lists is an acl.Table
//
// They are also in the listing "permissions" of registry.Introspect. Several packages may declare
// the same. To have every other permission refused, set security.Options.Permissions.
func (c *Configurator) AddPermissions(names ...string) {
	config := c.Directive()
	if slices.Contains(names, "") {
		config.Report(errors.New(`add permissions: a permission is empty: want names such as "view"`))
	}
	names = slices.Clone(names)
	config.Declare(registry.Declaration{Phase: registry.Phase1, Run: func(c *registry.Config, reg *registry.Registry) error {
		declared, ok := registry.Lookup[declaredPermissions](reg)
		if !ok {
			declared = declaredPermissions{}
			registry.Provide(reg, declared)
		}
		for _, name := range names {
			declared[name] = true
			reg.Describe(registry.Introspectable{
				Category: "permissions", Title: name, Type: "permission", ID: name, Source: c.Source(),
				Fields: []registry.Field{{Name: "value", Value: name}},
			})
		}
		return nil
	}})
}

// namedPermission is a place of the configuration that names a permission.
type namedPermission struct {
	name, what string
	source     registry.Source
	general    bool // it concerns many views: the default permission
}

// namedPermissions returns what the configuration names, in the order of declaration, each place
// once.
func namedPermissions(reg *registry.Registry) (all []namedPermission) {
	for _, category := range []string{"default permission", "traverse permission"} {
		if set, ok := reg.Introspect().Get(category, category); ok {
			all = append(all, namedPermission{set.Title, "the " + category, set.Source, true})
		}
	}
	seen := map[namedPermission]bool{}
	for _, view := range views.TableOf(reg).Views() {
		own, _, _ := views.ValueOf[string](view, "permission")
		for _, name := range []string{own, view.IfPermitted(), view.IfNotPermitted()} {
			at := namedPermission{name: name, source: view.Source}
			if name != "" && !seen[at] { // a view for an error type is in two indexes
				seen[at] = true
				at.what = view.String()
				all = append(all, at)
			}
		}
	}
	return all
}

// warnOfPermissions warns of permissions that look misspelt.
func warnOfPermissions(reg *registry.Registry) {
	declared, _ := registry.Lookup[declaredPermissions](reg)
	all := namedPermissions(reg)
	times := map[string]int{}
	for name := range declared {
		times[name] = 2
	}
	for _, at := range all {
		times[at.name]++
		if at.general {
			times[at.name]++
		}
	}
	var usual []string
	for name, n := range times {
		if n > 1 {
			usual = append(usual, name)
		}
	}
	slices.Sort(usual)
	for _, at := range all {
		if times[at.name] > 1 {
			continue
		}
		if i := slices.IndexFunc(usual, func(known string) bool { return misspells(at.name, known) }); i >= 0 {
			reg.Warn(at.source, fmt.Sprintf("%s: nothing else names the permission %q: did you mean %q? "+
				"If not, declare it with AddPermissions", at.what, at.name, usual[i]))
		}
	}
}

// checkPermissions returns an error for each permission that the policy does not know, if it knows
// any.
func checkPermissions(reg *registry.Registry, policy web.SecurityPolicy) error {
	knows, ok := policy.(interface{ Permissions() []string })
	if !ok || len(knows.Permissions()) == 0 {
		return nil
	}
	var errs []error
	for _, at := range namedPermissions(reg) {
		if known := knows.Permissions(); !slices.Contains(known, at.name) {
			errs = append(errs, &registry.Mistake{Source: at.source, Err: fmt.Errorf(
				"%s: unknown permission %q%s", at.what, at.name, nearest(at.name, known, "add it to Options.Permissions of the security policy"))})
		}
	}
	return errors.Join(errs...)
}

// checkRoutes returns an error if the policy chooses by a route that the application does not have,
// or that no request matches: its users would be identified in another way than was meant.
func checkRoutes(reg *registry.Registry, at registry.Source, policy web.SecurityPolicy) error {
	var errs []error
	table := routes.TableOf(reg)
	for _, name := range routesOf(policy) {
		switch rt, ok := table.Route(name); {
		case !ok:
			err := fmt.Errorf("the security policy chooses by the route %q, which does not exist%s", name,
				nearest(name, table.RouteNames(), "add it, or remove it from security.ByRoute"))
			errs = append(errs, &registry.Mistake{Source: at, Err: registry.Missing(err, registry.Ref{Category: "routes", ID: name})})
		case rt.GenerateOnly:
			errs = append(errs, &registry.Mistake{Source: at, Err: fmt.Errorf(
				"the security policy chooses by the route %q, which only generates URLs: remove it from security.ByRoute", name)})
		}
	}
	return errors.Join(errs...)
}

// routesOf returns the names of the routes that the policy chooses by.
func routesOf(policy web.SecurityPolicy) []string {
	if chooses, ok := policy.(interface{ Routes() []string }); ok {
		return chooses.Routes()
	}
	return nil
}

// nearest suggests the most similar of the names, or else says what to do.
func nearest(name string, names []string, otherwise string) string {
	if near := registry.Nearest(name, names); near != "" {
		return fmt.Sprintf(": did you mean %q?", near)
	}
	return ": " + otherwise
}

// misspells reports whether a name is likely a misspelling of known: but for case and separators
// they are equal, or one letter is swapped with its neighbour, doubled, missing, too many or
// another one. The shorter the names, the less counts, since short verbs resemble each other
// ("post" and "port", "send" and "spend"). Neither the first letter nor digits are misspelt, nor
// words of one letter.
func misspells(name, known string) bool {
	a, b := []rune(folded(name)), []rune(folded(known))
	if slices.Equal(a, b) {
		return name != known
	}
	if len(a) == 0 || len(b) == 0 || a[0] != b[0] {
		return false
	}
	start := 0
	for start < min(len(a), len(b)) && a[start] == b[start] {
		start++
	}
	end := 0
	for end < min(len(a), len(b))-start && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	x, y := a[start:len(a)-end], b[start:len(b)-end] // where they differ
	if slices.ContainsFunc(slices.Concat(x, y), unicode.IsDigit) || isWord(a, x, start) || isWord(b, y, start) {
		return false
	}
	shorter := min(len(a), len(b))
	switch {
	case len(x) == 2 && len(y) == 2:
		return x[0] == y[1] && x[1] == y[0] && shorter >= 4
	case len(x)+len(y) == 1: // the same letter stands before it, or it is a plural
		extra, in := slices.Concat(x, y)[0], a
		if len(b) > len(a) {
			in = b
		}
		return shorter >= 5 || shorter == 4 && (in[start-1] == extra || extra == 's' && end == 0)
	case len(x) == 1 && len(y) == 1:
		return shorter >= 6
	}
	return false
}

// isWord reports whether a part of a name is a whole word of it.
func isWord(name, part []rune, at int) bool {
	before, after := at == 0 || name[at-1] == ' ', at+len(part) == len(name) || name[at+len(part)] == ' '
	return len(part) > 0 && before && after
}

// folded returns a name in lower case, with a blank for each separator.
func folded(name string) string {
	return strings.Map(func(c rune) rune {
		if strings.ContainsRune("-_.:/ ", c) {
			return ' '
		}
		return unicode.ToLower(c)
	}, name)
}
