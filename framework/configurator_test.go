package framework_test

import (
	"errors"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
)

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

func TestConfigurationBuildsTwice(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{})
	config.AddView(views.Func(sayHello))
	first, second := frameworktest.New(t, config), build(t, config)
	first.Get("/").Status(200)
	w := httptest.NewRecorder()
	second.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	assert.Equal(t, 200, w.Code)
	assert.NotSame(t, first.Registry(), second.Registry())
}
