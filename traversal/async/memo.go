package async

import (
	"context"
	"sync"
)

// memo keeps what a request found by one batcher.
type memo[K comparable, V any] struct {
	mu     sync.Mutex
	values map[K]V
	age    int // grows with each Forget
}

// recall is the memo as a call sees it. The zero one keeps nothing.
type recall[K comparable, V any] struct {
	memo *memo[K, V]
	age  int // when the call began: what it loads may be out of date if there was a Forget meanwhile
}

// Forget drops keys from the memo of the request, after they were changed.
func (b *Batcher[K, V]) Forget(ctx context.Context, keys ...K) {
	m := b.recall(ctx).memo
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.age++
	for _, key := range keys {
		delete(m.values, key)
	}
}

// recall is the memo in the scope of ctx; nothing without the option or without a scope, and for
// what goes directly.
func (b *Batcher[K, V]) recall(ctx context.Context) (r recall[K, V]) {
	if !b.o.Memo || isDirect(ctx) {
		return r
	}
	s, ok := ScopeFrom(ctx)
	if !ok {
		return r
	}
	m, ok := s.local(b, func() any { return &memo[K, V]{values: map[K]V{}} }).(*memo[K, V])
	if !ok {
		return r
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return recall[K, V]{m, m.age}
}

// remembered counts loads that the memo answered.
func (b *Batcher[K, V]) remembered(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stats.Loads += uint64(n)
	b.stats.Memo += uint64(n)
}

func (r recall[K, V]) get(key K) (v V, ok bool) {
	if r.memo == nil {
		return v, false
	}
	r.memo.mu.Lock()
	defer r.memo.mu.Unlock()
	v, ok = r.memo.values[key]
	return v, ok
}

func (r recall[K, V]) put(key K, v V) {
	if r.memo == nil {
		return
	}
	r.memo.mu.Lock()
	defer r.memo.mu.Unlock()
	if r.memo.age == r.age {
		r.memo.values[key] = v
	}
}
