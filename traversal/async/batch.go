package async

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// A batch gathers keys until a round trip is free, and is then loaded. Callers hold tickets to the
// items of their keys. A caller that stops waiting leaves: an item without callers is dropped from
// a batch that still gathers; a batch without callers is dropped, or cancelled if it is in flight.
// The mutex of the Batcher guards all fields; those of a finished batch no longer change.
type batch[K comparable, V any] struct {
	items    map[K]*item[K, V]
	order    []*item[K, V]
	callers  int
	started  bool
	finished bool
	released bool // cancelled, and no longer counts against Parallel
	cancel   context.CancelCauseFunc
	done     chan struct{} // closed when the batch has finished
}

// item is one key of a batch, and its result.
type item[K comparable, V any] struct {
	key     K
	callers int
	async   []asyncCaller
	value   V
	err     error
}

// asyncCaller is a caller with a future instead of a goroutine that waits.
type asyncCaller struct {
	settle func()
	stop   func() bool // keeps the caller from leaving, false if it has left
}

// ticket is a caller's claim to the result of an item.
type ticket[K comparable, V any] struct {
	batch *batch[K, V]
	item  *item[K, V]
}

// result returns the result of a finished batch and keeps a found value in the memo.
func (t ticket[K, V]) result(m memoView[K, V]) (V, error) {
	if t.item.err == nil {
		m.put(t.item.key, t.item.value)
	}
	return t.item.value, t.item.err
}

var errAllLeft = errors.New("every caller of this load has left")

// join adds a caller for a key. Under Inline, if a round trip is free, it returns the round trip as
// run, for the caller to run: the batch then has no other key and no other caller.
func (b *Batcher[K, V]) join(ctx context.Context, key K) (t ticket[K, V], run func(), err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	inline := b.o.Inline && b.trips < b.o.Parallel // so no keys gather
	t, err = b.enter(key)
	switch {
	case err != nil:
	case inline:
		run = b.start(valueless{ctx})
	default:
		b.depart()
	}
	return t, run, err
}

// valueless is a context that ends with another one, but has none of its values.
type valueless struct{ context.Context }

func (valueless) Value(any) any { return nil }

// AfterFunc makes contexts derived from this one wait without a goroutine; package context looks
// for it.
func (c valueless) AfterFunc(f func()) (stop func() bool) { return context.AfterFunc(c.Context, f) }

// joinAsync is join for a caller with a future. It calls caller with b.mu held.
func (b *Batcher[K, V]) joinAsync(key K, caller func(ticket[K, V]) asyncCaller) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	t, err := b.enter(key)
	if err == nil {
		t.item.async = append(t.item.async, caller(t))
		b.depart()
	}
	return err
}

// joinAll is join for several keys: all are added before a batch departs.
func (b *Batcher[K, V]) joinAll(keys []K) ([]ticket[K, V], error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	tickets := make([]ticket[K, V], 0, len(keys))
	for _, key := range keys {
		t, err := b.enter(key)
		if err != nil {
			return nil, err // closed, so none was added
		}
		tickets = append(tickets, t)
	}
	b.depart()
	return tickets, nil
}

// enter adds a caller to a batch that gathers. b.mu is held.
func (b *Batcher[K, V]) enter(key K) (ticket[K, V], error) {
	if b.closed {
		return ticket[K, V]{}, fmt.Errorf("%s: %w", b.o.Name, ErrClosed)
	}
	b.stats.Loads++
	for _, bt := range b.gathering {
		if it := bt.items[key]; it != nil {
			it.callers++
			bt.callers++
			return ticket[K, V]{bt, it}, nil
		}
	}
	n := len(b.gathering)
	if n == 0 || len(b.gathering[n-1].items) == b.o.MaxKeys {
		b.gathering = append(b.gathering, &batch[K, V]{
			items: map[K]*item[K, V]{},
			done:  make(chan struct{}),
		})
		n++
	}
	bt := b.gathering[n-1]
	it := &item[K, V]{key: key, callers: 1}
	bt.items[key] = it
	bt.order = append(bt.order, it)
	bt.callers++
	return ticket[K, V]{bt, it}, nil
}

