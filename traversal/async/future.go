package async

import (
	"context"
	"sync"
	"sync/atomic"
)

// Future is a value that is there now or will be later. It settles exactly once: with a value, an
// error, a [*PanicError], or a cancellation (an error that is context.Canceled or
// context.DeadlineExceeded to errors.Is). [Go], [Submit] and [Batcher.LoadAsync] make futures of
// work that is under way; [Settled] makes one of what is known already.
//
// A Future may be awaited any number of times, by several goroutines at once, within the scope
// that its work belongs to. The zero Future never settles and belongs to nobody: make none.
type Future[T any] struct {
	state atomic.Uint32
	wait  *waiting // nil: was settled from the beginning
	err   error
	value T
}

// Awaitable is a future of any type, for whoever must wait without knowing which: a view mapper,
// say. Only futures of this package implement it. Most code needs [Await] instead.
type Awaitable interface {
	// AwaitAny is Await, with the value as an any.
	AwaitAny(ctx context.Context) (any, error)
	// Done is closed when the future has settled.
	Done() <-chan struct{}
	// Ended is closed when the work of the future has returned.
	Ended() <-chan struct{}

	future()
}

var _ Awaitable = (*Future[any])(nil)

const (
	pending uint32 = iota
	settling
	settled
)

// waiting is what only a future that is still open needs.
type waiting struct {
	scope *Scope
	seen  atomic.Bool // somebody took the result

	mu     sync.Mutex
	done   chan struct{}     // nil until somebody waits
	failed []chan<- struct{} // to be told if it settles with an error
	ended  chan struct{}     // nil until somebody waits for the work to return
}

var closed = func() chan struct{} { c := make(chan struct{}); close(c); return c }()

// Settled is a future that has its result already: for a lookup that need not wait this time. It
// belongs to no scope, starts nothing, and may be awaited anywhere. It costs one small allocation.
func Settled[T any](value T, err error) *Future[T] {
	f := &Future[T]{value: value, err: err}
	f.state.Store(settled)
	return f
}

func failed[T any](err error) *Future[T] {
	var none T
	return Settled(none, err)
}

// Done is closed when the future has settled. It is for select; [Await] gives the result.
func (f *Future[T]) Done() <-chan struct{} {
	if f.isSettled() {
		return closed
	}
	w := f.wait
	if w == nil { // a zero Future
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if f.isSettled() {
		return closed
	}
	if w.done == nil {
		w.done = make(chan struct{})
	}
	return w.done
}

// Ended is closed when the work of the future has returned: mostly together with Done, but later if
// its scope has ended and given it up. Who lent the work something, such as a request, waits for
// this before using it.
func (f *Future[T]) Ended() <-chan struct{} {
	w := f.wait
	switch {
	case w != nil:
	case f.isSettled():
		return closed
	default: // a zero Future
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended == nil {
		w.ended = make(chan struct{})
	}
	return w.ended
}

// end is called once, when the work has returned or it is certain that it will not be done.
func (w *waiting) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended == nil {
		w.ended = closed
		return
	}
	close(w.ended)
}

// AwaitAny is [Await] for whoever does not know the type.
func (f *Future[T]) AwaitAny(ctx context.Context) (any, error) {
	v, err := Await(ctx, f)
	return v, err
}

func (f *Future[T]) future() {}

func (f *Future[T]) isSettled() bool { return f.state.Load() == settled }

// settle tells whether this was the one that settled it.
func (f *Future[T]) settle(value T, err error) bool {
	if !f.state.CompareAndSwap(pending, settling) {
		return false
	}
	f.value, f.err = value, err
	f.state.Store(settled)
	w := f.wait
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.done != nil {
		close(w.done)
	}
	if err != nil {
		for _, tell := range w.failed {
			select {
			case tell <- struct{}{}:
			default: // it knows of a failure already
			}
		}
	}
	w.failed = nil
	return true
}

// tellFailure has tell know if f settles with an error, or did.
func (f *Future[T]) tellFailure(tell chan<- struct{}) {
	w := f.wait
	if w != nil {
		w.mu.Lock()
		defer w.mu.Unlock()
	}
	switch {
	case !f.isSettled() && w != nil:
		w.failed = append(w.failed, tell)
	case f.isSettled() && f.err != nil:
		select {
		case tell <- struct{}{}:
		default:
		}
	}
}

// result is that of a settled future.
func (f *Future[T]) result() (T, error) {
	if f.wait != nil && f.err != nil {
		f.wait.seen.Store(true)
	}
	return f.value, f.err
}
