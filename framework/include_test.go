package framework_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
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

func TestMistakesAreReportedTogether(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{TrustedProxies: []string{"nowhere"}})
	config.SetRootFactory(nil)
	config.SetSecurityPolicy(nil)
	config.AddStepHook(nil)
	config.AddLookup(traversal.Lookup[*page](nil))
	config.AddView(views.View{})
	config.AddView(text("one"))
	config.AddView(text("two"))
	config.AddView(text("x"), views.PathInfo("[)"))
	config.AddTween("MAIN", tweens.Factory{})
	config.Include(func(*framework.Configurator) error { return errors.New("no database") }, framework.As("broken"))
	_, err := config.App()
	var all *registry.Errors
	require.ErrorAs(t, err, &all)
	for _, want := range []string{"nowhere", "root factory", "security policy", "step hook", "registered twice", "[)", "MAIN", "no database"} {
		assert.ErrorContains(t, err, want)
	}
	assert.GreaterOrEqual(t, len(all.Unwrap()), 10)
}

func TestDirectivesOverrideOptions(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{Root: frameworktest.Root(&page{"option"})})
	config.SetRootFactory(frameworktest.Root(&page{"directive"}))
	config.AddView(views.On(showPage))
	assert.Equal(t, "directive", frameworktest.New(t, config).Get("/").Body)
}

func TestFailingSubscribersToApplicationCreated(t *testing.T) {
	t.Parallel()
	for name, fn := range map[string]func(*web.ApplicationCreated) error{
		"error": func(*web.ApplicationCreated) error { return errors.New("no cache") },
		"panic": func(*web.ApplicationCreated) error { panic("no cache") },
	} {
		config := framework.New(framework.Options{})
		registry.Subscribe(config, fn)
		app, err := config.App()
		assert.ErrorContains(t, err, "ApplicationCreated", name)
		assert.ErrorContains(t, err, "no cache", name)
		assert.Nil(t, app, name)
	}
}
