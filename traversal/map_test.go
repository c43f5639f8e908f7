package traversal_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
)

func TestMap(t *testing.T) {
	t.Parallel()
	m := traversal.Map{"b": 2, "a": map[string]any{"deep": "x"}, "c d": traversal.Map{}}
	got, err := listed(t, nil, m)
	require.NoError(t, err)
	assert.Equal(t, []string{"/a (traversal.Map)", "/b (int)", "/c%20d (traversal.Map)"}, got)
	for range m.Children(t.Context()) {
		break
	}
	n, err := noRules.Find(t.Context(), m, "a/deep")
	require.NoError(t, err)
	assert.Equal(t, "x", n.Resource())
	_, err = m.Child(t.Context(), "nope")
	require.ErrorIs(t, err, traversal.ErrNotFound)
}
