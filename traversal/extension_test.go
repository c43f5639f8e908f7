package traversal_test

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
)

// title and icon are abilities as another package would define them.
type title func(traversal.Resource) string

type icon interface{ Icon() string }

func TestExtensions(t *testing.T) {
	t.Parallel()
	titled := traversal.Extension[*leaf]("title", title(func(r traversal.Resource) string { return "leaf " + r.(*leaf).name }))
	assert.Equal(t, "title for *traversal_test.leaf", titled.String())
	assert.Equal(t, reflect.TypeFor[*leaf](), titled.Type())
	require.NoError(t, titled.Err())
	tr, err := traversal.New([]traversal.Rule{titled, traversal.Extension[*folder, icon]("icon", picture{})}, nil)
	require.NoError(t, err)

	for _, tr := range []*traversal.Traverser{tr, tr.Observed(nil)} {
		of, ok := traversal.ExtensionsOf[title](tr).For(&leaf{"x"})
		require.True(t, ok)
		assert.Equal(t, "leaf x", of(&leaf{"x"}))
		_, ok = traversal.ExtensionsOf[title](tr).For(&folder{})
		assert.False(t, ok)
		_, ok = traversal.ExtensionsOf[func()](tr).For(&leaf{})
		assert.False(t, ok)
		drawn, ok := traversal.ExtensionsOf[icon](tr).For(&folder{})
		require.True(t, ok)
		assert.Equal(t, "picture", drawn.Icon())
	}
	for _, tr := range []*traversal.Traverser{nil, {}} {
		_, ok := traversal.ExtensionsOf[title](tr).For(&leaf{})
		assert.False(t, ok)
	}

	_, err = traversal.New([]traversal.Rule{titled, titled}, nil)
	assert.EqualError(t, err, "title for *traversal_test.leaf given twice: remove one")
	assert.EqualError(t, traversal.Extension[*leaf, title]("title", nil).Err(), "title for *traversal_test.leaf: the function is nil")
	assert.EqualError(t, traversal.Extension[*leaf, icon]("icon", nil).Err(), "icon for *traversal_test.leaf: the function is nil")
	assert.ErrorContains(t, traversal.Extension[icon]("title", title(nil)).Err(), "a rule cannot be for an interface")
}

type picture struct{}

func (picture) Icon() string { return "picture" }
