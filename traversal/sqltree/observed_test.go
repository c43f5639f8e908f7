package sqltree_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/queries"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
)

// What an operation does on the database is reported to the observer of its context.
func TestQueriesAreObserved(t *testing.T) {
	onEach(t, func(t *testing.T, tree *sqltree.Tree) {
		grow(t, tree, "wiki", "Front")
		var mu sync.Mutex
		var seen []string
		ctx := queries.Observe(t.Context(), func(q queries.Query) {
			mu.Lock()
			defer mu.Unlock()
			assert.NoError(t, q.Err)
			assert.Positive(t, q.Took)
			seen = append(seen, q.Text)
		})
		top := root(t, tree)
		_, err := new(traversal.Traverser).Find(ctx, traversal.NewNode(top), "/wiki/Front")
		require.NoError(t, err)
		assert.Len(t, seen, 1, "one lookup finds the path")

		seen = nil
		require.NoError(t, tree.Delete(ctx, at[sqltree.Resource](t, tree, "/wiki/Front"), sqltree.DeleteOptions{}))
		assert.Contains(t, strings.Join(seen, "\n"), "DELETE")
	})
}
