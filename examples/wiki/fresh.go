package main

import (
	"strings"
	"time"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/session"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
)

// changedAt is when the client last changed something, in Unix seconds.
var changedAt = session.NewKey[int64]("wiki.changed")

// clocks is how much the clocks of instances may differ.
const clocks = 4 * time.Second

// root is the root factory. A request that may change something, one that begins an edit, and one
// of a client that has just changed something, perhaps at another instance, see what the database
// has; all others may see what it had a moment ago.
func (w *wiki) root(r *framework.Request) (traversal.Resource, error) {
	ctx := r.Context()
	fresh := r.Method != "GET" && r.Method != "HEAD" || strings.HasSuffix(r.URL.Path, "/@@edit")
	if !fresh {
		at, ok, err := changedAt.Get(r)
		if err != nil {
			return nil, err
		}
		fresh = ok && time.Since(time.Unix(at, 0)) < w.stale+clocks
	}
	if fresh {
		ctx = sqltree.WithoutCache(ctx)
	}
	return w.tree.Root(ctx, r.URL.EscapedPath())
}
