package templates

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"text/template/parse"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// Names that templates write out: {{route "page"}}, {{static "static/app.css"}}, {{can "edit"}}.
// What they name is known once the whole application is, so the end of the build checks them. A
// name that a template computes shows only when the page is rendered.

// checkNames checks the names in all files.
func (s *set) checkNames() error {
	lib := s.library.Load()
	if lib == nil || lib.unread {
		return nil
	}
	var errs []error
	checks := checksOf(s.registry)
	for _, name := range sortedKeys(lib.files) {
		f := lib.files[name]
		for _, tree := range f.trees() {
			walk(tree.Root, func(n parse.Node) {
				call, _ := n.(*parse.CommandNode)
				fn, arg := literalCall(call)
				check := checks[fn]
				if check == nil {
					return
				}
				err := check(arg)
				if err == nil {
					return
				}
				place, _ := tree.ErrorContext(call)
				at := errorAt(place, "%s", err)
				if errors.Is(err, fs.ErrNotExist) { // it may come
					s.registry.Warn(f.group.source, at.Error())
					return
				}
				at.Err = err
				errs = append(errs, &registry.Mistake{Source: f.group.source, Err: at})
			})
		}
	}
	return errors.Join(errs...)
}

// literalCall returns the function of a call and its first argument, if that is a text.
func literalCall(c *parse.CommandNode) (fn, arg string) {
	if c == nil || len(c.Args) < 2 {
		return "", ""
	}
	name, ok := c.Args[0].(*parse.IdentifierNode)
	text, literal := c.Args[1].(*parse.StringNode)
	if !ok || !literal {
		return "", ""
	}
	return name.Ident, text.Text
}

// checksOf returns what checks the first argument of a function.
func checksOf(reg *registry.Registry) map[string]func(string) error {
	table, _ := registry.Lookup[web.Routes](reg)
	route := func(name string) error { return checkRoute(table, name) }
	urls, _ := registry.Lookup[web.StaticURLs](reg)
	static := func(name string) error { return checkStatic(urls, name) }
	checks := map[string]func(string) error{
		"route": route, "routeURL": route, "static": static, "staticURL": static,
	}
	policy, _ := registry.Lookup[web.SecurityPolicy](reg)
	if knows, ok := policy.(interface{ Permissions() []string }); ok && len(knows.Permissions()) > 0 {
		checks["can"] = func(name string) error { return checkPermission(knows.Permissions(), name) }
	}
	return checks
}

func checkRoute(table web.Routes, name string) error {
	if table != nil && table.HasRoute(name) {
		return nil
	}
	remedy := ": add it"
	if table != nil {
		remedy = nearest(name, table.RouteNames(), remedy)
	}
	return registry.Missing(fmt.Errorf("there is no route %q%s", name, remedy), registry.Ref{Category: "routes", ID: name})
}

func checkStatic(urls web.StaticURLs, name string) error {
	if urls == nil {
		err := fmt.Errorf("static file %q: there are no static views: add one with AddStaticView", name)
		return registry.Missing(err, registry.Ref{Category: "static views"})
	}
	checker, ok := urls.(interface{ CheckName(name string) error })
	if !ok {
		return nil
	}
	err := checker.CheckName(name)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return registry.Missing(err, registry.Ref{Category: "static views"})
}

func checkPermission(known []string, name string) error {
	if slices.Contains(known, name) {
		return nil
	}
	return fmt.Errorf("unknown permission %q%s", name,
		nearest(name, known, ": add it to Options.Permissions of the security policy"))
}

// nearest suggests the most similar of some names, or else says what to do.
func nearest(name string, names []string, otherwise string) string {
	if near := registry.Nearest(name, names); near != "" {
		return fmt.Sprintf(": did you mean %q?", near)
	}
	if len(names) > 0 && len(names) <= 12 {
		return otherwise + " (have: " + strings.Join(quoted(names), ", ") + ")"
	}
	return otherwise
}
