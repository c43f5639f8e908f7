package async

import (
	"context"
	"sync"
	"sync/atomic"
)

// Future is a value that is there now or will be later. It settles exactly once: with a value, an
// error, a [*PanicError], or a cancellation (an error that matches context.Canceled or
// context.DeadlineExceeded). [Go], [Submit] and [Batcher.LoadAsync] return futures of running work;
// [Settled] returns the future of a known result.
//
// A Future may be awaited any number of times, by several goroutines at once, within the scope that
// its work belongs to. The zero Future never settles: do not make one.
type Future[T any] struct {
	state atomic.Uint32
	wait  *waiting // nil: settled from the beginning
	err   error
	value T
}

var _ Awaitable = (*Future[any])(nil)

// The states of a future.
const (
	pending uint32 = iota
	settling
	settled
)

// waiting is what only a future of running work needs.
type waiting struct {
	scope *Scope
	seen  atomic.Bool // the result was taken

	mu     sync.Mutex
	done   chan struct{}     // nil until Done is called
	failed []chan<- struct{} // notified if the future settles with an error
	ended  chan struct{}     // nil until Ended is called
}

var closed = func() chan struct{} { c := make(chan struct{}); close(c); return c }()

// Settled returns a future that has its result already, for a lookup that need not wait this time.
// It belongs to no scope, starts nothing, and may be awaited anywhere. It costs one small
// allocation.
func Settled[T any](value T, err error) *Future[T] {
	f := &Future[T]{value: value, err: err}
	f.state.Store(settled)
	return f
}

func failed[T any](err error) *Future[T] {
	var none T
	return Settled(none, err)
}

// Done returns a channel that is closed when the future has settled, for use in a select. [Await]
// returns the result.
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

// Ended returns a channel that is closed when the work of the future has returned. Usually that is
// together with Done; it is later if the scope has ended and no longer waits for the work. Code
// that lent something to the work, such as a request, waits for Ended before reusing it.
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

// end closes Ended. It is called once, when the work has returned or will certainly not run.
func (w *waiting) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended == nil {
		w.ended = closed
		return
	}
	close(w.ended)
}

// AwaitAny is [Await] with the value as an any.
func (f *Future[T]) AwaitAny(ctx context.Context) (any, error) {
	v, err := Await(ctx, f)
	return v, err
}

func (f *Future[T]) future() {}

func (f *Future[T]) isSettled() bool { return f.state.Load() == settled }

// settle sets the result, unless the future has settled before.
func (f *Future[T]) settle(value T, err error) {
	if !f.state.CompareAndSwap(pending, settling) {
		return
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
		for _, failure := range w.failed {
			notify(failure)
		}
	}
	w.failed = nil
}

// notifyFailure notifies failure when f settles with an error, or if it has.
func (f *Future[T]) notifyFailure(failure chan<- struct{}) {
	w := f.wait
	if w != nil {
		w.mu.Lock()
		defer w.mu.Unlock()
	}
	switch {
	case !f.isSettled() && w != nil:
		w.failed = append(w.failed, failure)
	case f.isSettled() && f.err != nil:
		notify(failure)
	}
}

// notify fills a channel of capacity one, unless another failure has.
func notify(failure chan<- struct{}) {
	select {
	case failure <- struct{}{}:
	default:
	}
}

// result returns the result of a settled future.
func (f *Future[T]) result() (T, error) {
	if f.wait != nil && f.err != nil {
		f.wait.seen.Store(true)
	}
	return f.value, f.err
}
