package traversal_test

import (
	"context"
	"iter"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
)

// listed returns the children of x as text, and the error that ended the listing.
func listed(t *testing.T, tr *traversal.Traverser, x any) (paths []string, err error) {
	for n, err := range tr.Children(t.Context(), x) {
		if err != nil {
			return paths, err
		}
		paths = append(paths, n.String())
	}
	return paths, nil
}

func TestChildren(t *testing.T) {
	t.Parallel()
	_, err := listed(t, nil, 1)
	require.EqualError(t, err, "children of int: not a traversal.Lister, and no traversal.Listing rule registered for it")
	_, err = listed(t, nil, nil)
	require.Error(t, err)
	got, err := listed(t, nil, traversal.Map{"a": 1, "b": nil})
	require.EqualError(t, err, `children of traversal.Map: child "b" is nil`)
	assert.Equal(t, []string{"/a (int)"}, got)

	tr, err := traversal.New([]traversal.Rule{
		traversal.Listing(func(_ context.Context, n int) iter.Seq2[traversal.Entry, error] {
			return func(yield func(traversal.Entry, error) bool) {
				_ = yield(traversal.Entry{Name: "one", Resource: 1.5}, nil) && yield(traversal.Entry{}, errBoom)
			}
		}),
	}, nil)
	require.NoError(t, err)
	assert.True(t, tr.Lists(1))
	assert.False(t, tr.Lists("x"))
	got, err = listed(t, tr, traversal.NewNode("up").At("n", 1))
	require.ErrorIs(t, err, errBoom)
	assert.Equal(t, []string{"/n/one (float64)"}, got)
	for range tr.Children(t.Context(), 1) {
		break
	}
}
