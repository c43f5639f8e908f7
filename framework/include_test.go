package framework_test

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
)

func text(s string) views.View {
	return views.Func(func(r *framework.Request) (*framework.Response, error) { return r.Text(s), nil })
}

func includeBlog(c *framework.Configurator) error {
	c.AddView(text("blog"), views.Name("blog"))
	c.AddView(text("blog's front"))
	return nil
}

func includeShop(c *framework.Configurator) error {
	c.AddView(text("shop's front"))
	return nil
}

// site is an include whose method value has no identity.
type site struct{ name string }

func (s site) include(c *framework.Configurator) error {
	c.AddView(text(s.name), views.Name(s.name))
	return nil
}

func TestApplicationOverridesIncludes(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{})
	config.Include(includeBlog)
	config.Include(includeBlog) // once is enough
	config.AddView(text("my front"))
	app := frameworktest.New(t, config)
	assert.Equal(t, "my front", app.Get("/").Body)
	assert.Equal(t, "blog", app.Get("/blog").Body)
}

func TestIncludesConflict(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{})
	config.Include(includeBlog)
	config.Include(includeShop)
	_, err := config.App()
	var conflict *registry.Conflict
	require.ErrorAs(t, err, &conflict)
	assert.Len(t, conflict.Sources, 2)
	for _, source := range conflict.Sources {
		assert.Contains(t, source.String(), "include_test.go:")
	}
}

func TestRoutePrefixWithAPanic(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{})
	config.RoutePrefix("blog", func(c *framework.Configurator) {
		c.AddRoute("post", "{id}")
		panic("no database")
	})
	_, err := config.App()
	assert.Regexp(t, `include_test\.go:\d+: route prefix "blog": panic: no database \(at .*include_test\.go:\d+\)`, err.Error())
	var panicked *registry.PanicError
	require.ErrorAs(t, err, &panicked)
	assert.NotEmpty(t, panicked.Stack)
}

// All functions that reflection makes have the same name, so they have none that identifies them.
func TestIncludeOfFunctionsMadeByReflection(t *testing.T) {
	t.Parallel()
	include := func(name string) func(*framework.Configurator) error {
		made := reflect.MakeFunc(reflect.TypeFor[func(*framework.Configurator) error](), func(args []reflect.Value) []reflect.Value {
			args[0].Interface().(*framework.Configurator).AddView(text(name), views.Name(name))
			return []reflect.Value{reflect.Zero(reflect.TypeFor[error]())}
		})
		return made.Interface().(func(*framework.Configurator) error)
	}
	config := framework.New(framework.Options{})
	config.Include(include("a"))
	_, err := config.App()
	require.ErrorContains(t, err, `framework.As("name")`)

	config = framework.New(framework.Options{})
	config.Include(include("a"), framework.As("a"))
	config.Include(include("b"), framework.As("b"))
	app := frameworktest.New(t, config)
	app.Get("/a").Status(200)
	app.Get("/b").Status(200)
}

func TestIncludeOfFunctionsWithoutAName(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{})
	config.Include(site{"a"}.include)
	config.Include(func(*framework.Configurator) error { return nil })
	config.Include(nil)
	config.Include(includeShop, nil)
	_, err := config.App()
	require.Error(t, err)
	assert.ErrorContains(t, err, `framework.As("name")`)
	assert.ErrorContains(t, err, "an option is nil")
	assert.ErrorContains(t, err, "include_test.go:")

	config = framework.New(framework.Options{})
	config.Include(site{"a"}.include, framework.As("site a"))
	config.Include(site{"b"}.include, framework.As("site b"))
	app := frameworktest.New(t, config)
	app.Get("/a").Status(200)
	app.Get("/b").Status(200)
}
