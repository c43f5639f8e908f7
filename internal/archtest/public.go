package archtest

import (
	"fmt"
	"go/types"
	"slices"
	"strings"
)

// hidden returns the exported names of a package whose types mention one from a folder "internal",
// which its users cannot name.
func hidden(pkg *types.Package) []string {
	var problems []string
	note := func(name string, t types.Type) {
		if found := internalIn(t, nil); found != "" {
			problems = append(problems, fmt.Sprintf(
				"%s.%s mentions %s, which users cannot name: use a type of a public package, or an interface", pkg.Path(), name, found))
		}
	}
	for _, name := range pkg.Scope().Names() {
		object := pkg.Scope().Lookup(name)
		if !object.Exported() {
			continue
		}
		note(name, object.Type())
		named, ok := object.Type().(*types.Named)
		if _, isType := object.(*types.TypeName); !isType || !ok || named.Obj().Pkg() != pkg {
			continue
		}
		note(name, named.Underlying())
		methods := types.NewMethodSet(types.NewPointer(named))
		for i := range methods.Len() {
			if method := methods.At(i).Obj(); method.Exported() {
				note(name+"."+method.Name(), method.Type())
			}
		}
	}
	return problems
}

// internalIn returns a type from an internal package that t mentions in what a user sees of it. It
// does not look into named types, other than at their type arguments.
func internalIn(t types.Type, seen []types.Type) string {
	if slices.Contains(seen, t) {
		return ""
	}
	seen = append(seen, t)
	var parts []types.Type
	switch t := t.(type) {
	case *types.Alias:
		parts = append(parts, t.Rhs())
	case *types.Named:
		if p := t.Obj().Pkg(); p != nil && strings.HasPrefix(p.Path(), prefix) && strings.Contains(p.Path(), "/internal/") {
			return p.Path() + "." + t.Obj().Name()
		}
		for argument := range t.TypeArgs().Types() {
			parts = append(parts, argument)
		}
	case *types.Struct:
		for field := range t.Fields() {
			if field.Exported() {
				parts = append(parts, field.Type())
			}
		}
	case *types.Interface:
		for method := range t.Methods() {
			if method.Exported() {
				parts = append(parts, method.Type())
			}
		}
	case *types.Signature:
		for parameter := range t.Params().Variables() {
			parts = append(parts, parameter.Type())
		}
		for result := range t.Results().Variables() {
			parts = append(parts, result.Type())
		}
		for parameter := range t.TypeParams().TypeParams() {
			parts = append(parts, parameter.Constraint())
		}
	case *types.Map:
		parts = append(parts, t.Key(), t.Elem())
	case interface{ Elem() types.Type }: // pointer, slice, array, channel
		parts = append(parts, t.Elem())
	}
	for _, part := range parts {
		if found := internalIn(part, seen); found != "" {
			return found
		}
	}
	return ""
}
