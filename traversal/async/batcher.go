package async

import (
	"context"
	"fmt"
	"sync"
)

// BatcherOptions configures a [Batcher]. The zero value is a safe default.
type BatcherOptions struct {
	Name     string // for error texts; default "batcher"
	MaxKeys  int    // in one round trip; default 100
	Parallel int    // round trips at once; default 1. With more, loads wait less, but share less

	// Missing is the error for a key that the load did not find; default [ErrMissing]. For
	// resources it is traversal.ErrNotFound.
	Missing error

	// Memo keeps found values until the scope of the request ends, so that a request loads each key
	// once. Errors and missing keys are not kept.
	Memo bool

	// Inline makes a Load that finds no round trip in flight run the load function on its own
	// goroutine, which saves two switches between goroutines: worth it where a round trip takes
	// less than a millisecond. Such a Load returns no sooner than the load function, so that
	// function must return when its context is cancelled.
	Inline bool
}

// KeyErrors holds an error for each key that failed. A load returns it, together with the values
// that it found, if single keys failed: loads of other keys are not affected. Any other error of a
// load is the error of all its keys.
type KeyErrors[K comparable] map[K]error

// Error counts the keys and gives one of the errors.
func (e KeyErrors[K]) Error() string {
	for key, err := range e {
		return fmt.Sprintf("%d keys failed, one of them %v: %v", len(e), key, err)
	}
	return "no keys failed"
}

// Batcher lets the loads of many requests share round trips. While one round trip is in flight, the
// keys of further loads gather for the next one; on an idle system a load starts at once. A load
// never joins a round trip that is already in flight, so a value is never older than the load.
//
// The load function gets a context of its own, without the values of its callers, since it loads
// for all of them; it is cancelled when every caller has left. Whatever depends on the caller (a
// transaction, permissions) must be part of the key, or bypass the batcher with [Direct]. Callers
// share the loaded values: they must not change them.
//
// A Batcher is safe for concurrent use and meant to live as long as the application.
type Batcher[K comparable, V any] struct {
	load func(ctx context.Context, keys []K) (map[K]V, error)
	o    BatcherOptions

	mu        sync.Mutex
	closed    bool
	gathering []*batch[K, V] // all full but the last
	inFlight  map[*batch[K, V]]struct{}
	trips     int // in flight that count against Parallel
	idle      []chan struct{}
	stats     BatcherStats
}

// BatcherStats are the counters of a batcher.
type BatcherStats struct {
	Loads     uint64 // keys that callers loaded
	Memo      uint64 // those of Loads found in the memo of a request
	Direct    uint64 // those of Loads under Direct
	Trips     uint64 // calls of the load function, except those under Direct
	Keys      uint64 // keys that these calls were given
	Cancelled uint64 // round trips that every caller left
	InFlight  int    // round trips now
}

// NewBatcher returns a batcher that loads with load. That function is given distinct keys, at most
// MaxKeys, and returns the values that it found; see [KeyErrors] for errors. Several goroutines may
// call it at once. Its panic becomes a [*PanicError].
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
	return &Batcher[K, V]{load: load, o: o, inFlight: map[*batch[K, V]]struct{}{}}
}

// Stats returns a snapshot of the counters.
func (b *Batcher[K, V]) Stats() BatcherStats {
	b.mu.Lock()
	defer b.mu.Unlock()
	st := b.stats
	st.InFlight = len(b.inFlight)
	return st
}

// Close drains the batcher: new loads fail with [ErrClosed], and Close waits until the loads that
// were accepted before are done. If ctx ends first, Close cancels them and returns an error with
// the number of round trips in flight.
func (b *Batcher[K, V]) Close(ctx context.Context) error {
	b.mu.Lock()
	b.closed = true
	if len(b.inFlight) == 0 { // then no keys gather either
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
	left := len(b.inFlight)
	for bt := range b.inFlight {
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
	if left == 0 { // they returned just now
		return nil
	}
	return fmt.Errorf("close %s: cancelled %d round trips that were still in flight; "+
		"the load function must return when its context is cancelled", b.o.Name, left)
}
