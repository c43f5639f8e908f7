package readme

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// qualifiers are the folders of the packages whose names the README uses, and the types behind its
// usual variables.
var qualifiers = map[string]struct{ folder, receiver string }{
	"framework":     {"framework", ""},
	"frameworktest": {"framework/frameworktest", ""},
	"server":        {"framework/server", ""},
	"routes":        {"framework/routes", ""},
	"cli":           {"framework/cli", ""},
	"views":         {"views", ""},
	"web":           {"views/web", ""},
	"tweens":        {"tweens", ""},
	"ratelimit":     {"tweens/ratelimit", ""},
	"registry":      {"registry", ""},
	"traversal":     {"traversal", ""},
	"config":        {"framework", "Configurator"},
	"r":             {"views/web", "Request"},
	"App":           {"framework", "App"},
}

// TestNamesExist checks every name of ours in the README, such as views.Name or r.Param.
func TestNamesExist(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	require.NoError(t, err)
	found := 0
	declared := map[string]map[string]bool{}
	for _, m := range regexp.MustCompile(`\b([A-Za-z]+)\.([A-Z]\w+)`).FindAllStringSubmatch(string(readme), -1) {
		q, ours := qualifiers[m[1]]
		if !ours {
			continue
		}
		found++
		if declared[q.folder] == nil {
			declared[q.folder] = namesIn(t, q.folder)
		}
		name := m[2]
		if q.receiver != "" {
			name = q.receiver + "." + name
		}
		assert.True(t, declared[q.folder][name], "%s is not in %s", m[0], q.folder)
	}
	assert.Greater(t, found, 100)
}

// namesIn returns the names declared in a package, with methods as Type.Method.
func namesIn(t *testing.T, folder string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(folder), "*.go"))
	require.NoError(t, err)
	names := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, d := range parsed.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				names[receiver(d)+d.Name.Name] = true
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch spec := spec.(type) {
					case *ast.TypeSpec:
						names[spec.Name.Name] = true
					case *ast.ValueSpec:
						for _, name := range spec.Names {
							names[name.Name] = true
						}
					}
				}
			}
		}
	}
	return names
}

// receiver returns "Type." for a method, "" for a function.
func receiver(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return ""
	}
	t := d.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	switch t := t.(type) {
	case *ast.Ident:
		return t.Name + "."
	case *ast.IndexExpr:
		return t.X.(*ast.Ident).Name + "."
	case *ast.IndexListExpr:
		return t.X.(*ast.Ident).Name + "."
	}
	return "?."
}

// TestPlacesExist checks the files and folders of the table for contributors, other than those that
// are still to come.
func TestPlacesExist(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	require.NoError(t, err)
	_, table, found := strings.Cut(string(readme), "| to add | begin in |\n|---|---|\n")
	require.True(t, found)
	table, _, _ = strings.Cut(table, "\n\n")
	rows := strings.Split(table, "\n")
	assert.Len(t, rows, 10)
	for _, row := range rows {
		paths := regexp.MustCompile("`([a-z/._]+)`( \\(to come\\))?").FindAllStringSubmatch(row, -1)
		assert.NotEmpty(t, paths, row)
		for _, p := range paths {
			_, err := os.Stat(filepath.Join(root, filepath.FromSlash(p[1])))
			if p[2] == "" {
				assert.NoError(t, err, row)
			} else {
				assert.ErrorIs(t, err, os.ErrNotExist, "%s has come: %s", p[1], row)
			}
		}
	}
}
