package framework_test

import (
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
