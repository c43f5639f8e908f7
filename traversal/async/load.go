package async

import (
	"context"
	"errors"
	"fmt"
)

// Load returns the value of a key, which it loads in one round trip with the keys of other callers.
// It waits no longer than ctx lasts. It needs no scope.
func (b *Batcher[K, V]) Load(ctx context.Context, key K) (V, error) {
	if isDirect(ctx) {
		return b.direct(ctx, key)
	}
	var none V
	m := b.memoOf(ctx)
	if v, ok := m.get(key); ok {
		b.countMemo(1)
		return v, nil
	}
	if ctx.Err() != nil {
		return none, doneError(ctx)
	}
	t, run, err := b.join(ctx, key)
	if err != nil {
		return none, err
	}
	if run != nil {
		return b.inline(ctx, t, run, m)
	}
	select {
	case <-t.batch.done:
	case <-ctx.Done():
		if b.leave(t) {
			return none, doneError(ctx)
		}
		// Too late to leave: the batch has finished.
	}
	return t.result(m)
}

// inline runs the round trip of a caller that is alone.
func (b *Batcher[K, V]) inline(ctx context.Context, t ticket[K, V], run func(), m memoView[K, V]) (V, error) {
	run()
	if t.item.err == nil || ctx.Err() == nil {
		return t.result(m)
	}
	b.mu.Lock()
	b.stats.Cancelled++
	b.mu.Unlock()
	var none V
	return none, doneError(ctx)
}

// LoadAsync is [Batcher.Load] with a future, which belongs to the scope of ctx. It uses no
// goroutine of the scope, so it does not count against its limit.
func (b *Batcher[K, V]) LoadAsync(ctx context.Context, key K) *Future[V] {
	if isDirect(ctx) {
		return Go(ctx, func(ctx context.Context) (V, error) { return b.direct(ctx, key) })
	}
	m := b.memoOf(ctx)
	if v, ok := m.get(key); ok {
		b.countMemo(1)
		return Settled(v, nil)
	}
	w, _, err := begin[V]("load", ctx, nil, false)
	if err != nil {
		return failed[V](err)
	}
	err = b.joinAsync(key, func(t ticket[K, V]) asyncCaller {
		return asyncCaller{
			settle: func() { w.finish(t.result(m)) },
			stop: context.AfterFunc(w.ctx, func() {
				b.leave(t)
				var none V
				w.finish(none, doneError(w.ctx))
			}),
		}
	})
	if err != nil {
		var none V
		w.finish(none, err)
	}
	return &w.future
}

// LoadMany returns the values of several keys, loaded in as few round trips as MaxKeys allows.
// Missing keys are not in the result; any other error fails the whole call.
func (b *Batcher[K, V]) LoadMany(ctx context.Context, keys []K) (map[K]V, error) {
	found := make(map[K]V, len(keys))
	rest, m := keys, b.memoOf(ctx)
	if m.memo != nil {
		rest = nil
		for _, key := range keys {
			if v, ok := m.get(key); ok {
				found[key] = v
			} else {
				rest = append(rest, key)
			}
		}
		b.countMemo(len(keys) - len(rest))
	}
	if isDirect(ctx) {
		return b.directMany(ctx, rest)
	}
	if ctx.Err() != nil {
		return nil, doneError(ctx)
	}
	tickets, err := b.joinAll(rest)
	if err != nil {
		return nil, err
	}
	for i, t := range tickets {
		select {
		case <-t.batch.done:
			v, err := t.result(m)
			if err == nil {
				found[t.item.key] = v
				continue
			} else if errors.Is(err, b.o.Missing) {
				continue
			}
			b.leave(tickets[i+1:]...)
			return nil, err
		case <-ctx.Done():
			b.leave(tickets[i:]...)
			return nil, doneError(ctx)
		}
	}
	return found, nil
}

type directKey struct{}

// Direct returns a context with which batchers do not batch: each load is a round trip of its own,
// with this context and its values, and without the memo. It is for loads inside a transaction,
// which must see what the transaction has written.
func Direct(ctx context.Context) context.Context {
	return context.WithValue(ctx, directKey{}, true)
}

func isDirect(ctx context.Context) bool { return ctx.Value(directKey{}) != nil }

func (b *Batcher[K, V]) direct(ctx context.Context, key K) (V, error) {
	found, err := b.tripDirect(ctx, []K{key})
	it := &item[K, V]{key: key}
	it.take(found, err, b.o)
	return it.value, it.err
}

func (b *Batcher[K, V]) directMany(ctx context.Context, keys []K) (map[K]V, error) {
	all := make(map[K]V, len(keys))
	for len(keys) > 0 {
		n := min(len(keys), b.o.MaxKeys)
		found, err := b.tripDirect(ctx, keys[:n:n])
		for _, key := range keys[:n] {
			it := &item[K, V]{key: key}
			it.take(found, err, b.o)
			switch {
			case it.err == nil:
				all[key] = it.value
			case !errors.Is(it.err, b.o.Missing):
				return nil, it.err
			}
		}
		keys = keys[n:]
	}
	return all, nil
}

func (b *Batcher[K, V]) tripDirect(ctx context.Context, keys []K) (map[K]V, error) {
	b.mu.Lock()
	closed := b.closed
	b.stats.Loads += uint64(len(keys))
	b.stats.Direct += uint64(len(keys))
	b.mu.Unlock()
	if closed {
		return nil, fmt.Errorf("%s: %w", b.o.Name, ErrClosed)
	}
	found, _, err := call(ctx, func(ctx context.Context) (map[K]V, error) { return b.load(ctx, keys) })
	return found, b.named(err, len(keys))
}

// named adds the name of the batcher to the error of a load.
func (b *Batcher[K, V]) named(err error, keys int) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: load %d keys: %w", b.o.Name, keys, err)
}
