package async

import (
	"context"
	"sync"
)

// memo holds the values that one request loaded through one batcher.
type memo[K comparable, V any] struct {
	mu     sync.Mutex
	values map[K]V
	age    int // number of Forget calls
}

// memoView is the memo as one load sees it. The zero memoView keeps nothing.
type memoView[K comparable, V any] struct {
	memo *memo[K, V]
	age  int // when the load began: a Forget since then means that the value may be out of date
}

// Forget removes keys from the memo of the request. Call it after changing their values.
func (b *Batcher[K, V]) Forget(ctx context.Context, keys ...K) {
	m := b.memoOf(ctx).memo
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

// memoOf returns the memo in the scope of ctx; a zero one without the option, without a scope, and
// under Direct.
func (b *Batcher[K, V]) memoOf(ctx context.Context) (m memoView[K, V]) {
	if !b.o.Memo || isDirect(ctx) {
		return m
	}
	s, ok := ScopeFrom(ctx)
	if !ok {
		return m
	}
	found, ok := s.local(b, func() any { return &memo[K, V]{values: map[K]V{}} }).(*memo[K, V])
	if !ok {
		return m
	}
	found.mu.Lock()
	defer found.mu.Unlock()
	return memoView[K, V]{found, found.age}
}

// countMemo counts loads that the memo served.
func (b *Batcher[K, V]) countMemo(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stats.Loads += uint64(n)
	b.stats.Memo += uint64(n)
}

func (m memoView[K, V]) get(key K) (v V, ok bool) {
	if m.memo == nil {
		return v, false
	}
	m.memo.mu.Lock()
	defer m.memo.mu.Unlock()
	v, ok = m.memo.values[key]
	return v, ok
}

func (m memoView[K, V]) put(key K, v V) {
	if m.memo == nil {
		return
	}
	m.memo.mu.Lock()
	defer m.memo.mu.Unlock()
	if m.memo.age == m.age {
		m.memo.values[key] = v
	}
}
