package async

import (
	"context"
	"sync/atomic"
	"time"
)

// Slot holds the scope of a context type of your own, in one word. The scope is made when it is
// first needed, so that a request that starts nothing pays nothing. Such a type is
//
//	func (c *requestContext) Value(key any) any {
//		if async.IsScopeKey(key) {
//			return c.slot.Scope(c.Context, 0)
//		}
//		return c.Context.Value(key)
//	}
//
// The zero Slot is ready to use. It must not be copied after first use. Most code needs [WithScope]
// instead.
type Slot struct {
	scope atomic.Pointer[Scope]
}

// neverOpened marks slots that ended before a scope was needed.
var neverOpened = &Scope{ended: true}

// Scope returns the scope of the slot. The first call opens it, with that limit ([DefaultLimit] if
// it is 0), inside the scope that parent carries, if any: futures of the outer scope may be awaited
// in the inner one. parent is the context below, never the one that holds the slot.
func (s *Slot) Scope(parent context.Context, limit int) *Scope {
	if sc := s.scope.Load(); sc != nil {
		return sc
	}
	fresh := newScope(parent, limit)
	if s.scope.CompareAndSwap(nil, fresh) {
		return fresh
	}
	return s.scope.Load()
}

// Peek returns the scope if it was opened, nil otherwise.
func (s *Slot) Peek() *Scope {
	if sc := s.scope.Load(); sc != neverOpened {
		return sc
	}
	return nil
}

// Close ends the slot if no scope was opened, so that none can be opened later, and reports whether
// it did. It costs less than End.
func (s *Slot) Close() bool { return s.scope.CompareAndSwap(nil, neverOpened) }

// End is [Scope.End]. If no scope was opened it returns at once, and none can be opened later.
func (s *Slot) End(bound time.Duration) error {
	if s.scope.Load() == nil && s.Close() {
		return nil
	}
	return s.scope.Load().End(bound)
}
