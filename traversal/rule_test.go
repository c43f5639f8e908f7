package traversal_test

import (
	"context"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
)

func TestRulesWinOverMethods(t *testing.T) {
	t.Parallel()
	byRule := traversal.Lookup(func(_ context.Context, f *folder, name string) (traversal.Resource, error) {
		return &leaf{"rule " + name}, nil
	})
	r, err := walk(t, site(), traversal.Path{Escaped: "/a"}, byRule)
	require.NoError(t, err)
	assert.Equal(t, &leaf{"rule a"}, r.Resource())

	// A lookup also replaces Descend.
	r, err = walk(t, &pathStub{err: context.Canceled}, traversal.Path{Escaped: "/a"},
		traversal.Lookup(func(_ context.Context, _ *pathStub, name string) (traversal.Resource, error) { return name, nil }))
	require.NoError(t, err)
	assert.Equal(t, "a", r.Resource())

	// A path lookup precedes a lookup; both precede methods.
	r, err = walk(t, site(), traversal.Path{Escaped: "/x/y"}, byRule,
		traversal.LookupPath(func(_ context.Context, _ *folder, names []string) ([]traversal.Resource, error) {
			return []traversal.Resource{1, 2}, nil
		}))
	require.NoError(t, err)
	assert.Equal(t, 2, r.Resource())

	// Rules that are not about children leave the methods in use.
	r, err = walk(t, site(), traversal.Path{Escaped: "/a/b"},
		traversal.Locate(func(context.Context, *folder) (string, traversal.Resource, error) { return "", nil, nil }))
	require.NoError(t, err)
	assert.Equal(t, "/a/b", r.Node().Path())
}

func TestRuleForForeignType(t *testing.T) {
	t.Parallel()
	day := traversal.Lookup(func(_ context.Context, parent time.Month, name string) (traversal.Resource, error) {
		d, err := time.Parse("2", name)
		if err != nil {
			return nil, traversal.ErrNotFound
		}
		return time.Date(2024, parent, d.Day(), 0, 0, 0, 0, time.UTC), nil
	})
	assert.Equal(t, "lookup for time.Month", day.String())
	assert.Equal(t, reflect.TypeFor[time.Month](), day.Type())
	r, err := walk(t, traversal.Map{"march": time.March}, traversal.Path{Escaped: "/march/17"}, day)
	require.NoError(t, err)
	assert.Equal(t, 17, r.Resource().(time.Time).Day())
	r, err = walk(t, traversal.Map{"march": time.March}, traversal.Path{Escaped: "/march/edit"}, day)
	require.NoError(t, err)
	assert.Equal(t, "edit", r.ViewName())
}
