package traversal_test

import (
	"context"
	"sync"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
)

func TestWalkReusesResult(t *testing.T) {
	t.Parallel()
	var tr *traversal.Traverser
	var r traversal.Result
	assert.True(t, r.IsZero())
	assert.True(t, r.Node().IsZero())
	assert.Nil(t, r.Resource())
	assert.Empty(t, r.Subpath())
	assert.Empty(t, r.ViewName())
	assert.True(t, r.VirtualRoot().IsZero())
	for range 2 {
		m, path := chainOfMaps(40, 0)
		require.NoError(t, tr.Walk(t.Context(), m, traversal.Path{Escaped: path}, &r))
		require.NoError(t, tr.Walk(t.Context(), site(), traversal.Path{Escaped: "/a/x"}, &r))
		assert.Equal(t, "/a", r.Node().Path())
		assert.Equal(t, "x", r.ViewName())
		assert.Empty(t, r.VirtualRootPath())
	}
	require.Error(t, tr.Walk(t.Context(), site(), traversal.Path{Escaped: "/a/%"}, &r))
	assert.True(t, r.IsZero())
}

func TestResultCopies(t *testing.T) {
	t.Parallel()
	var tr *traversal.Traverser
	var r traversal.Result
	require.NoError(t, tr.Walk(t.Context(), site(), traversal.Path{Escaped: "/a/b/view"}, &r))
	c := r
	node, copied := r.Node(), c.Node()
	require.NoError(t, tr.Walk(t.Context(), site(), traversal.Path{Escaped: "/"}, &r))
	assert.Equal(t, "/a/b", copied.Path())
	assert.Equal(t, "view", c.ViewName())
	_ = node // it points into r, which holds another walk now: see Result

	listed := copied.At("zz", &leaf{})
	moved := c.WithNode(listed, "@@row")
	assert.Equal(t, "/a/b/zz", moved.Node().Path())
	assert.Equal(t, listed.Resource(), moved.Resource())
	assert.Equal(t, "@@row", moved.ViewName())
	assert.Equal(t, []string{"a", "b"}, moved.Traversed())
	assert.Same(t, c.Root(), moved.Root())
	assert.Equal(t, "/a/b", c.Node().Path())
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	tr, err := traversal.New([]traversal.Rule{
		traversal.Lookup(func(_ context.Context, s *itself, _ string) (traversal.Resource, error) { return s, nil }),
	}, nil)
	require.NoError(t, err)
	var shared traversal.Result
	root := traversal.Map{"a": &itself{}}
	require.NoError(t, tr.Walk(t.Context(), root, traversal.Path{Escaped: "/a/b/c/d/e/f/@@v"}, &shared))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			var own traversal.Result
			for range 100 {
				assert.NoError(t, tr.Walk(t.Context(), root, traversal.Path{Escaped: "/a/b/c/d/e/f/@@v"}, &own))
				assert.Equal(t, shared.Node().Names(), own.Node().Names())
				assert.Equal(t, "v", shared.ViewName())
				moved := shared.WithNode(own.Node(), "w")
				assert.Equal(t, "w", moved.ViewName())
			}
		})
	}
	wg.Wait()
}

func TestResultSize(t *testing.T) {
	t.Parallel()
	assert.LessOrEqual(t, unsafe.Sizeof(traversal.Result{}), uintptr(200), "it is part of a request, which has 512 bytes")
	assert.LessOrEqual(t, unsafe.Sizeof(traversal.Node{}), uintptr(24))
}
