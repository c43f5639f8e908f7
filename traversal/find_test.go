package traversal_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
)

func TestFind(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	root := site()
	a, err := noRules.Find(ctx, root, "a")
	require.NoError(t, err)
	for _, tt := range []struct {
		x    any
		path string
		want string
		err  string
	}{
		{a, "", "/a", ""},
		{a, "b/c", "/a/b/c", ""},
		{a, "/b", "/b", ""},
		{a, "/", "/", ""},
		{a, "..", "/a", ""}, // like Pyramid: there is nothing above where a walk begins
		{a, "x%2Fy", "/a/x%2Fy", ""},
		{root, "a/b", "/a/b", ""},
		{&placed{name: "n", parent: &placed{}}, "/", "/", ""},
		{&placed{name: "n", parent: &placed{}}, "", "/n", ""},
		{a, "/a/nope/x", "", `find "/a/nope/x": *traversal_test.folder has no child "nope"`},
		{a, "@@edit", "", `find "/@@edit": *traversal_test.folder has no child "@@edit"`},
		{a, "%", "", `path "%": invalid escape "%"`},
		{root, "/a", "", "unknown location of *traversal_test.folder"},
		{nil, "a", "", "location of <nil>: resource is nil"},
	} {
		n, err := noRules.Find(ctx, tt.x, tt.path)
		if tt.err != "" {
			require.ErrorContains(t, err, tt.err)
			assert.Equal(t, strings.HasPrefix(tt.err, "find "), errors.Is(err, traversal.ErrNotFound))
			continue
		}
		require.NoError(t, err, tt.path)
		assert.Equal(t, tt.want, n.Path(), tt.path)
	}

}

func TestTraverse(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	root := site()
	a, err := noRules.Find(ctx, root, "a")
	require.NoError(t, err)
	r, err := noRules.Traverse(ctx, a, "b/edit/x")
	require.NoError(t, err)
	assert.Equal(t, "/a/b", r.Node().Path())
	assert.Equal(t, []string{"b"}, r.Traversed())
	assert.Equal(t, "edit", r.ViewName())
	assert.Equal(t, []string{"x"}, r.Subpath())
	assert.Same(t, a.Resource(), r.Root())
	assert.Same(t, root, r.Node().Root().Resource())

	r, err = noRules.Traverse(ctx, a, "/b/@@x")
	require.NoError(t, err)
	assert.Same(t, root, r.Root())
	assert.Equal(t, "/b", r.Node().Path())

	deep, path := chainOfMaps(20, 0)
	r, err = noRules.Traverse(ctx, traversal.NewNode(1).At("m", deep), path[1:]+"/view")
	require.NoError(t, err)
	assert.Equal(t, "/m"+path, r.Node().Path())
	assert.Equal(t, 21, r.Node().Depth())
}

func TestResourcePath(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	a := traversal.NewNode(site()).At("a b", 1)
	for _, tt := range []struct {
		x        any
		elements []string
		want     string
	}{
		{a, nil, "/a%20b"},
		{a, []string{"x/y", "@@edit"}, "/a%20b/x%2Fy/@@edit"},
		{a, []string{""}, "/a%20b/"},
		{a.Root(), nil, "/"},
		{a.Root(), []string{"a"}, "/a"},
		{&placed{name: "p", parent: &placed{}}, nil, "/p"},
	} {
		got, err := noRules.ResourcePath(ctx, tt.x, tt.elements...)
		require.NoError(t, err)
		assert.Equal(t, tt.want, got)
	}
	_, err := noRules.ResourcePath(ctx, 1)
	require.Error(t, err)
}
