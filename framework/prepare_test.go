package framework_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestPrepareReturnsARequestAtTheRoot(t *testing.T) {
	t.Parallel()
	site := traversal.Map{"a": &page{"at a"}}
	var hosts []string
	config := quiet(framework.Options{Root: func(r *framework.Request) (traversal.Resource, error) {
		hosts = append(hosts, r.Host)
		return site, nil
	}})
	registry.Subscribe(config, func(*web.NewRequest) error { return errors.New("Prepare must not notify") })
	app := build(t, config)

	type key struct{}
	ctx := context.WithValue(t.Context(), key{}, "job")
	r, done, err := app.Prepare(ctx, nil)
	require.NoError(t, err)
	assert.Equal(t, site, r.Root())
	assert.Equal(t, site, r.Resource())
	assert.Empty(t, r.ViewName())
	assert.Equal(t, "/", r.Node().Path())
	assert.Equal(t, "job", r.Context().Value(key{}))
	own, ok := web.FromContext(r.Context())
	assert.True(t, ok)
	assert.Same(t, r, own)

	var finished int
	r.AddFinishedCallback(func(*web.Request) error {
		finished++
		return r.Context().Err()
	})
	require.NoError(t, done())
	require.NoError(t, done())
	assert.Equal(t, 1, finished)
	require.ErrorIs(t, r.Context().Err(), context.Canceled)

	hr := httptest.NewRequest("POST", "https://example.org/a/b", nil)
	r, done, err = app.Prepare(ctx, hr)
	require.NoError(t, err)
	defer func() { require.NoError(t, done()) }()
	assert.Equal(t, site, r.Resource(), "the path is not walked")
	assert.Equal(t, []string{"localhost", "example.org"}, hosts)
}

func TestPrepareWithoutARoot(t *testing.T) {
	t.Parallel()
	r, done, err := build(t, quiet(framework.Options{})).Prepare(t.Context(), nil)
	require.NoError(t, err)
	assert.Equal(t, framework.DefaultRoot{}, r.Root())
	require.NoError(t, done())
}

func TestPrepareFails(t *testing.T) {
	t.Parallel()
	for name, root := range map[string]web.RootFactory{
		"error": func(*web.Request) (traversal.Resource, error) { return nil, errNoDatabase },
		"panic": func(*web.Request) (traversal.Resource, error) { panic(errNoDatabase) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			finished := false
			app := build(t, quiet(framework.Options{Root: func(r *web.Request) (traversal.Resource, error) {
				r.AddFinishedCallback(func(*web.Request) error { finished = true; return nil })
				return root(r)
			}}))
			_, done, err := app.Prepare(t.Context(), nil)
			require.ErrorIs(t, err, errNoDatabase)
			assert.Nil(t, done)
			assert.True(t, finished)
		})
	}
}

func TestDoneReturnsTheErrorOfFinishedCallbacks(t *testing.T) {
	t.Parallel()
	r, done, err := build(t, quiet(framework.Options{})).Prepare(t.Context(), nil)
	require.NoError(t, err)
	r.AddFinishedCallback(func(*web.Request) error { return errNoDatabase })
	require.ErrorIs(t, done(), errNoDatabase)
}
