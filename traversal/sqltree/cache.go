package sqltree

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
)

// cache keeps rows that paths led to, and names that do not exist. Events of changes keep it true;
// an entry is used for a limited time all the same, since events may be lost with a connection.
//
// It has two generations. A new entry goes into the young one; when that has half of the limit, it
// becomes the old one, and what was old is forgotten. An entry of the old one that is used becomes
// young again.
//
// A row that was read before an event must not be stored after it. So whoever stores remembers the
// epoch in which it began to read, and removes the entry again if an event came meanwhile.
type cache struct {
	half  int64
	age   time.Duration
	epoch atomic.Uint64 // rises with each event, before it removes anything
	young atomic.Pointer[generation]
	old   atomic.Pointer[generation]
}

// generation has about half of the entries.
type generation struct {
	entries sync.Map // cacheKey to *cached
	size    atomic.Int64
}

// cacheKey is a name below a node, or "" for the node itself.
type cacheKey struct {
	id   uuid.UUID
	name string
}

// cached is an entry.
type cached struct {
	row   row
	found bool // false: the name does not exist
	since time.Time
}

func newCache(limit int, age time.Duration) *cache {
	c := &cache{half: max(int64(limit)/2, 1), age: age}
	c.clear()
	return c
}

// path returns the rows from a node along names, as far as they exist; ok is false if it does not
// know all.
func (c *cache) path(from uuid.UUID, names []string) (rows []row, ok bool) {
	now := time.Now()
	first := c.get(cacheKey{id: from}, now)
	if first == nil {
		return nil, false
	}
	rows = append(make([]row, 0, len(names)+1), first.row)
	for _, name := range names {
		e := c.get(cacheKey{rows[len(rows)-1].id, name}, now)
		if e == nil {
			return nil, false
		}
		if !e.found {
			break
		}
		rows = append(rows, e.row)
	}
	return rows, true
}

// keep stores what a query returned that began in an epoch.
func (c *cache) keep(epoch uint64, names []string, rows []row) {
	if len(rows) == 0 {
		return
	}
	now := time.Now()
	c.put(epoch, cacheKey{id: rows[0].id}, &cached{row: rows[0], found: true, since: now})
	for i, r := range rows[1:] {
		c.put(epoch, cacheKey{rows[i].id, names[i]}, &cached{row: r, found: true, since: now})
	}
	if n := len(rows) - 1; n < len(names) {
		c.put(epoch, cacheKey{rows[n].id, names[n]}, &cached{since: now})
	}
}

func (c *cache) get(key cacheKey, now time.Time) *cached {
	epoch := c.epoch.Load()
	if v, ok := c.young.Load().entries.Load(key); ok {
		return c.fresh(v, now)
	}
	v, ok := c.old.Load().entries.Load(key)
	if !ok {
		return nil
	}
	e := c.fresh(v, now)
	if e != nil {
		c.put(epoch, key, e)
	}
	return e
}

func (c *cache) fresh(v any, now time.Time) *cached {
	if e, ok := v.(*cached); ok && now.Sub(e.since) < c.age {
		return e
	}
	return nil
}

func (c *cache) put(epoch uint64, key cacheKey, e *cached) {
	if c.epoch.Load() != epoch {
		return
	}
	g := c.young.Load()
	if _, replaced := g.entries.Swap(key, e); !replaced && g.size.Add(1) >= c.half {
		if c.young.CompareAndSwap(g, new(generation)) {
			c.old.Store(g)
		}
	}
	if c.epoch.Load() != epoch {
		c.remove(key)
	}
}

func (c *cache) remove(key cacheKey) {
	c.young.Load().entries.Delete(key)
	c.old.Load().entries.Delete(key)
}

// apply removes what an event has made untrue. Deletes concern nodes that the event does not name,
// and a restored subtree brings them back, so they empty the cache.
func (c *cache) apply(e Event) {
	c.epoch.Add(1)
	switch e.Op {
	case Deleted, Restored:
		c.clear()
		return
	}
	c.remove(cacheKey{id: e.ID})
	c.remove(cacheKey{e.Parent, e.Name})
	c.remove(cacheKey{e.WasParent, e.WasName})
}

// clear empties the cache.
func (c *cache) clear() {
	c.epoch.Add(1)
	c.young.Store(new(generation))
	c.old.Store(new(generation))
}

// follow applies the events of other processes until the subscription is closed.
func (c *cache) follow(sub *Subscription) {
	for {
		if _, err := sub.Next(context.Background()); err != nil && !errors.Is(err, ErrGap) {
			c.clear()
			return
		}
	}
}
