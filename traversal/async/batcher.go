package async

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// BatcherOptions configure a Batcher. The zero value is a safe default.
type BatcherOptions struct {
	Name     string // in errors; "batcher" if it is empty
	MaxKeys  int    // in one round trip; 100 if it is 0
	Parallel int    // round trips at once; 1 if it is 0. More let the others go on when one is slow, and share less

	// Missing is the error for a key that the load did not find: traversal.ErrNotFound for
	// resources. ErrMissing if it is nil.
	Missing error

	// Memo keeps what was found for the rest of the request (of the scope, to be exact), so that
	// the same key is loaded once. What was missing, and errors, are not kept.
	Memo bool
}

// ErrMissing says that a load did not find a key, unless BatcherOptions give another error.
var ErrMissing = errors.New("not found")

// KeyErrors is an error for each of some keys. A load returns it, beside what it found, if single
// keys went wrong: those who asked for the others do not notice. Any other error of a load is the
// error of its whole batch.
type KeyErrors[K comparable] map[K]error

// Error tells how many keys there are, and one of the errors.
func (e KeyErrors[K]) Error() string {
	for key, err := range e {
		return fmt.Sprintf("%d keys failed, one of them %v: %v", len(e), key, err)
	}
	return "no keys failed"
}

// Batcher lets the loads of many requests share round trips. While one is under way, the keys that
// are asked for gather for the next; so on an idle system a load starts at once. A value is never
// older than the call that asked for it: nobody joins a load that is under way.
//
// A load runs under a context of its own, with no values of its callers, since it is for all of
// them. What depends on who asks (a transaction, permissions) must be part of the key, or go
// through [Direct]. The context is cancelled when the last caller has left. The values are shared
// by all who asked for a key: nobody may change them.
//
// A Batcher is safe for concurrent use and meant to live as long as the application.
type Batcher[K comparable, V any] struct {
	load func(ctx context.Context, keys []K) (map[K]V, error)
	o    BatcherOptions

	mu        sync.Mutex
	closed    bool
	gathering []*batch[K, V] // all full but the last
	underway  map[*batch[K, V]]struct{}
	trips     int // that count against Parallel
	idle      []chan struct{}
	stats     BatcherStats
}

// BatcherStats is what a batcher did, and does.
type BatcherStats struct {
	Loads    uint64 // keys that callers asked for
	Memo     uint64 // of these, found in the memo of a request
	Direct   uint64 // of these, loaded directly
	Trips    uint64 // calls of the load function, the direct ones not counted
	Keys     uint64 // that they were given
	Left     uint64 // trips whose callers had all left
	Underway int    // trips now
}

// NewBatcher makes a batcher. The load gets distinct keys, no more than MaxKeys, and returns what
// it found; see [KeyErrors] for errors. It may be called from several goroutines at once. Its
// panic becomes a [*PanicError].
func NewBatcher[K comparable, V any](load func(ctx context.Context, keys []K) (map[K]V, error), o BatcherOptions) *Batcher[K, V] {
	if o.Name == "" {
		o.Name = "batcher"
	}
	if o.MaxKeys <= 0 {
		o.MaxKeys = 100
	}
	o.Parallel = max(o.Parallel, 1)
	if o.Missing == nil {
		o.Missing = ErrMissing
	}
	return &Batcher[K, V]{load: load, o: o, underway: map[*batch[K, V]]struct{}{}}
}

// Stats is a snapshot of the counters.
func (b *Batcher[K, V]) Stats() BatcherStats {
	b.mu.Lock()
	defer b.mu.Unlock()
	st := b.stats
	st.Underway = len(b.underway)
	return st
}

// Close lets the batcher take no more loads (they fail with [ErrClosed]) and waits until those that
// it has are done. If ctx ends first they are cancelled, and the error tells how many trips still
// run.
func (b *Batcher[K, V]) Close(ctx context.Context) error {
	b.mu.Lock()
	b.closed = true
	if len(b.underway) == 0 { // then nothing gathers either
		b.mu.Unlock()
		return nil
	}
	idle := make(chan struct{})
	b.idle = append(b.idle, idle)
	b.mu.Unlock()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
	}

	b.mu.Lock()
	cause := fmt.Errorf("%s: %w", b.o.Name, ErrClosed)
	left := len(b.underway)
	for bt := range b.underway {
		bt.cancel(cause)
	}
	var settle []func()
	for _, bt := range b.gathering {
		settle = append(settle, bt.finish(nil, cause, b.o)...)
	}
	b.gathering = nil
	b.mu.Unlock()
	for _, f := range settle {
		f()
	}
	if left == 0 { // they came in just now
		return nil
	}
	return fmt.Errorf("close %s: %d round trips are still under way, cancelled now: let the load watch its context", b.o.Name, left)
}
