package messages

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// goPackage is a package whose messages are collected.
type goPackage struct {
	path  string
	dir   string
	files []*ast.File
	types *types.Package
	info  *types.Info
}

// listed is what go list says about a package.
type listed struct {
	ImportPath, Dir, Export string
	GoFiles, CgoFiles       []string
	Standard, DepOnly       bool
	ImportMap               map[string]string
	Error                   *struct{ Pos, Err string }
}

// load type-checks the packages that match patterns. Their dependencies are read as compiled by the
// go command, which compiles what has changed.
func load(ctx context.Context, dir string, patterns []string, fset *token.FileSet) ([]*goPackage, error) {
	all, err := list(ctx, dir, patterns)
	if err != nil {
		return nil, err
	}
	exports := map[string]string{}
	for _, p := range all {
		exports[p.ImportPath] = p.Export
	}
	var packages []*goPackage
	var errs []error
	for _, p := range all {
		if p.DepOnly || len(p.GoFiles)+len(p.CgoFiles) == 0 {
			continue
		}
		checked, err := p.check(fset, exports)
		errs, packages = append(errs, err), append(packages, checked)
	}
	slices.SortFunc(packages, func(a, b *goPackage) int { return cmp.Compare(a.path, b.path) })
	return packages, errors.Join(errs...)
}

// list calls the go command.
func list(ctx context.Context, dir string, patterns []string) ([]*listed, error) {
	args := append([]string{"list", "-e", "-export", "-deps", "-json=ImportPath,Dir,Export,GoFiles,CgoFiles,Standard,DepOnly,ImportMap,Error"}, "--")
	cmd := exec.CommandContext(ctx, "go", append(args, patterns...)...)
	var stdout, stderr bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("go list %s: %w\n%s", strings.Join(patterns, " "), err, bytes.TrimSpace(stderr.Bytes()))
	}
	var all []*listed
	for decoder := json.NewDecoder(&stdout); ; {
		p := &listed{}
		switch err := decoder.Decode(p); {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return nil, fmt.Errorf("go list %s: %w", strings.Join(patterns, " "), err)
		case p.Error != nil:
			return nil, fmt.Errorf("go list %s: %s: %s", strings.Join(patterns, " "), cmp.Or(p.Error.Pos, p.ImportPath), strings.TrimSpace(p.Error.Err))
		}
		all = append(all, p)
	}
}

// check parses and type-checks a package.
func (p *listed) check(fset *token.FileSet, exports map[string]string) (*goPackage, error) {
	checked := &goPackage{path: p.ImportPath, dir: p.Dir, info: &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{},
	}}
	for _, name := range slices.Concat(p.GoFiles, p.CgoFiles) {
		file, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		checked.files = append(checked.files, file)
	}
	config := types.Config{
		FakeImportC: true,
		Importer: importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) {
			file := exports[cmp.Or(p.ImportMap[path], path)]
			if file == "" {
				return nil, fmt.Errorf("package %s is not compiled: run go build", path)
			}
			return os.Open(file)
		}),
	}
	var err error
	checked.types, err = config.Check(p.ImportPath, fset, checked.files, checked.info)
	return checked, err
}
