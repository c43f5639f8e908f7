package traversal_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
)

// counting is a container that counts its lookups.
type counting struct{ lookups *int }

func (c counting) Child(context.Context, string) (traversal.Resource, error) {
	*c.lookups++
	return c, nil
}

// Begin and Resume together are Walk, and Begin alone is enough where a path leads through Maps.
func TestBeginAndResumeAreWalk(t *testing.T) {
	t.Parallel()
	lookups := 0
	root := traversal.Map{
		"map":   traversal.Map{"map": traversal.Map{"leaf": 1, "nil": nil}},
		"plain": map[string]any{"leaf": "text", "plain": map[string]any{}},
		"nil":   nil, "nil map": traversal.Map(nil), "nil plain": map[string]any(nil), "nil pointer": (*int)(nil),
		"node": traversal.NewNode(traversal.Map{}), "counted": counting{&lookups},
	}
	rule := traversal.Lookup(func(context.Context, traversal.Map, string) (traversal.Resource, error) { return "by rule", nil })
	ruled, err := traversal.New([]traversal.Rule{rule}, nil)
	require.NoError(t, err)
	other, err := traversal.New([]traversal.Rule{
		traversal.Lookup(func(context.Context, int, string) (traversal.Resource, error) { return "below", nil }),
	}, nil)
	require.NoError(t, err)
	denied := errors.New("denied")
	guarded := (*traversal.Traverser)(nil).Guarded(func(context.Context, traversal.Node) error { return denied })
	steps := 0
	hooked := (*traversal.Traverser)(nil).Observed(func(context.Context, traversal.Step) { steps++ })
	for name, tc := range map[string]struct {
		t     *traversal.Traverser
		paths map[string]bool // whether Begin is enough
	}{
		"no traverser": {nil, map[string]bool{
			"/": true, "/map": true, "/map/map/leaf": true, "/map/map/leaf/more": true, "/map/map/nil": false, "/none/more": true,
			"/plain/plain/none": true, "/plain/leaf": true, "/map/@@edit/a/b": true, "/nil": false, "/nil%20map": false,
			"/nil%20plain": false, "/nil%20pointer/x": false, "/node": false, "/counted": true, "/counted/a/b": false,
			"/map/../plain/./leaf": true, "/a/b/c/d/e/f/g/h/i/j": true, "/%ff": false,
		}},
		"a rule for Map":     {ruled, map[string]bool{"/": true, "/map": false, "/none": false}},
		"a rule for another": {other, map[string]bool{"/map/map": true, "/map/map/leaf": true, "/map/map/leaf/more": false, "/plain/leaf/more": true}},
		"a guard":            {guarded, map[string]bool{"/": true, "/map": false}},
		"a hook":             {hooked, map[string]bool{"/": true, "/map": false}},
	} {
		for path, enough := range tc.paths {
			var whole, parts traversal.Result
			want := tc.t.Walk(t.Context(), root, traversal.Path{Escaped: path}, &whole)
			before := steps
			done, got := tc.t.Begin(root, traversal.Path{Escaped: path}, &parts)
			assert.Equal(t, before, steps, "%s: %s", name, path)
			assert.Equal(t, enough, done, "%s: %s", name, path)
			if !done && got == nil {
				got = tc.t.Resume(t.Context(), &parts)
			}
			require.Equal(t, want, got, "%s: %s", name, path)
			assert.Equal(t, whole.Resource(), parts.Resource(), "%s: %s", name, path)
			assert.Equal(t, whole.ViewName(), parts.ViewName(), "%s: %s", name, path)
			assert.Equal(t, whole.Traversed(), parts.Traversed(), "%s: %s", name, path)
			assert.Equal(t, whole.Subpath(), parts.Subpath(), "%s: %s", name, path)
		}
	}
}

func TestResetKeepsRoom(t *testing.T) {
	root := traversal.Map{"a": traversal.Map{"b": traversal.Map{}}}
	var r traversal.Result
	var tr *traversal.Traverser
	walk := func(path string) {
		_, err := tr.Begin(root, traversal.Path{Escaped: path}, &r)
		require.NoError(t, err)
	}
	walk("/a/b")
	r.Reset()
	assert.True(t, r.IsZero())
	assert.Empty(t, r.ViewName())
	walk("/a/x/y")
	assert.Equal(t, "x", r.ViewName())
	assert.Equal(t, []string{"a"}, r.Traversed())
	assert.Equal(t, []string{"y"}, r.Subpath())
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		r.Reset()
		_, _ = tr.Begin(root, traversal.Path{Escaped: "/a/b"}, &r)
	}))
	r.Reset()
	assert.True(t, r.IsZero())
	assert.Nil(t, r.Resource())
}