// depart starts batches while a round trip is free. b.mu is held.
func (b *Batcher[K, V]) depart() {
	for b.trips < b.o.Parallel && len(b.gathering) > 0 {
		go b.start(context.Background())()
	}
}

// start takes the first batch that gathers, and returns its round trip. b.mu is held, but not when
// the round trip is run.
func (b *Batcher[K, V]) start(parent context.Context) (run func()) {
	bt := b.gathering[0]
	b.gathering = slices.Delete(b.gathering, 0, 1)
	b.trips++
	b.inFlight[bt] = struct{}{}
	keys := make([]K, len(bt.order))
	for i, it := range bt.order {
		keys[i] = it.key
	}
	b.stats.Trips++
	b.stats.Keys += uint64(len(keys))
	bt.started = true
	var ctx context.Context
	ctx, bt.cancel = context.WithCancelCause(parent)
	return func() { b.trip(ctx, bt, keys) }
}

// trip loads a batch.
func (b *Batcher[K, V]) trip(ctx context.Context, bt *batch[K, V], keys []K) {
	n := len(keys)
	found, err := map[K]V(nil), error(errGoexit)
	defer func() {
		bt.cancel(nil)
		b.mu.Lock()
		settle := bt.finish(found, b.named(err, n), b.o)
		delete(b.inFlight, bt)
		if !bt.released {
			b.trips--
		}
		b.depart()
		if len(b.inFlight) == 0 {
			for _, idle := range b.idle {
				close(idle)
			}
			b.idle = nil
		}
		b.mu.Unlock()
		for _, f := range settle {
			f()
		}
	}()
	found, _, err = call(ctx, func(ctx context.Context) (map[K]V, error) { return b.load(ctx, keys) })
}

// finish gives each item its result. The caller must call the returned functions after unlocking.
func (bt *batch[K, V]) finish(found map[K]V, err error, o BatcherOptions) (settle []func()) {
	bt.finished = true
	for _, it := range bt.order {
		it.take(found, err, o)
		for _, c := range it.async {
			if c.stop() {
				settle = append(settle, c.settle)
			}
		}
		it.async = nil
	}
	close(bt.done)
	return settle
}

// take sets the result of an item from that of the load.
func (it *item[K, V]) take(found map[K]V, err error, o BatcherOptions) {
	single, some := errors.AsType[KeyErrors[K]](err)
	if err != nil && !some {
		it.err = err
		return
	}
	if err := single[it.key]; err != nil {
		it.err = fmt.Errorf("%s: load %v: %w", o.Name, it.key, err)
		return
	}
	v, ok := found[it.key]
	if !ok {
		it.err = fmt.Errorf("%s: load %v: %w", o.Name, it.key, o.Missing)
		return
	}
	it.value = v
}

// leave gives tickets back, the last one first: otherwise a batch could depart that is about to be
// left as well. It returns false if the batch of the first ticket has finished.
func (b *Batcher[K, V]) leave(tickets ...ticket[K, V]) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	left := true
	for i, t := range slices.Backward(tickets) {
		bt := t.batch
		if bt.finished {
			left = left && i > 0
			continue
		}
		t.item.callers--
		bt.callers--
		switch {
		case !bt.started:
			if t.item.callers == 0 {
				delete(bt.items, t.item.key)
				bt.order = slices.DeleteFunc(bt.order, func(it *item[K, V]) bool { return it == t.item })
			}
			if bt.callers == 0 {
				b.gathering = slices.DeleteFunc(b.gathering, func(g *batch[K, V]) bool { return g == bt })
			}
		case bt.callers == 0:
			b.stats.Cancelled++
			bt.cancel(errAllLeft)
			b.release(bt)
		}
	}
	return left
}

// maxReleased bounds the round trips that ignore their cancellation, for each one that Parallel
// allows.
const maxReleased = 8

// release lets the next batch depart although bt, which was cancelled, has not returned: a load
// that ignores its context must not hold up the others. b.mu is held.
func (b *Batcher[K, V]) release(bt *batch[K, V]) {
	if len(b.inFlight)-b.trips < maxReleased*b.o.Parallel {
		bt.released = true
		b.trips--
		b.depart()
	}
}
