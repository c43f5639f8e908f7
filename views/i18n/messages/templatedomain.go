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

// templateDomains finds the calls of templates.Add and AddAssets.
func (g *goCollector) templateDomains(packages []*goPackage) templateDomains {
	d := templateDomains{of: map[string][]string{}}
	for _, p := range packages {
		g.pkg = p
		d.dirs = append(d.dirs, p.dir)
		for _, file := range p.files {
			ast.Inspect(file, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				c := g.callee(call)
				if c == nil || c.fn == nil || c.fn.Pkg() == nil || c.fn.Pkg().Path() != module+"views/templates" || !strings.HasPrefix(c.fn.Name(), "Add") {
					return true
				}
				name := g.Domain
				if lit, ok := ast.Unparen(call.Args[len(call.Args)-1]).(*ast.CompositeLit); ok {
					for _, element := range lit.Elts {
						if pair, ok := element.(*ast.KeyValueExpr); ok {
							if key, _ := pair.Key.(*ast.Ident); key != nil && key.Name == "Domain" {
								if v := g.value(pair.Value); v.text != "" {
									name = v.text
								}
							}
						}
					}
				}
				if !slices.Contains(d.of[p.dir], name) {
					d.of[p.dir] = append(d.of[p.dir], name)
				}
				return true
			})
		}
	}
	return d
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
