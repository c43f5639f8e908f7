package framework_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestAPathThatCannotBeReadIsRefusedFirst(t *testing.T) {
	t.Parallel()
	rooted := false
	config := framework.New(framework.Options{Root: func(*framework.Request) (traversal.Resource, error) {
		rooted = true
		return nil, errors.New("no tree today")
	}})
	config.AddView(views.Func(report))
	told := 0
	registry.Subscribe(config, func(*web.NewRequest) error { told++; return nil })
	registry.Subscribe(config, func(*web.BeforeTraversal) error { told += 100; return nil })
	app, err := config.App()
	require.NoError(t, err)

	_, err = app.Do(httptest.NewRequest(http.MethodGet, "/a/%FF", nil))
	require.NoError(t, err, "400 answers by itself")
	assert.Equal(t, 1, told)
	assert.False(t, rooted)
}

// A path is read once, whatever net/url makes of characters that ought to have
// been escaped: %2F stays in its name.
func TestUnescapedCharactersDoNotSplitNames(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/a%2Fb", "/a%2Fb|", `/a%2Fb"<^`, "/a%2Fb\xc3\xa9"} {
		u, err := url.ParseRequestURI(path)
		require.NoError(t, err)
		config := framework.New(framework.Options{Root: frameworktest.Root(traversal.Map{"a": traversal.Map{}})})
		config.AddNotFoundView(views.Func(func(r *web.Request) (*web.Response, error) {
			return r.Text(r.ViewName()), nil
		}))
		app, err := config.App()
		require.NoError(t, err)
		hr := httptest.NewRequest(http.MethodGet, "/", nil)
		hr.URL = u
		resp, err := app.Do(hr)
		require.NoError(t, err)
		body, _ := resp.Body()
		assert.Equal(t, u.Path[1:], string(body), path)
	}
}

func TestAFailedWalkShowsNoResource(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk on fire")
	tree := traversal.Map{"a": failing{broken}}
	config := framework.New(framework.Options{Root: frameworktest.Root(tree)})
	config.AddErrorView(views.Error(func(r *web.Request, err error) (*web.Response, error) {
		assert.True(t, r.Node().IsZero())
		assert.Empty(t, r.ViewName())
		return r.Text("sorry"), nil
	}))
	frameworktest.New(t, config).Get("/a/b/c").Status(200)
}

func TestErrorsOfFinishedCallbacksComeFirst(t *testing.T) {
	t.Parallel()
	inView, after := errors.New("in the view"), errors.New("afterwards")
	config := framework.New(framework.Options{})
	config.AddView(views.Func(func(r *web.Request) (*web.Response, error) {
		r.AddFinishedCallback(func(*web.Request) error { return after })
		return nil, inView
	}))
	app, err := config.App()
	require.NoError(t, err)
	_, err = app.Do(httptest.NewRequest(http.MethodGet, "/", nil))
	require.ErrorIs(t, err, after)
	require.ErrorIs(t, err, inView)
	assert.Regexp(t, `(?s)^afterwards.*in the view`, err.Error())
}

// failing is a container whose every child is an error.
type failing struct{ err error }

func (f failing) Child(context.Context, string) (traversal.Resource, error) { return nil, f.err }
