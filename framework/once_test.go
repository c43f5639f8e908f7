package framework_test

import (
	"context"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// A setting that an application has once is introspectable with its value.
func TestSettingsAreIntrospectable(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{
		Root:           func(*framework.Request) (traversal.Resource, error) { return traversal.Map{}, nil },
		Security:       frameworktest.Policy{},
		Sessions:       fixedSession{},
		TrustedProxies: []string{"10.0.0.0/8"},
		MaxForm:        4096,
	})
	for range 2 {
		config.AddStepHook(func(context.Context, traversal.Step) {})
	}
	app, err := config.App()
	require.NoError(t, err)
	about := app.Registry().Introspect()
	for category, want := range map[string]any{
		"security policy": reflect.TypeFor[frameworktest.Policy](),
		"session factory": reflect.TypeFor[fixedSession](),
		"form limit":      int64(4096),
		"body limit":      int64(web.DefaultMaxBody),
	} {
		list := about.Category(category)
		require.Len(t, list, 1, category)
		assert.Equal(t, category, list[0].Type)
		assert.Equal(t, want, list[0].Fields[0].Value, category)
	}
	networks, _ := about.Category("trusted proxies")[0].Field("networks")
	assert.True(t, networks.(web.TrustedProxies).Trusts("10.1.2.3:80"))
	function, _ := about.Category("root factory")[0].Field("function")
	assert.Contains(t, function, "func at framework/once_test.go:")
	assert.Len(t, about.Category("step hooks"), 2, "also two of the same line")
}

// fixedSession is a session factory whose clients all have one session.
type fixedSession struct{ session web.Session }

func (f fixedSession) Session(*web.Request) (web.Session, error) { return f.session, nil }

func TestSessionFactory(t *testing.T) {
	t.Parallel()
	want := &struct{ web.Session }{}
	config := framework.New(framework.Options{Sessions: fixedSession{want}})
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		got, err := r.Session()
		assert.Same(t, want, got)
		return r.Text("ok"), err
	}))
	frameworktest.New(t, config).Get("/").Status(200)

	for name, factory := range map[string]web.SessionFactory{"nil": nil, "nil pointer": (*fixedSession)(nil)} {
		config := framework.New(framework.Options{})
		config.SetSessionFactory(factory)
		_, err := config.App()
		require.ErrorContains(t, err, "set session factory: the factory is nil", name)
	}
}
