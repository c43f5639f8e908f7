package messages

import (
	"fmt"
	"go/ast"
	"slices"
	"strings"
)

// templateDomains are the domains that packages give their templates, by directory.
type templateDomains struct {
	dirs []string // of the packages
	of   map[string][]string
}

// templateDomains finds the calls of templates.Add and AddAssets. Unless the extensions of
// templates are given, it adds those that the calls name.
func (g *goCollector) templateDomains(packages []*goPackage) templateDomains {
	d := templateDomains{of: map[string][]string{}}
	given := len(g.Extensions) > 0
	extensions := []string{".html"}
	for _, p := range packages {
		g.pkg = p
		d.dirs = append(d.dirs, p.dir)
		for _, file := range p.files {
			ast.Inspect(file, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				domain, extension, ok := g.templateOptions(call)
				if ok && !slices.Contains(d.of[p.dir], domain) {
					d.of[p.dir] = append(d.of[p.dir], domain)
				}
				if ok && !slices.Contains(extensions, extension) {
					extensions = append(extensions, extension)
				}
				return true
			})
		}
	}
	if !given {
		g.Extensions = extensions
	}
	return d
}

// templateOptions returns what the options of a call of templates.Add or AddAssets say; ok is false
// for other calls.
func (g *goCollector) templateOptions(call *ast.CallExpr) (domain, extension string, ok bool) {
	c := g.callee(call)
	if c == nil || c.fn == nil || c.fn.Pkg() == nil || c.fn.Pkg().Path() != module+"views/templates" || !strings.HasPrefix(c.fn.Name(), "Add") {
		return "", "", false
	}
	domain, extension = g.Domain, ".html"
	lit, ok := ast.Unparen(call.Args[len(call.Args)-1]).(*ast.CompositeLit)
	if !ok {
		return domain, extension, true
	}
	fields := map[string]ast.Expr{}
	for _, element := range lit.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			if key, ok := pair.Key.(*ast.Ident); ok {
				fields[key.Name] = pair.Value
			}
		}
	}
	if fields["Text"] != nil {
		extension = ".txt"
	}
	if v := g.value(fields["Domain"]); v.text != "" {
		domain = v.text
	}
	if v := g.value(fields["Extension"]); v.text != "" {
		extension = v.text
	}
	return domain, extension, true
}

// domain returns the domain of the templates below the directory of a package. A package that adds
// no templates has those of another one.
func (d templateDomains) domain(dir string) (string, error) {
	names := slices.Clone(d.of[dir])
	if len(names) == 0 {
		for _, other := range d.dirs {
			names = append(names, d.of[other]...)
		}
		slices.Sort(names)
		names = slices.Compact(names)
	}
	switch len(names) {
	case 0:
		return "", nil
	case 1:
		return names[0], nil
	}
	return "", fmt.Errorf("its messages may be of the domains %s: name the folders of templates with their domains, such as %q", strings.Join(names, ", "), "pages="+names[0])
}
