package main

import (
	"time"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/session"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
)

// changedAt is when the client last changed something, in Unix seconds.
var changedAt = session.NewKey[int64]("wiki.changed")

// seesOwn is how long a client reads from the database after a change, in seconds: longer than
// staleFor and the differences of the clocks of instances.
const seesOwn = 5

// root is the root factory. A request that may change something, and one of a client that has just
// done so, perhaps at another instance, sees what the database has; all others may see what it had a
// moment ago.
func (w *wiki) root(r *framework.Request) (traversal.Resource, error) {
	ctx := r.Context()
	fresh := r.Method != "GET" && r.Method != "HEAD"
	if !fresh {
		at, ok, err := changedAt.Get(r)
		if err != nil {
			return nil, err
		}
		fresh = ok && time.Now().Unix()-at <= seesOwn
	}
	if fresh {
		ctx = sqltree.WithoutCache(ctx)
	}
	return w.tree.Root(ctx, r.URL.EscapedPath())
}
