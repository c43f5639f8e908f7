package framework_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestNoPolicy(t *testing.T) {
	t.Parallel()
	guarded := func(o framework.Options) *framework.Configurator {
		config := framework.New(o)
		config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			decision, err := r.Permits("delete")
			if err != nil {
				return nil, err
			}
			known, err := r.IsAuthenticated()
			user, userErr := r.UserID()
			assert.False(t, known)
			assert.Empty(t, user)
			assert.NoError(t, userErr)
			return r.Text(decision.String() + ": " + decision.Reason), err
		}), views.Permission("edit"))
		return config
	}
	_, err := guarded(framework.Options{}).App()
	require.ErrorContains(t, err, "nopolicy_test.go:")
	require.ErrorContains(t, err, `default view for any resource requires permission "edit", but the application has no security policy`)

	app := frameworktest.New(t, guarded(framework.Options{Security: framework.NoPolicy{}}))
	assert.Equal(t, "allowed: the application has no security policy, on purpose", app.Get("/").Status(200).Body)

	config := guarded(framework.Options{})
	config.SetSecurityPolicy(framework.NoPolicy{})
	config.Commit()
	config.SetSecurityPolicy(frameworktest.Policy{}) // as an application that gets a policy later
	frameworktest.New(t, config).Get("/").Status(403)
}

func TestNilPolicy(t *testing.T) {
	t.Parallel()
	for name, policy := range map[string]web.SecurityPolicy{"nil": nil, "nil pointer": (*framework.NoPolicy)(nil)} {
		config := framework.New(framework.Options{})
		config.SetSecurityPolicy(policy)
		_, err := config.App()
		assert.ErrorContains(t, err, "set security policy: the policy is nil: want a web.SecurityPolicy, or framework.NoPolicy{}", name)
	}
}
