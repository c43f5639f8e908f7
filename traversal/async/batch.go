package async

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// A batch gathers keys until there is a free trip, then it is loaded. Callers hold a ticket to the
// entry of their key. Who does not want to wait any more leaves: a key without callers is dropped
// from a batch that still gathers; a batch without callers is dropped, or cancelled if it is under
// way. Everything here is guarded by the mutex of the Batcher, other than what a finished batch
// says, which does not change.
type batch[K comparable, V any] struct {
	entries  map[K]*entry[K, V]
	order    []*entry[K, V]
	callers  int
	started  bool
	finished bool
	released bool // cancelled, and does not count as a trip any more
	cancel   context.CancelCauseFunc
	done     chan struct{} // closed when the results are there
}

// entry is a key of a batch, and what came of it.
type entry[K comparable, V any] struct {
	key     K
	callers int
	then    []later
	value   V
	err     error
}

// later is a caller that does not stand there waiting.
type later struct {
	settle func()
	stop   func() bool // whether it has not left
}

// ticket is a caller's right to the result of an entry.
type ticket[K comparable, V any] struct {
	batch *batch[K, V]
	entry *entry[K, V]
}

// result is that of a finished batch.
func (t ticket[K, V]) result(m recall[K, V]) (V, error) {
	if t.entry.err == nil {
		m.put(t.entry.key, t.entry.value)
	}
	return t.entry.value, t.entry.err
}

var errAllLeft = errors.New("all who asked for this load have left")

// join enters a caller for a key.
func (b *Batcher[K, V]) join(key K) (t ticket[K, V], err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if t, err = b.enter(key); err == nil {
		b.depart()
	}
	return t, err
}

// joinThen is join for a caller that does not wait; then is called with b.mu held.
func (b *Batcher[K, V]) joinThen(key K, then func(ticket[K, V]) later) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	t, err := b.enter(key)
	if err == nil {
		t.entry.then = append(t.entry.then, then(t))
		b.depart()
	}
	return err
}

// joinAll is join for several keys, which therefore do not depart one by one.
func (b *Batcher[K, V]) joinAll(keys []K) ([]ticket[K, V], error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	tickets := make([]ticket[K, V], 0, len(keys))
	for _, key := range keys {
		t, err := b.enter(key)
		if err != nil {
			return nil, err // closed: none was entered
		}
		tickets = append(tickets, t)
	}
	b.depart()
	return tickets, nil
}

// enter adds a caller to a batch that gathers.
func (b *Batcher[K, V]) enter(key K) (ticket[K, V], error) {
	if b.closed {
		return ticket[K, V]{}, fmt.Errorf("%s: %w", b.o.Name, ErrClosed)
	}
	b.stats.Loads++
	for _, bt := range b.gathering {
		if e := bt.entries[key]; e != nil {
			e.callers++
			bt.callers++
			return ticket[K, V]{bt, e}, nil
		}
	}
	n := len(b.gathering)
	if n == 0 || len(b.gathering[n-1].entries) == b.o.MaxKeys {
		b.gathering = append(b.gathering, &batch[K, V]{
			entries: map[K]*entry[K, V]{},
			done:    make(chan struct{}),
		})
		n++
	}
	bt := b.gathering[n-1]
	e := &entry[K, V]{key: key, callers: 1}
	bt.entries[key] = e
	bt.order = append(bt.order, e)
	bt.callers++
	return ticket[K, V]{bt, e}, nil
}

// depart starts batches as long as there is a free trip.
func (b *Batcher[K, V]) depart() {
	for b.trips < b.o.Parallel && len(b.gathering) > 0 {
		bt := b.gathering[0]
		b.gathering = slices.Delete(b.gathering, 0, 1)
		b.trips++
		b.underway[bt] = struct{}{}
		keys := make([]K, len(bt.order))
		for i, e := range bt.order {
			keys[i] = e.key
		}
		b.stats.Trips++
		b.stats.Keys += uint64(len(keys))
		bt.started = true
		var ctx context.Context
		ctx, bt.cancel = context.WithCancelCause(context.Background())
		go b.trip(ctx, bt, keys)
	}
}

// trip loads a batch.
func (b *Batcher[K, V]) trip(ctx context.Context, bt *batch[K, V], keys []K) {
	n := len(keys)
	found, err := map[K]V(nil), error(errGoexit)
	defer func() {
		bt.cancel(nil)
		b.mu.Lock()
		settle := bt.finish(found, b.named(err, n), b.o)
		delete(b.underway, bt)
		if !bt.released {
			b.trips--
		}
		b.depart()
		if len(b.underway) == 0 {
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
	found, err = call(ctx, func(ctx context.Context) (map[K]V, error) { return b.load(ctx, keys) })
}

// finish gives each entry its result. What it returns is to be called without the mutex.
func (bt *batch[K, V]) finish(found map[K]V, err error, o BatcherOptions) (settle []func()) {
	bt.finished = true
	for _, e := range bt.order {
		e.take(found, err, o)
		for _, l := range e.then {
			if l.stop() {
				settle = append(settle, l.settle)
			}
		}
		e.then = nil
	}
	close(bt.done)
	return settle
}

// take is the result of an entry, out of that of a load.
func (e *entry[K, V]) take(found map[K]V, err error, o BatcherOptions) {
	single, some := errors.AsType[KeyErrors[K]](err)
	if err != nil && !some {
		e.err = err
		return
	}
	if err := single[e.key]; err != nil {
		e.err = fmt.Errorf("%s: load %v: %w", o.Name, e.key, err)
		return
	}
	v, ok := found[e.key]
	if !ok {
		e.err = fmt.Errorf("%s: load %v: %w", o.Name, e.key, o.Missing)
		return
	}
	e.value = v
}

// leave gives tickets back, the last one first, so that no batch departs that is being left too.
// false: the batch of the first is finished.
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
		t.entry.callers--
		bt.callers--
		switch {
		case !bt.started:
			if t.entry.callers == 0 {
				delete(bt.entries, t.entry.key)
				bt.order = slices.DeleteFunc(bt.order, func(e *entry[K, V]) bool { return e == t.entry })
			}
			if bt.callers == 0 {
				b.gathering = slices.DeleteFunc(b.gathering, func(g *batch[K, V]) bool { return g == bt })
			}
		case bt.callers == 0:
			b.stats.Left++
			bt.cancel(errAllLeft)
			b.release(bt)
		}
	}
	return left
}

// maxReleased bounds the cancelled trips that ignore it, for each of the regular ones.
const maxReleased = 8

// release lets the next batch depart though bt, which was cancelled, has not returned: a load that
// does not watch its context must not hold up the others.
func (b *Batcher[K, V]) release(bt *batch[K, V]) {
	if len(b.underway)-b.trips < maxReleased*b.o.Parallel {
		bt.released = true
		b.trips--
		b.depart()
	}
}
