package async

import (
	"context"
	"errors"
	"fmt"
)

// Load loads the value of a key, in a round trip with others. It waits no longer than ctx lasts. It
// needs no scope.
func (b *Batcher[K, V]) Load(ctx context.Context, key K) (V, error) {
	if isDirect(ctx) {
		return b.direct(ctx, key)
	}
	var none V
	m := b.recall(ctx)
	if v, ok := m.get(key); ok {
		b.remembered(1)
		return v, nil
	}
	if ctx.Err() != nil {
		return none, doneError(ctx)
	}
	t, err := b.join(key)
	if err != nil {
		return none, err
	}
	select {
	case <-t.batch.done:
	case <-ctx.Done():
		if b.leave(t) {
			return none, doneError(ctx)
		}
		// Too late to leave: it is there.
	}
	return t.result(m)
}

// LoadAsync is [Batcher.Load] as a future, which belongs to the scope of ctx. It needs no goroutine
// of its own, so it does not count against the limit of the scope.
func (b *Batcher[K, V]) LoadAsync(ctx context.Context, key K) *Future[V] {
	if isDirect(ctx) {
		return Go(ctx, func(ctx context.Context) (V, error) { return b.direct(ctx, key) })
	}
	m := b.recall(ctx)
	if v, ok := m.get(key); ok {
		b.remembered(1)
		return Settled(v, nil)
	}
	w, _, err := begin[V]("load", ctx, nil, false)
	if err != nil {
		return failed[V](err)
	}
	err = b.joinThen(key, func(t ticket[K, V]) later {
		return later{
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

// LoadMany loads several keys, in as few round trips as there are bounds. Missing keys are not in
// the result; any other error is that of the whole call.
func (b *Batcher[K, V]) LoadMany(ctx context.Context, keys []K) (map[K]V, error) {
	found := make(map[K]V, len(keys))
	rest, m := keys, b.recall(ctx)
	if m.memo != nil {
		rest = nil
		for _, key := range keys {
			if v, ok := m.get(key); ok {
				found[key] = v
			} else {
				rest = append(rest, key)
			}
		}
		b.remembered(len(keys) - len(rest))
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
				found[t.entry.key] = v
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

// Direct is a context under which batchers do not batch: each load is a round trip of its own,
// with this context and its values, and no memo. It is for loads inside of a transaction, which
// must see what that has written.
func Direct(ctx context.Context) context.Context {
	return context.WithValue(ctx, directKey{}, true)
}

func isDirect(ctx context.Context) bool { return ctx.Value(directKey{}) != nil }

func (b *Batcher[K, V]) direct(ctx context.Context, key K) (V, error) {
	found, err := b.tripDirect(ctx, []K{key})
	e := &entry[K, V]{key: key}
	e.take(found, err, b.o)
	return e.value, e.err
}

func (b *Batcher[K, V]) directMany(ctx context.Context, keys []K) (map[K]V, error) {
	all := make(map[K]V, len(keys))
	for len(keys) > 0 {
		n := min(len(keys), b.o.MaxKeys)
		found, err := b.tripDirect(ctx, keys[:n:n])
		for _, key := range keys[:n] {
			e := &entry[K, V]{key: key}
			e.take(found, err, b.o)
			switch {
			case e.err == nil:
				all[key] = e.value
			case !errors.Is(e.err, b.o.Missing):
				return nil, e.err
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
	found, err := call(ctx, func(ctx context.Context) (map[K]V, error) { return b.load(ctx, keys) })
	return found, b.named(err, len(keys))
}

// named is the error of a load, with the name of the batcher.
func (b *Batcher[K, V]) named(err error, keys int) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: load %d keys: %w", b.o.Name, keys, err)
}
