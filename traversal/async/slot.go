package async

import (
	"context"
	"sync/atomic"
	"time"
)

// Slot is room for a scope inside of a context type of your own: one word. The scope is made when
// somebody asks for it, so that a request in which nothing waits pays nothing. Such a type is
//
//	func (c *requestContext) Value(key any) any {
//		if async.IsScopeKey(key) {
//			return c.slot.Scope(0)
//		}
//		…
//	}
//
// The zero Slot is ready. It must not be copied after first use. Most code needs [WithScope]
// instead.
type Slot struct {
	scope atomic.Pointer[Scope]
}

// neverBegan stands in slots whose request ended without a scope.
var neverBegan = &Scope{ended: true}

// Scope is the scope of the slot. The first call makes it, with that limit.
func (s *Slot) Scope(limit int) *Scope { return s.ScopeWithin(context.Background(), limit) }

// ScopeWithin is Scope for a context type that lies over another context: if that carries a scope,
// this one is opened inside of it, so that futures of the outer one may be awaited here.
func (s *Slot) ScopeWithin(below context.Context, limit int) *Scope {
	if sc := s.scope.Load(); sc != nil {
		return sc
	}
	fresh := NewScope(limit)
	fresh.outer, _ = ScopeFrom(below)
	if s.scope.CompareAndSwap(nil, fresh) {
		return fresh
	}
	return s.scope.Load()
}

// Peek is the scope if somebody asked for it, or nil.
func (s *Slot) Peek() *Scope {
	if sc := s.scope.Load(); sc != neverBegan {
		return sc
	}
	return nil
}

// End is [Scope.End]. Without a scope it returns at once, and there will be none.
func (s *Slot) End(bound time.Duration) error {
	if s.scope.Load() == nil && s.scope.CompareAndSwap(nil, neverBegan) {
		return nil
	}
	return s.scope.Load().End(bound)
}
