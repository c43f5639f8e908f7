package registry_test

import (
	"path/filepath"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/registry"
)

type page struct{}

func (page) show()   {}
func (*page) edit()  {}
func (*page) func1() {}

type promoted struct{ *page }

type box[T any] struct{}

func (*box[T]) open() {}

func plain()           {}
func func1()           {}
func generic[T any](T) {}

func closure(n *int) func() { return func() { *n++ } }

func inClosure() func() func() { return func() func() { return func() { println() } } }

func (*page) closure() func() { return func() { println() } }

var variable = func() {}

func TestFuncName(t *testing.T) {
	t.Parallel()
	var n int
	tests := map[string]struct {
		fn   any
		want string
	}{
		"function":                 {plain, "registry_test.plain"},
		"function of a library":    {filepath.Join, "filepath.Join"},
		"function like a closure":  {func1, "registry_test.func1"},
		"generic function":         {generic[int], "registry_test.generic"},
		"method expression":        {(*page).edit, "registry_test.(*page).edit"},
		"method of a value":        {page.show, "registry_test.page.show"},
		"method like a closure":    {(*page).func1, "registry_test.(*page).func1"},
		"promoted method":          {promoted.edit, "registry_test.promoted.edit"},
		"method value":             {new(page).edit, "registry_test.(*page).edit"},
		"method of a generic type": {(*box[page]).open, "registry_test.(*box).open"},
		"closure":                  {closure(&n), "func at registry/function_test.go:29"},
		"closure in a closure":     {inClosure()(), "func at registry/function_test.go:31"},
		"closure of a method":      {new(page).closure(), "func at registry/function_test.go:33"},
		"variable":                 {variable, "func at registry/function_test.go:35"},
		"nil":                      {nil, "nil"},
		"nil function":             {(func())(nil), "nil"},
		"other value":              {3, "int"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.want, registry.FuncName(tt.fn))
		})
	}
}

func TestFuncSource(t *testing.T) {
	t.Parallel()
	var n int
	assert.Equal(t, "function_test.go:25", registry.FuncSource(plain).String())
	assert.Equal(t, "function_test.go:29", registry.FuncSource(closure(&n)).String())
	assert.Zero(t, registry.FuncSource(new(page).edit), "the compiler made it")
	assert.Zero(t, registry.FuncSource(3))
	assert.Zero(t, registry.FuncSource(nil))
}

func TestPackageFunc(t *testing.T) {
	t.Parallel()
	name, ok := registry.PackageFunc(plain)
	assert.True(t, ok)
	assert.Equal(t, "github.com/mastaba-go/mastaba/registry_test.plain", name)

	var n int
	for what, fn := range map[string]any{
		"closure": closure(&n), "variable": variable, "method value": new(page).edit, "method expression": (*page).edit,
		"generic function": generic[int], "nil": nil, "nil function": (func())(nil),
		"made by reflection":   reflect.MakeFunc(reflect.TypeFor[func()](), nil).Interface(),
		"method by reflection": reflect.ValueOf(reflect.TypeFor[page]()).MethodByName("Name").Interface(),
	} {
		_, ok := registry.PackageFunc(fn)
		assert.False(t, ok, what)
	}
}
