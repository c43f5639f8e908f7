package async

import (
	"context"
	"runtime"
)

// Go starts fn on a goroutine of the scope that ctx carries, and returns its future. fn gets a
// context with the values of ctx, which ends with ctx and with the scope. A panic of fn becomes a
// [*PanicError].
//
// Go never blocks on the scope: if that has as many goroutines as it may have, fn runs at once in
// the caller, and the future is settled when Go returns. So fn must not wait for what the caller
// does after Go.
//
// Without a scope, or after its end, the future fails with a [*ScopeError]; if ctx has ended, with
// the error of ctx. fn is not called then.
func Go[T any](ctx context.Context, fn func(ctx context.Context) (T, error)) *Future[T] {
	w, inline, err := begin("go", ctx, fn, true)
	switch {
	case err != nil:
		return failed[T](err)
	case inline:
		w.run()
	default:
		go w.run()
	}
	return &w.future
}

// work is fn, on its way to its future: one allocation.
type work[T any] struct {
	future Future[T]
	wait   waiting
	task   task
	own    taskContext // what ctx is, unless the given one serves
	ctx    context.Context
	fn     func(context.Context) (T, error)
}

// task is work as its scope sees it.
type task struct {
	prev, next *task
	scope      *Scope
	goroutine  bool // it has one, which counts against the limit
	place      place
	owner      owner
}

// owner has a future, whose type the scope does not know.
type owner interface{ abandon(err error) }

// begin enters work into the scope of ctx. It must be run, or given up, by the caller.
func begin[T any](op string, ctx context.Context, fn func(context.Context) (T, error), goroutine bool) (w *work[T], inline bool, err error) {
	s, ok := ScopeFrom(ctx)
	if !ok {
		return nil, false, &ScopeError{Op: op, Reason: NoScope}
	}
	if ctx.Err() != nil {
		return nil, false, doneError(ctx)
	}
	w = &work[T]{fn: fn}
	w.future.wait = &w.wait
	w.wait.scope = s
	w.task.owner = w
	runtime.Callers(3, w.task.place[:])
	end, inline, err := s.enter(ctx, &w.task, goroutine)
	if err != nil {
		return nil, false, &ScopeError{Op: op, Reason: ScopeEnded}
	}
	w.ctx = ctx
	if end.Done() != ctx.Done() {
		w.own = taskContext{ctx, end}
		w.ctx = &w.own
	}
	return w, inline, nil
}

// run calls fn and settles the future, whatever fn does.
func (w *work[T]) run() {
	value, err, returned := *new(T), error(errGoexit), false
	defer func() {
		if !returned {
			if p := recover(); p != nil {
				err = newPanicError(p)
				w.task.scope.rememberPanic(&unseen{err, &w.wait})
			}
		}
		w.finish(value, err)
	}()
	value, err = w.fn(w.ctx)
	returned = true
}

// finish settles the future and leaves the scope: the end of work, whether it ran or not.
func (w *work[T]) finish(value T, err error) {
	w.future.settle(value, err)
	w.wait.end()
	w.task.scope.leave(&w.task)
}

// abandon settles the future of work that its scope no longer waits for.
func (w *work[T]) abandon(err error) {
	var none T
	w.future.settle(none, err)
}

// call is fn in the caller; its panic is an error.
func call[T any](ctx context.Context, fn func(context.Context) (T, error)) (value T, err error) {
	returned := false
	defer func() {
		if !returned {
			if p := recover(); p != nil {
				err = newPanicError(p)
			}
		}
	}()
	value, err = fn(ctx)
	returned = true
	return value, err
}
