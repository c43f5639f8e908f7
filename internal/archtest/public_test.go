package archtest

import (
	"bytes"
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
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestPublicNamesAreWhole checks that no exported name mentions a type that users cannot name.
func TestPublicNamesAreWhole(t *testing.T) {
	t.Parallel()
	exports := exportData(t)
	read := importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(exports[path])
	})
	public := 0
	for path := range exports {
		if !strings.HasPrefix(path, prefix) || strings.Contains(path, "/internal/") || isProgram(strings.TrimPrefix(path, prefix)) {
			continue
		}
		public++
		pkg, err := read.Import(path)
		require.NoError(t, err)
		for _, problem := range hidden(pkg) {
			t.Error(problem)
		}
	}
	assert.Greater(t, public, 10)
}

// TestAliases checks that package framework re-exports three types and nothing else.
func TestAliases(t *testing.T) {
	t.Parallel()
	exports := exportData(t)
	read := importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(exports[path])
	})
	pkg, err := read.Import(prefix + "framework")
	require.NoError(t, err)
	var aliases []string
	for _, name := range pkg.Scope().Names() {
		if object, ok := pkg.Scope().Lookup(name).(*types.TypeName); ok && object.Exported() && object.IsAlias() {
			aliases = append(aliases, name)
		}
	}
	assert.Equal(t, []string{"Handler", "Request", "Response"}, aliases)
}

// exportData returns the compiled types of each package, by import path.
func exportData(t *testing.T) map[string]string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-export", "-deps", "-json=ImportPath,Export", prefix+"...").Output()
	require.NoError(t, err)
	files := map[string]string{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct{ ImportPath, Export string }
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return files
		} else {
			require.NoError(t, err)
		}
		files[p.ImportPath] = p.Export
	}
}

func TestHiddenTypesAreFound(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ code, want string }{
		"parameter":            {"func F(inner.T) {}", "F"},
		"result":               {"func F() (int, *inner.T) { return 0, nil }", "F"},
		"callback":             {"func F(func(...inner.T)) {}", "F"},
		"constraint":           {"func F[X inner.I]() {}", "F"},
		"variable":             {"var V map[string][]inner.T", "V"},
		"alias":                {"type A = inner.T", "A"},
		"field":                {"type S struct{ Field chan inner.T }", "S"},
		"embedded":             {"type S struct{ inner.T }", "S"},
		"method":               {"type S struct{}; func (*S) M(inner.T) {}", "S.M"},
		"promoted method":      {"type s struct{}; func (s) M(inner.T) {}; type S struct{ s }", "S.M"},
		"method of interface":  {"type I interface{ M() inner.T }", "I"},
		"type argument":        {"type G[X any] struct{}; var V G[inner.T]", "V"},
		"unexported field":     {"type S struct{ field inner.T }", ""},
		"unexported method":    {"type S struct{}; func (S) m(inner.T) {}", ""},
		"unexported name":      {"func f(inner.T) {}", ""},
		"inside of a function": {"func F() { var _ inner.T }", ""},
	}
	inner := compile(t, prefix+"views/web/internal/inner", "package inner; type T struct{}; type I interface{ M() }", nil)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code := fmt.Sprintf("package p; import %q; var _ inner.T; %s", inner.Path(), tt.code)
			problems := hidden(compile(t, prefix+"views/p", code, inner))
			if tt.want == "" {
				assert.Empty(t, problems)
				return
			}
			require.NotEmpty(t, problems)
			assert.Contains(t, strings.Join(problems, "\n"), "views/p."+tt.want+" mentions "+inner.Path())
		})
	}
}

// compile checks the types of a package that imports nothing but the one given.
func compile(t *testing.T, path, code string, imported *types.Package) *types.Package {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "code.go", code, 0)
	require.NoError(t, err)
	config := types.Config{Importer: only{imported}}
	pkg, err := config.Check(path, fset, []*ast.File{file}, nil)
	require.NoError(t, err)
	return pkg
}

// only imports one package.
type only struct{ pkg *types.Package }

func (o only) Import(string) (*types.Package, error) { return o.pkg, nil }
