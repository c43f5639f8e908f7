package sqltree_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/acl"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
)

// pages returns the names on each page.
func pages(t *testing.T, tree *sqltree.Tree, o sqltree.PageOptions) (all [][]string) {
	t.Helper()
	for {
		page, err := tree.Page(t.Context(), traversal.NewNode(root(t, tree)), o)
		require.NoError(t, err)
		var names []string
		for _, n := range page.Nodes {
			assert.Equal(t, n.Name(), n.Resource().(interface{ Name() string }).Name())
			names = append(names, n.Name())
		}
		all = append(all, names)
		if o.After = page.Next; o.After == "" {
			return all
		}
	}
}

// visible returns options that show what the principals may view; asked counts how often.
func visible(own bool, asked *int, principals ...string) sqltree.PageOptions {
	return sqltree.PageOptions{Limit: 2, Own: own, Permits: func(ctx context.Context, n traversal.Node) (bool, error) {
		*asked++
		d, err := acl.Permits(ctx, nil, n, "view", append(principals, acl.Everyone))
		return d.Allowed, err
	}}
}

func TestPage(t *testing.T) {
	onEach(t, func(t *testing.T, tree *sqltree.Tree) {
		for _, name := range []string{"e", "a", "d", "b", "c"} {
			grow(t, tree, name)
		}
		require.NoError(t, tree.Reorder(t.Context(), root(t, tree), "d"))
		o := sqltree.PageOptions{Limit: 2}
		assert.Equal(t, [][]string{{"d", "a"}, {"b", "c"}, {"e"}}, pages(t, tree, o))
		o.Limit = 5
		assert.Equal(t, [][]string{{"d", "a", "b", "c", "e"}}, pages(t, tree, o))

		private := acl.List{acl.Allow("anna", "view"), acl.DenyAll}
		require.NoError(t, tree.SetACL(t.Context(), root(t, tree), acl.List{acl.Allow("anna", "view"), acl.Allow("ben", "view")}))
		for _, path := range []string{"/a", "/c", "/d"} {
			require.NoError(t, tree.SetACL(t.Context(), at[*Folder](t, tree, path), private))
		}
		for _, own := range []bool{false, true} {
			asked := 0
			assert.Equal(t, [][]string{{"d", "a"}, {"b", "c"}, {"e"}}, pages(t, tree, visible(own, &asked, "anna")))
			asked = 0
			assert.Equal(t, [][]string{{"b", "e"}}, pages(t, tree, visible(own, &asked, "ben")))
			if !own {
				assert.Equal(t, 2, asked, "children with the list, and those without one")
			}
			assert.Equal(t, [][]string{nil}, pages(t, tree, visible(own, &asked, "carl")))
		}
		_, err := tree.Page(t.Context(), traversal.NewNode(root(t, tree)), sqltree.PageOptions{After: "made up"})
		_, wrong := errors.AsType[*sqltree.CursorError](err)
		assert.True(t, wrong)
	})
}

func TestPageOfManyLists(t *testing.T) {
	onEach(t, func(t *testing.T, tree *sqltree.Tree) {
		for i := range 120 {
			folder := grow(t, tree, fmt.Sprintf("%03d", i))
			require.NoError(t, tree.SetACL(t.Context(), folder, acl.List{acl.Allow(fmt.Sprintf("user%d", i), "view")}))
		}
		asked := 0
		assert.Equal(t, [][]string{{"077", "119"}}, pages(t, tree, visible(false, &asked, "user77", "user119")))
		assert.Equal(t, 120, asked)
	})
}
